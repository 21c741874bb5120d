# A database set up by an earlier version is brought up to date by setup() and keeps its rows (R1).
#
# The next version is made up here: a step behind the last one, and the picture of a fresh install
# with that step worked in.  A database that today's version set up is the earlier one then.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main');
my $said = set_up($node, 'earlier');
my ($last) = $said =~ /^created schema version (\d+)$/;
my $next = $last + 1;

ok($last, "a fresh database is set up: $said");
rows_of_that_time('earlier');
is(problems($node, 'earlier'), '', 'healthy to begin with');
fresh_database_of_the_next_version();
migrate();
setup_twice_at_once();
done_testing();

# A fresh database gets the picture alone, and has all steps.
sub fresh_database_of_the_next_version
{
	extension_of_the_next_version('fresh');
	is($node->safe_psql('fresh', 'SELECT contacts.setup()'),
		"created schema version $next", 'fresh: setup() makes the schema');
	is($node->safe_psql('fresh', 'SELECT contacts.setup()'),
		'already up to date', 'fresh: and has nothing left to do');
	is(versions('fresh'), join(' ', 1 .. $next), 'fresh: each step is noted');
	is($node->safe_psql('fresh', "SELECT outcome FROM contacts.record_activity('note', email => 'a\@b.example')"),
		'created', 'fresh: people are recorded');
	is(problems($node, 'fresh'), '', 'fresh: healthy');
}

sub migrate
{
	my $columns = columns($node, 'earlier');
	delete $columns->{schema_version};
	my $rows = hashes($node, 'earlier', $columns);
	my ($status, undef, $error);

	next_version('earlier');
	($status, undef, $error) = $node->psql('earlier', "SELECT contacts.record_activity('note')");
	isnt($status, 0, 'before setup(): calls are refused');
	like($error, qr/setup\(\)/, 'before setup(): and say what to do');
	is($node->safe_psql('earlier', 'SELECT contacts.setup()'),
		"migrated schema version $last to $next", 'setup() migrates');
	is($node->safe_psql('earlier', 'SELECT contacts.setup()'),
		'already up to date', 'and has nothing left to do');
	is(versions('earlier'), versions('fresh'), 'each step is noted');
	is(differences($rows, hashes($node, 'earlier', $columns)), '', 'the rows stay');
	is(schema_of('earlier'), schema_of('fresh'), 'the schema is as in a new one');
	like(schema_of('earlier'), qr/made_up_index/, 'with what the step brings');
	is(problems($node, 'earlier'), '', 'healthy');
	is($node->safe_psql('earlier', <<'SQL'), 'matched|email|matched|phone', 'people are found');
SELECT a.outcome, a.matched_by, b.outcome, b.matched_by
FROM contacts.record_activity('note', email => 'PERSON7@mail.example') a,
	 contacts.record_activity('note', phone => '+1 415 200 1007') b
SQL
	is(problems($node, 'earlier'), '', 'healthy afterwards');
}

# Two applications that start at the same moment: one sets up, the other waits and finds it done.
sub setup_twice_at_once
{
	$node->safe_psql('postgres', 'CREATE DATABASE twice');
	$node->safe_psql('twice', 'CREATE EXTENSION contacts');
	is(two_answers('twice'), "already up to date\ncreated schema version $last\n",
		'two set-ups at once: one does it');
	next_version('twice');
	is(two_answers('twice'), "already up to date\nmigrated schema version $last to $next\n",
		'two migrations at once: one does it');
	is(versions('twice'), join(' ', 1 .. $next), 'and each step once');
}

sub two_answers
{
	my ($database) = @_;
	my @said;
	my @running;

	foreach my $number (0, 1)
	{
		my ($output, $errors) = ('', '');
		push @said, [ \$output, \$errors ];
		push @running,
		  IPC::Run::start(
			[
				'psql', '-XAtq', '-d', $node->connstr . " dbname=$database",
				'-c', 'SELECT contacts.setup()'
			],
			'<', \undef, '>', \$output, '2>', \$errors);
	}
	$_->finish foreach @running;
	return join '', sort map { ${ $_->[0] } . ${ $_->[1] } } @said;
}

sub extension_of_the_next_version
{
	my ($database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION contacts');
	next_version($database);
}

# What setup() does in the next version: its step adds a column, not as the last one of the picture,
# and an index.
sub next_version
{
	my ($database) = @_;

	$node->safe_psql($database, <<"SQL");
ALTER FUNCTION contacts.schema_step(integer) RENAME TO schema_step_of_today;
CREATE FUNCTION contacts.schema_step(step integer) RETURNS text
	LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS \$\$
DECLARE
	made_up CONSTANT text := \$step\$
COMMENT ON COLUMN contacts.contact.made_up IS 'something new';
CREATE INDEX made_up_index ON contacts.contact (account_id, made_up) WHERE made_up IS NOT NULL;
\$step\$;
	picture CONSTANT text := contacts.schema_step_of_today(1);
BEGIN
	RETURN CASE step
		WHEN 1 THEN regexp_replace(picture, '\\n\\tcompany +text,\\n', E'\\\\&\\tmade_up text,\\n') || made_up
		WHEN $next THEN 'ALTER TABLE contacts.contact ADD COLUMN made_up text;' || made_up
		ELSE contacts.schema_step_of_today(step)
	END;
END
\$\$;
REVOKE ALL ON FUNCTION contacts.schema_step(integer) FROM PUBLIC;
SQL
}

# The steps that were done.
sub versions
{
	my ($database) = @_;

	return $node->safe_psql($database,
		"SELECT string_agg(version::text, ' ' ORDER BY version) FROM contacts.schema_version");
}

# As the earlier version left them: put in without triggers, which are those of today's library.
sub rows_of_that_time
{
	my ($database) = @_;

	$node->safe_psql($database, <<'SQL');
SET session_replication_role = replica;
INSERT INTO contacts.member (account_id, member_id, name) VALUES (1, 1, 'Ina');
INSERT INTO contacts.field (account_id, key, type) VALUES (1, 'size', 'number');
INSERT INTO contacts.contact (account_id, email, phone, name, status, owner_id, fields)
SELECT 1, format('Person%s@Mail.example', i), format('+1415200%s', 1000 + i), 'Person ' || i,
	   'qualified', 1, jsonb_build_object('size', i)
FROM generate_series(1, 100) i;
INSERT INTO contacts.identifier (account_id, kind, value, contact_id, is_primary)
SELECT account_id, 'email'::contacts.identifier_kind, lower(email), contact_id, true
FROM contacts.contact
UNION ALL SELECT account_id, 'phone', phone, contact_id, true FROM contacts.contact;
INSERT INTO contacts.status_change (account_id, contact_id, to_status, changed_at, actor, source)
SELECT account_id, contact_id, status, created_at, 'app', 'web' FROM contacts.contact;
INSERT INTO contacts.duplicate (account_id, contact_id, other_id, reasons, score)
SELECT 1, min(contact_id), max(contact_id), '{alike}', 0.9 FROM contacts.contact;
INSERT INTO contacts.tag (account_id, name) VALUES (1, 'VIP');
INSERT INTO contacts.contact_tag (account_id, contact_id, tag_id)
SELECT 1, contact_id, (SELECT tag_id FROM contacts.tag) FROM contacts.contact;
INSERT INTO contacts.activity (account_id, contact_id, kind, source, source_ref, assigned_to)
SELECT account_id, contact_id, 'form', 'web', contact_id::text, 1 FROM contacts.contact;
INSERT INTO contacts.page_view (account_id, visitor, url) VALUES (1, 'cookie', '/');
SQL
}

# The schema as pg_dump says it, its lines sorted, as columns may have come in another order.
sub schema_of
{
	my ($database) = @_;
	my ($text) = run_command(
		[ 'pg_dump', '-s', '-n', 'contacts', '-d', $node->connstr . " dbname=$database" ]);

	return join "\n", sort map { s/,$//r } grep { !/^(--|\\(un)?restrict|$)/ } split /\n/, $text;
}
