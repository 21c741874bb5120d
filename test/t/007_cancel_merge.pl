# Errors in the middle of a merge, of its undoing, of deleting, restoring and purging: everything is
# as before, and the session goes on (R42, R45, R51, R52).
#
# Contacts with 2000 activities each.  Each call is cancelled after 1, 2, 4 … ms until that is enough,
# then at moments in between; then a trigger of the user's refuses what the call does to a table.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main', 'autovacuum = off');

set_up($node, 'postgres');
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION stop_at_the_end(items bigint) RETURNS void LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'end reached after %', items; END $$;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'refused by the user'; END $$;
SELECT contacts.connect_integration('crm', 'crm');
INSERT INTO contacts.contact (contact_id, name, email, phone, status)
SELECT i, 'Person ' || i, CASE WHEN i <> 1 THEN format('p%s@x.example', i) END,
	   '+1415200000' || i, 'qualified' FROM generate_series(1, 5) i;
INSERT INTO contacts.activity (contact_id, kind, state, starts_at, calendar, recipient_email)
SELECT 1 + i % 5, 'booking', CASE WHEN i % 3 = 0 THEN 'scheduled' ELSE 'completed' END
	::contacts.activity_state, '2099-01-01', 'google', 'as@given.example'
FROM generate_series(1, 10000) i;
INSERT INTO contacts.page_view (visitor, contact_id, url)
SELECT 'v', 1 + i % 5, '/' || i FROM generate_series(1, 1000) i;
INSERT INTO contacts.tag (tag_id, name) SELECT i, 'Tag ' || i FROM generate_series(1, 50) i;
-- These came with ids of their own.
SELECT setval('contacts.contact_contact_id_seq', 5), setval('contacts.tag_tag_id_seq', 50);
INSERT INTO contacts.contact_tag (contact_id, tag_id)
SELECT c, t FROM generate_series(1, 5) c, generate_series(1, 50) t WHERE (c + t) % 3 > 0;
INSERT INTO contacts.duplicate (contact_id, other_id, reasons, score)
VALUES (1, 2, '{alike}', 1), (2, 4, '{alike}', 0.5), (3, 5, '{alike}', 0.5);
SELECT contacts.add_identifier(i, 'email', format('q%s-%s@x.example', i, n))
FROM generate_series(1, 5) i, generate_series(1, 20) n;
ANALYZE;
SQL

my $cancels = 0; # that hit a call
my $merge = 'contacts.merge_contacts(1, ARRAY[2, 3])';

try_all('merge_contacts', $merge, qw(merge identifier activity contact_tag duplicate event));
$node->safe_psql('postgres', "SELECT $merge");
try_all('unmerge', '(SELECT count(*) FROM contacts.unmerge((SELECT max(merge_id) FROM contacts.merge)))',
	qw(merge identifier activity contact_tag duplicate event));
try_all('delete_contacts', 'contacts.delete_contacts(ARRAY[2, 4, 5])', qw(contact freed_identifier event));
try_all('purge_contacts', 'contacts.purge_contacts(ARRAY[2, 4])', qw(contact activity page_view));
$node->safe_psql('postgres', 'SELECT contacts.delete_contacts(ARRAY[2, 4, 5])');
try_all('restore_contacts', 'contacts.restore_contacts(ARRAY[2, 4, 5])', qw(contact identifier event));
is($node->safe_psql('postgres', 'SELECT contacts.restore_contacts(ARRAY[2, 4, 5])'), '3',
	'at the end all come back');
is($node->safe_psql('postgres',
		'SELECT contact_id, kept FROM contacts.unmerge((SELECT max(merge_id) FROM contacts.merge))'),
	"2|{}\n3|{}", 'at the end the merge is undone');
is($node->safe_psql('postgres', 'SELECT contacts.purge_contacts(ARRAY[1, 2, 3])'), '3',
	'at the end they are purged');
is($node->safe_psql('postgres', 'SELECT count(*) FROM contacts.activity WHERE contact_id IS NULL'),
	'6000', 'and their activities stay');
cmp_ok($cancels, '>', 5, "$cancels cancels hit calls at different moments");
is(problems($node, 'postgres'), '', 'healthy');
is($node->safe_psql('postgres', 'SELECT * FROM contacts.audit_verify()'), '', 'the audit is whole');
done_testing();

sub try_all
{
	my ($name, $call, @tables) = @_;
	my $before = hashes($node, 'postgres');
	my $enough = cancel_growing($name, $call, $before);
	my $hits = grep { cancelled($name, $call, $before, 1 + int($enough * $_ / 10)) } 1 .. 9;

	$cancels += $hits;
	note("$name: $enough ms are enough, $hits of 9 cancels in between hit");
	refused($name, $call, $before, $_) foreach @tables;
}

# 1, 2, 4 … ms; returns the first time that is enough.
sub cancel_growing
{
	my ($name, $call, $before) = @_;

	for (my $milliseconds = 1; $milliseconds < 100_000; $milliseconds *= 2)
	{
		return $milliseconds unless cancelled($name, $call, $before, $milliseconds);
	}
	fail("$name never succeeds");
	return 100_000;
}

# Whether the call was cancelled; one that reaches its end fails there, so all is rolled back.
sub cancelled
{
	my ($name, $call, $before, $milliseconds) = @_;
	my ($status, $output, $error) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
SET statement_timeout = '${milliseconds}ms';
SELECT stop_at_the_end($call);
SET statement_timeout = 0;
SELECT 'session goes on';
SQL
	my $where = "$name, $milliseconds ms";

	is($output, 'session goes on', "$where: the session goes on");
	is(() = $error =~ /ERROR: |WARNING|FATAL/g, 1, "$where: one error, no warning") or diag($error);
	like($error, qr/canceling statement due to statement timeout|end reached after/,
		"$where: the error is the one expected");
	is(differences($before, hashes($node, 'postgres')), '', "$where: all is as before");
	return $error !~ /end reached/;
}

# A trigger of the user's refuses what the call does to a table; the call is tried again without it.
sub refused
{
	my ($name, $call, $before, $table) = @_;
	my ($status, $output, $error) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON contacts.$table
	FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT $call;
DROP TRIGGER refuse ON contacts.$table;
SELECT stop_at_the_end($call);
SELECT 'session goes on';
SQL
	is($output, 'session goes on', "$name, refused by $table: the session goes on");
	like($error, qr/refused by the user.*end reached after/s, "$name, refused by $table: reported");
	is(() = $error =~ /ERROR: /g, 2, "$name, refused by $table: as one error, and not for long")
	  or diag($error);
	is(differences($before, hashes($node, 'postgres')), '', "$name, refused by $table: all is as before");
}
