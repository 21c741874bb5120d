# A standby serves the reads; after its promotion it goes on as the primary.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = server('primary');
my $standby = PostgreSQL::Test::Cluster->new('standby');

set_up($primary, 'postgres');
$primary->backup('base');
$standby->init_from_backup($primary, 'base', has_streaming => 1);
$standby->start;
fill($primary, 'postgres');
$primary->wait_for_catchup($standby);

my @reads = (
	"SELECT contacts.find_contact(email => 'PERSON8\@mail.example') IS NOT NULL",
	"SELECT contacts.find_contact(phone => '(415) 200-1010', region => 'US')",
	"SELECT contacts.resolve_contact(contacts.find_contact(email => 'person8\@mail.example'))",
	"SELECT contacts.get_contact(contacts.find_contact(email => 'person8\@mail.example'))",
	"SELECT contacts.normalize_phone('(415) 200-1010', 'US')",
	'SELECT contacts.current_account(), contacts.version()',
	'SELECT * FROM contacts.check()',
	map { "SELECT md5(string_agg(v::text, '' ORDER BY v::text)) FROM contacts.$_ v" }
	  split /\n/, $primary->safe_psql('postgres', <<'SQL'));
SELECT relname FROM pg_class WHERE relnamespace = 'contacts'::regnamespace AND relkind = 'v'
SQL
foreach my $read (@reads)
{
	my ($status, $there, $error) = $standby->psql('postgres', $read);

	is($error, '', "standby: no error: $read");
	is($there, $primary->safe_psql('postgres', $read), 'and the same answer');
}

my ($status, $output, $error) =
  $standby->psql('postgres', "SELECT contacts.record_activity('note', email => 'a\@b.example')");
like($error, qr/cannot execute .* in a read-only transaction|during recovery/, 'it does not write');

$primary->stop('fast');
$standby->promote;
$standby->safe_psql('postgres', "SELECT contacts.record_activity('note', email => 'a\@b.example')");
is($standby->safe_psql('postgres', <<'SQL'), 'matched', 'promoted, it writes');
SELECT outcome FROM contacts.record_activity('note', email => 'person8@mail.example')
SQL
is(problems($standby, 'postgres'), '', 'promoted, it is healthy');
done_testing();
