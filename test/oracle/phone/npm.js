/* -------------------------------------------------------------------------
 * npm.js
 *	  Answers of google-libphonenumber, in the form of ours.c.
 *
 *	  node npm.js PACKAGE-FOLDER < lines
 *
 * "skip" and a word for text that the library's JavaScript version reads in
 * another way than its Java original:
 *	  digits	it knows ASCII, fullwidth and Arabic digits only
 *	  end		it cuts non-ASCII letters and numbers off the end
 *	  letters	with vanity letters it still reads non-ASCII digits
 *	  case		it does not fold the long s and the Kelvin sign
 *	  double	it keeps the national number as a double, exact to 15 digits
 * ------------------------------------------------------------------------- */
'use strict';

const readline = require('readline');
const { PhoneNumberUtil } = require(require('path').resolve(process.argv[2]));

const util = PhoneNumberUtil.getInstance();
const types = ['fixed', 'mobile', 'fixed or mobile', 'toll-free', 'premium', 'shared cost', 'voip',
	'personal', 'pager', 'uan', 'voicemail'];
const known = /[0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/gu;
const out = [];

readline.createInterface({ input: process.stdin, crlfDelay: 0 }).on('line', (line) => {
	const [, region, text] = line.split('\t');

	out.push(answer(unescape(text), region));
	if (out.length >= 10000)
		process.stdout.write(out.splice(0).join('\n') + '\n');
}).on('close', () => out.length && process.stdout.write(out.join('\n') + '\n'));

function unescape(text)
{
	return text.replace(/\\(.)/g, (_, c) => ({ t: '\t', n: '\n', r: '\r' }[c] || c));
}

function answer(text, region)
{
	const rest = text.replace(known, '');

	if (/\p{Nd}/u.test(rest))
		return 'skip digits';
	if (/[\u017f\u212a]/.test(text))
		return 'skip case';
	if (text.replace(/[^\p{N}\p{L}#]+$/u, '') !==
		text.replace(/[^0-9\uff10-\uff19\u0660-\u0669\u06f0-\u06f9A-Za-z#]+$/, ''))
		return 'skip end';
	if (/(?:[^a-z]*[a-z]){3}/i.test(text) && /[\uff10-\uff19\u0660-\u0669\u06f0-\u06f9]/.test(text))
		return 'skip letters';
	try
	{
		return describe(util.parse(text, region));
	}
	catch (error)
	{
		if (error instanceof TypeError)
			throw error;
		return '-';
	}
}

function describe(number)
{
	const national = util.getNationalSignificantNumber(number);
	const extension = number.getExtensionOrDefault();

	if (national.length > 15)
		return 'skip double';
	return [
		`+${number.getCountryCode()}${national}`,
		extension ? [...extension].map(ascii).join('') : '-',
		types[util.getNumberType(number)] || 'unknown',
		util.getRegionCodeForNumber(number) || '-',
		util.isPossibleNumber(number) ? 'possible' : '-',
		util.isValidNumber(number) ? 'valid' : '-',
	].join(' ');
}

function ascii(digit)
{
	const code = digit.codePointAt(0);

	return String(code & 15);
}
