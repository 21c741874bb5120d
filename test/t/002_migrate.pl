# A database set up by an earlier version is brought up to date by setup() and keeps its rows (R1).
#
# For each earlier step of the schema: the steps up to it are run as setup() runs them, rows are
# put in as the version of that time left them, then setup() does the rest.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main');
my $fresh = set_up($node, 'fresh');
my ($last) = $fresh =~ /(\d+)$/;
my $first = 2;    # the first step with contacts

cmp_ok($last, '>', $first, "there are steps to migrate over ($last)");
foreach my $step (1 .. $last - 1)
{
	migrate($step);
}
setup_twice_at_once();
done_testing();

sub migrate
{
	my ($step) = @_;
	my $database = "from_$step";

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION contacts');
	$node->safe_psql($database, <<"SQL");
DO \$\$
BEGIN
	FOR step IN 1 .. $step LOOP
		EXECUTE contacts.schema_step(step);
		INSERT INTO contacts.schema_version (version, library) VALUES (step, 'earlier');
	END LOOP;
END \$\$;
SQL
	rows_of_that_time($database) if $step >= $first;
	my $columns = columns($node, $database);
	delete $columns->{schema_version};
	my $rows = hashes($node, $database, $columns);

	is($node->safe_psql($database, 'SELECT contacts.setup()'),
		"migrated schema version $step to $last", "step $step: setup() migrates");
	is(differences($rows, { %{ hashes($node, $database, $columns) } }),
		'', "step $step: the rows stay");
	is(schema_of($database), schema_of('fresh'), "step $step: the schema is as in a new one");
	is(problems($node, $database), '', "step $step: healthy");
	return if $step < $first;
	my $found = 'matched|email|matched|phone';
	is($node->safe_psql($database, <<'SQL'), $found, "step $step: people are found");
SELECT a.outcome, a.matched_by, b.outcome, b.matched_by
FROM contacts.record_activity('note', email => 'PERSON7@mail.example') a,
	 contacts.record_activity('note', phone => '+1 415 200 1007') b
SQL
	is(problems($node, $database), '', "step $step: healthy afterwards");
}

# As the version of that time left them: without triggers, which are those of today's library.
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
SQL
	return unless columns($node, $database)->{activity};
	$node->safe_psql($database, <<'SQL');
SET session_replication_role = replica;
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

# Two applications that start at the same moment: one sets up, the other waits and finds it done.
sub setup_twice_at_once
{
	set_up_extension_only('twice');
	my @said;
	my @running;

	foreach my $number (0, 1)
	{
		my ($output, $errors) = ('', '');
		push @said, [ \$output, \$errors ];
		push @running,
		  IPC::Run::start(
			[
				'psql', '-XAtq', '-d', $node->connstr . ' dbname=twice',
				'-c', 'SELECT contacts.setup()'
			],
			'<', \undef, '>', \$output, '2>', \$errors);
	}
	$_->finish foreach @running;
	my @answers = sort map { ${ $_->[0] } . ${ $_->[1] } } @said;
	is(join('', @answers), "already up to date\ncreated schema version $last\n",
		'two set-ups at once: one does it');
}

sub set_up_extension_only
{
	my ($database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database");
	$node->safe_psql($database, 'CREATE EXTENSION contacts');
}
