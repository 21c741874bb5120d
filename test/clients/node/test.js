/*
 * test.js: node-postgres against the extension: what an application binds, gets, and reads from
 * errors.
 *
 * pg binds values as text without a type, so the server decides.  An array becomes an array of
 * PostgreSQL and an object becomes JSON: whoever means a JSON array says JSON.stringify.  A bigint
 * comes as text.
 */
'use strict';
const { Client } = require('pg');

const PREFIX = 'client_node';
const AT = new Date('2026-03-29T01:30:00.123Z');
let number = 0;
let failures = 0;

async function connect(role = 'app') {
	const client = new Client({ user: `${PREFIX}_${role}`, host: process.env.PGHOST });

	await client.connect();
	return client;
}

function check(title, found, expected) {
	const [have, want] = [JSON.stringify(found), JSON.stringify(expected)];

	number++;
	failures += have !== want;
	console.log(`${have === want ? '' : 'not '}ok ${number} - ${title}`);
	if (have !== want)
		console.log(`# found:    ${have}\n# expected: ${want}`);
}

async function row(client, text, values = []) {
	return (await client.query(text, values)).rows[0];
}

/* The error that a statement gives. */
async function failure(client, text, values) {
	try {
		await client.query(text, values);
	} catch (error) {
		return error;
	}
	return { code: 'no error' };
}

function fields(error) {
	return [error.code, error.schema, error.table, error.column, error.constraint];
}

/* The library is loaded by whatever comes first. */
async function firstStatements() {
	const statements = [
		['reports', 'SELECT outcome FROM contacts.record_activity($1, email => $2)', ['note', 'first@node.example']],
		['normalizes', 'SELECT contacts.normalize_phone($1, $2)', ['+1 415 555 0101', null]],
		['reads a view', 'SELECT count(*) FROM contacts.contact_overview', []],
		['inserts', 'INSERT INTO contacts.contact (name) VALUES ($1) RETURNING contact_id', ['First']],
		['sets a setting', "SELECT set_config('contacts.actor', $1, false)", ['node']],
	];

	for (const [title, text, values] of statements) {
		const client = await connect();

		check(`the first statement of a connection ${title}`, (await client.query(text, values)).rowCount, 1);
		await client.end();
	}
}

/* Each type of the interface, in and out again. */
async function parameters(client) {
	const data = { a: [1, null, 'ü'], q: "'\\ $1 ?" };

	await client.query(
		'SELECT contacts.record_activity(kind => $1, email => $2, name => $3, fields => $4, occurred_at => $5,' +
		' data => $6, state => $7, starts_at => $8, source => $9, source_ref => $10)',
		['booking', 'p@node.example', "O'Neil ü", { size: 5 }, AT, data, 'scheduled', null, 'node', 'r1']);
	check('text, jsonb, timestamptz and null',
		await row(client, "SELECT data, occurred_at, starts_at, kind, state FROM contacts.activity WHERE source = 'node'"),
		{ data, occurred_at: AT, starts_at: null, kind: 'booking', state: 'scheduled' });

	const upserted = await row(client,
		'SELECT contact_id, outcome FROM contacts.upsert_contact(email => $1, tags => $2, fields => $3)',
		['p@node.example', ['VIP', 'a, "b" {c}'], { langs: ['de', 'en'] }]);
	check('a bigint comes as text', typeof upserted.contact_id, 'string');
	check('text[]', (await row(client, 'SELECT array_agg(name) AS tags FROM contacts.tag')).tags.sort(), ['VIP', 'a, "b" {c}']);
	check('bigint[]', await row(client, 'SELECT contacts.set_status($1, $2) AS changed', [[upserted.contact_id, 1], 'qualified']),
		{ changed: '2' });
	check('an empty array', await row(client, 'SELECT contacts.set_status($1, $2) AS changed', [[], 'qualified']),
		{ changed: '0' });

	const items = [{ kind: 'n', email: 'p@node.example' }, { kind: 'n', email: 'bad' }];
	const batch = await client.query('SELECT item, error FROM contacts.record_activities($1, on_error => $2)',
		[JSON.stringify(items), 'report']);
	check('a batch: a JSON array as text', batch.rows.map((r) => [r.item, r.error === null]), [[1, true], [2, false]]);
	check('an array of JavaScript is none of JSON',
		(await failure(client, 'SELECT contacts.record_activities($1)', [items])).code, '22P02');
}

/* Rows, composites, enums. */
async function results(client) {
	const first = await row(client, 'SELECT * FROM contacts.record_activity($1, email => $2)', ['note', 'r@node.example']);

	check('recorded as columns', [first.outcome, first.matched_by, first.duplicate_of], ['created', null, null]);
	const one = await row(client, 'SELECT contacts.record_activity($1, email => $2) AS r', ['note', 'r@node.example']);
	check('recorded as one value', /^\(\d+,\d+,matched,email,\)$/.test(one.r), true);
	const upserted = await row(client, 'SELECT * FROM contacts.upsert_contact(email => $1, mode => $2)', ['r@node.example', 'skip']);
	check('upserted, enums as text', [upserted.outcome, upserted.matched_by], ['skipped', 'email']);
}

/* A word is bound for an enum wherever it stands. */
async function enums(client) {
	check('an enum in an INSERT',
		await row(client, 'INSERT INTO contacts.contact (name, status) VALUES ($1, $2) RETURNING status', ['Enum', 'sales_qualified']),
		{ status: 'sales_qualified' });
	check('in an UPDATE',
		await row(client, 'UPDATE contacts.contact SET status = $1 WHERE name = $2 RETURNING status', ['disqualified', 'Enum']),
		{ status: 'disqualified' });
	check('in a condition',
		await row(client, 'SELECT name FROM contacts.contact WHERE status = $1', ['disqualified']), { name: 'Enum' });
	check('in an array',
		await row(client, 'SELECT name FROM contacts.contact WHERE status = ANY ($1)', [['disqualified', 'marketing_qualified']]),
		{ name: 'Enum' });
	check('in a call',
		await row(client, 'SELECT outcome FROM contacts.upsert_contact(email => $1, status => $2)', ['enum@node.example', 'qualified']),
		{ outcome: 'created' });
	check('a word that is none', (await failure(client, 'SELECT contacts.set_status($1, $2)', [[1], 'nonsense'])).code, '22023');
}

async function errors(client, own) {
	const paths = [
		['INSERT', 'INSERT INTO contacts.contact (owner_id, email) VALUES (11, $1)', 'Hidden@clients.example', 'email'],
		['UPDATE', 'UPDATE contacts.contact SET phone = $1 WHERE contact_id = 1', '+1 415 555 0102', 'phone'],
		['update_contact', 'SELECT contacts.update_contact(1, $1)', { email: 'hidden@clients.example' }, 'email'],
		['create_contact', 'SELECT contacts.create_contact(phone => $1)', '+14155550102', 'phone'],
	];

	for (const [title, text, value, column] of paths) {
		const error = await failure(client, text, [value]);

		check(`R11: ${title} says constraint and column`, fields(error),
			['23505', 'contacts', 'contact', column, 'identifier_pkey']);
		check(`R40: ${title} names the contact`, error.detail, 'It belongs to contact 2.');
		check(`R41: ${title} of a hidden one says neither`, fields(await failure(own, text, [value])), ['42501']
			.concat(Array(4).fill(undefined)));
	}
	check('the connection goes on', await row(client, 'SELECT 1 AS one'), { one: 1 });
}

/* What every ORM does. */
async function restricted(own) {
	const title = 'R81: a restricted member inserts with RETURNING';
	const text = 'INSERT INTO contacts.contact (name, owner_id, email, status) VALUES ($1, $2, $3, $4)' +
		' RETURNING name, owner_id, status';
	const values = ['Theirs', 11, 'theirs@node.example', 'qualified'];

	check(title, await row(own, text, values), { name: 'Theirs', owner_id: '11', status: 'qualified' });
	return check('R81: and owns what has no owner',
		await row(own, 'INSERT INTO contacts.contact (name) VALUES ($1) RETURNING name, owner_id', ['Mine']),
		{ name: 'Mine', owner_id: '11' });
}

/* An activity of a contact that is known by its id. */
async function linkedByHand(client, own) {
	const title = 'reports with contact_id';

	check(title, await row(client, 'SELECT contact_id FROM contacts.record_activity($1, contact_id => $2)', ['note', 2]),
		{ contact_id: '2' });
	check('in a batch', await row(client, 'SELECT contact_id FROM contacts.record_activities($1)',
		[JSON.stringify([{ kind: 'n', contact_id: 2 }])]), { contact_id: '2' });
	return check('not with one that they do not see',
		(await failure(own, 'SELECT contacts.record_activity($1, contact_id => $2)', ['note', 2])).code, 'P0002');
}

async function notifications(client) {
	const listener = await connect();
	const heard = new Promise((resolve) => listener.on('notification', (n) => resolve([n.channel, n.payload])));
	const silence = new Promise((resolve) => setTimeout(resolve, 5000, 'silence').unref());

	await listener.query('LISTEN contacts_event');
	await client.query('SET contacts.notify = on');
	await client.query('UPDATE contacts.contact SET company = $1 WHERE contact_id = 1', ['told']);
	check('R100: LISTEN hears of the account', await Promise.race([heard, silence]), ['contacts_event', '1']);
	await client.query('RESET contacts.notify');
	await listener.end();
}

/* SET LOCAL and a savepoint, as behind a pooler; a prepared statement by its name. */
async function inATransaction(client) {
	const visible = { name: 'visible', text: 'SELECT contact_id FROM contacts.contact WHERE contact_id = ANY ($1)', values: [[1, 2]] };

	await client.query('BEGIN');
	await client.query("SELECT set_config('contacts.member_id', $1, true)", ['11']);
	check('a member for one transaction', (await client.query(visible)).rows, [{ contact_id: '1' }]);
	await client.query('SAVEPOINT s');
	await failure(client, 'SELECT contacts.create_contact(email => $1)', ['seen@clients.example']);
	await client.query('ROLLBACK TO SAVEPOINT s');
	check('a savepoint in it',
		await row(client, 'SELECT outcome FROM contacts.record_activity($1, email => $2)', ['n', 'seen@clients.example']),
		{ outcome: 'matched' });
	await client.query('COMMIT');
	check('all again after it', (await client.query(visible)).rowCount, 2);
}

async function main() {
	await firstStatements();
	const client = await connect();
	const own = await connect('own');

	await parameters(client);
	await results(client);
	await enums(client);
	await errors(client, own);
	await restricted(own);
	await linkedByHand(client, own);
	await notifications(client);
	await inATransaction(client);
	check('R112: healthy', (await client.query('SELECT * FROM contacts.check()')).rows, []);
	await client.end();
	await own.end();
	console.log(`1..${number}`);
	process.exitCode = failures > 0 ? 1 : 0;
}

main().catch((error) => {
	console.log(`not ok ${number + 1} - ${error.stack.replace(/\n/g, '\n# ')}`);
	process.exit(1);
});
