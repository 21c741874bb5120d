# pg_dump and pg_restore bring back equal rows, and everything works on them (R1); the extension
# cannot be dropped by mistake; setup() changes nothing the second time.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main');
my $dump = $node->basedir . '/dump';
my $connection = $node->connstr;

like(set_up($node, 'origin'), qr/^created schema version \d+$/, 'setup makes the schema');
fill($node, 'origin');

# What users do to their tables stays theirs.
$node->safe_psql('origin', <<'SQL');
ALTER TABLE contacts.contact ADD COLUMN shoe_size integer DEFAULT 42;
ALTER TABLE contacts.activity ADD COLUMN cost numeric;
CREATE INDEX shoe ON contacts.contact (account_id, shoe_size);
CREATE VIEW public.mine AS SELECT contact_id, status, shoe_size FROM contacts.contact;
UPDATE contacts.contact SET shoe_size = contact_id % 7;
SELECT contacts.record_activity('note', email => 'after@column.example');
SQL
is($node->safe_psql('origin',
		"SELECT shoe_size FROM contacts.contact WHERE email = 'after\@column.example'"),
	'42', 'an added column gets its default in rows that the functions write');
is(problems($node, 'origin'), '', 'the filled database is healthy');

# setup() again: not a word of the schema changes.
my $before = schema_of('origin');
is($node->safe_psql('origin', 'SELECT contacts.setup()'), 'already up to date', 'setup() again');
is(schema_of('origin'), $before, 'setup() again changes nothing');

my $rows = hashes($node, 'origin');
my $next = last_values('origin');

command_ok([ 'pg_dump', '-Fc', '-d', "$connection dbname=origin", '-f', "$dump.custom" ], 'dump');
command_ok([ 'pg_dump', '-Fd', '-j2', '-d', "$connection dbname=origin", '-f', "$dump.dir" ],
	'dump by two jobs');
command_ok([ 'pg_dump', '-d', "$connection dbname=origin", '-f', "$dump.sql" ], 'plain dump');

restored('custom', 'pg_restore', '--exit-on-error', '-d', "$connection dbname=custom",
	"$dump.custom");
restored('jobs', 'pg_restore', '--exit-on-error', '-j2', '-d', "$connection dbname=jobs",
	"$dump.dir");
restored('plain', 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', "$connection dbname=plain", '-f',
	"$dump.sql");

# The extension goes only when its tables let it go; then the rows stay.
my ($status, $output, $error) = $node->psql('origin', 'DROP EXTENSION contacts');
isnt($status, 0, 'DROP EXTENSION is refused');
like($error, qr/cannot drop extension contacts because other objects depend on it/,
	'because the tables need it');
$node->safe_psql('plain', 'SET client_min_messages = error; DROP EXTENSION contacts CASCADE');
is(join(' ', counts('plain')), join(' ', counts('jobs')), 'CASCADE keeps all rows');

done_testing();

sub restored
{
	my ($database, @command) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	command_ok(\@command, "$database: restored");
	is(differences($rows, hashes($node, $database)), '', "$database: all tables have equal rows");
	is(schema_of($database), $before, "$database: equal schema");
	is(last_values($database), $next, "$database: sequences go on");
	works($database);
}

# The life of a restored database goes on as in the first one.
sub works
{
	my ($database) = @_;
	my ($problem, $again);

	is($node->safe_psql($database, 'SELECT contacts.setup()'),
		'already up to date', "$database: nothing to set up");
	$node->safe_psql($database,
		"INSERT INTO contacts.contact (account_id, email, phone, name, timezone)"
		  . " VALUES (1, ' New\@Restored.example ', '(415) 200-9999', ' A  B ', 'europe/berlin')");
	my $normal = 'New@Restored.example|A B|Europe/Berlin|2';
	is($node->safe_psql($database, <<'SQL'), $normal, "$database: triggers work");
SELECT email, name, timezone, (SELECT count(*) FROM contacts.identifier i
	WHERE i.contact_id = c.contact_id AND is_primary
	AND value IN ('new@restored.example', '+14152009999'))
FROM contacts.contact c WHERE email ILIKE 'new@restored.example'
SQL
	(undef, undef, $problem) = $node->psql($database,
		"INSERT INTO contacts.contact (account_id, email) VALUES (1, 'NEW\@restored.example')");
	like($problem, qr/is already used by another contact/, "$database: keys are unique");
	is($node->safe_psql($database, <<'SQL'), 'matched|email', "$database: people are found");
SELECT outcome, matched_by FROM contacts.record_activity('note', email => 'person5@mail.example')
SQL
	is($node->safe_psql($database, <<'SQL'), '1', "$database: repeats are known");
SELECT count(DISTINCT activity_id) FROM (
	SELECT activity_id FROM contacts.record_activity('form', source => 'web', source_ref => '10')
	UNION ALL SELECT activity_id FROM contacts.activity WHERE source_ref = '10') a
SQL
	is(problems($node, $database), '', "$database: healthy");
	is($node->safe_psql($database, "SELECT count(*) > 0 FROM contacts.contact WHERE shoe_size = 3"),
		't', "$database: the user's column is there");
	is($node->safe_psql($database, "SELECT count(*) FROM pg_indexes WHERE indexname = 'shoe'"),
		'1', "$database: the user's index is there");
}

# The schema as pg_dump says it, without comments and the words that differ in each run.
sub schema_of
{
	my ($database) = @_;
	my ($text, $problem) =
	  run_command([ 'pg_dump', '-s', '-d', "$connection dbname=$database" ]);

	return join "\n", grep { !/^(--|\\(un)?restrict|$)/ } split /\n/, $text;
}

sub last_values
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT string_agg(sequencename || '=' || coalesce(last_value::text, '-'), ' ' ORDER BY sequencename)
FROM pg_sequences WHERE schemaname = 'contacts'
SQL
}

sub counts
{
	my ($database) = @_;
	my @tables = tables($node, $database);

	# `works` wrote the same rows into each of them
	return map { "$_=" . $node->safe_psql($database, "SELECT count(*) FROM contacts.$_") } @tables;
}
