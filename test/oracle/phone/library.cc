/* -------------------------------------------------------------------------
 * library.cc
 *	  Answers of the C++ libphonenumber, in the form of ours.c.
 *
 * "skip" and a word for text that the C++ version reads in another way than the
 * Java original, or than its own newer versions:
 *	  control	control and non-characters make the whole text unreadable to it
 *	  tilde		it does not take the fullwidth tilde for punctuation
 *	  second	it cuts at the last "/x", not the first, and not across lines
 *	  context	versions before 8.13.7 take any phone-context
 *	  length	it has no limit on the length of text
 *	  unicode	characters that its ICU does not know yet
 * ------------------------------------------------------------------------- */
#include <phonenumbers/phonenumberutil.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <cstdio>
#include <iostream>
#include <regex>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

static const char *const types[] = {
	"fixed", "mobile", "fixed or mobile", "toll-free", "premium", "shared cost", "voip", "personal",
	"pager", "uan", "voicemail", "unknown",
};

static std::string unescape(const std::string &text);
static const char *otherwise(const std::string &text);
static bool has_bad_context(const std::string &text);
static std::string describe(const PhoneNumberUtil &util, const PhoneNumber &number);
static std::string ascii(const std::string &digits);

int
main()
{
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	std::string line;

	std::ios::sync_with_stdio(false);
	while (std::getline(std::cin, line))
	{
		size_t		first = line.find('\t');
		size_t		second = line.find('\t', first + 1);
		std::string region = line.substr(first + 1, second - first - 1);
		std::string text = unescape(line.substr(second + 1));
		const char *skip = otherwise(text);
		PhoneNumber number;

		if (skip != nullptr)
			std::cout << "skip " << skip << '\n';
		else if (util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR)
			std::cout << "-\n";
		else
			std::cout << describe(util, number) << '\n';
	}
	return 0;
}

static std::string
unescape(const std::string &text)
{
	std::string result;

	for (size_t i = 0; i < text.size(); i++)
	{
		char		c = text[i];

		if (c == '\\')
		{
			c = text[++i];
			c = c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		result += c;
	}
	return result;
}

static const char *
otherwise(const std::string &text)
{
	static const std::regex seconds("[\\\\/] *x");
	int			units = 0;
	std::sregex_iterator second(text.begin(), text.end(), seconds);

	for (int32_t i = 0; i < static_cast<int32_t>(text.size());)
	{
		UChar32		c;

		U8_NEXT(text.data(), i, static_cast<int32_t>(text.size()), c);
		units += c > 0xffff ? 2 : 1;
		if (c < 0 || (c < 32 && c != '\t' && c != '\n' && c != '\f' && c != '\r') ||
			(c >= 0x7f && c <= 0x9f) || U_IS_UNICODE_NONCHAR(c))
			return "control";
		if (c == 0xff5e)
			return "tilde";
		if (u_charType(c) == U_UNASSIGNED)
			return "unicode";
	}
	if (units > 250)
		return "length";
	if (second != std::sregex_iterator() &&
		(text.find_first_of("\n\r\f") != std::string::npos || ++second != std::sregex_iterator()))
		return "second";
	return has_bad_context(text) ? "context" : nullptr;
}

/* By the syntax of RFC 3966 that newer versions demand. */
static bool
has_bad_context(const std::string &text)
{
	static const std::string name = ";phone-context=";
	static const std::regex global("\\+[-.()]*[0-9][-.()0-9]*");
	static const std::regex domain(
		"([A-Za-z0-9]+(-+[A-Za-z0-9]+)*\\.)*[A-Za-z][A-Za-z0-9]*(-+[A-Za-z0-9]+)*\\.?");
	size_t		at = text.find(name);
	std::string context;

	if (at == std::string::npos)
		return false;
	if (text.find("tel:") != std::string::npos && text.find("tel:") > at)
		return true;
	context = text.substr(at + name.size());
	context = ascii(context.substr(0, context.find(';')));
	return !std::regex_match(context, global) && !std::regex_match(context, domain);
}

static std::string
describe(const PhoneNumberUtil &util, const PhoneNumber &number)
{
	std::string national;
	std::string region;

	util.GetNationalSignificantNumber(number, &national);
	util.GetRegionCodeForNumber(number, &region);
	return "+" + std::to_string(number.country_code()) + national +
		" " + (number.has_extension() ? ascii(number.extension()) : "-") +
		" " + types[util.GetNumberType(number)] +
		" " + (region == "ZZ" ? "-" : region) +
		(util.IsPossibleNumber(number) ? " possible" : " -") +
		(util.IsValidNumber(number) ? " valid" : " -");
}

/* Digits of any script as ASCII, the rest as it is. */
static std::string
ascii(const std::string &digits)
{
	std::string result;

	for (int32_t i = 0; i < static_cast<int32_t>(digits.size());)
	{
		int32_t		start = i;
		UChar32		c;

		U8_NEXT(digits.data(), i, static_cast<int32_t>(digits.size()), c);
		if (c >= 0 && u_charDigitValue(c) >= 0)
			result += static_cast<char>('0' + u_charDigitValue(c));
		else
			result += digits.substr(static_cast<size_t>(start), static_cast<size_t>(i - start));
	}
	return result;
}
