# Two lists of made-up people go in through the functions; the second time nothing is written (R20).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main');
my $data = "$FindBin::RealBin/../../demo/data";

set_up($node, 'postgres');
$node->safe_psql('postgres', <<"SQL");
CREATE TABLE us (first_name text, last_name text, company_name text, address text, city text,
	county text, state text, zip text, phone1 text, phone2 text, email text, web text);
CREATE TABLE uk (first_name text, last_name text, company_name text, address text, city text,
	county text, postal text, phone1 text, phone2 text, email text, web text);
COPY us FROM '$data/us-500.csv' (FORMAT csv, HEADER);
COPY uk FROM '$data/uk-500.csv' (FORMAT csv, HEADER);
CREATE VIEW people AS
SELECT 'US' AS region, row_number() OVER (ORDER BY email) AS number, first_name, last_name,
	   company_name, phone1, phone2, email FROM us
UNION ALL
SELECT 'GB', row_number() OVER (ORDER BY email), first_name, last_name,
	   company_name, phone1, phone2, email FROM uk;
SQL
my $people = $node->safe_psql('postgres', 'SELECT count(*) FROM people');
is($people, '1000', 'the lists are there');

# Each way puts everybody in and says how many were created, how many rejected.
my %ways = (
	single => <<'SQL',
SELECT count(*) FILTER (WHERE r.outcome = 'created'), 0
FROM people p, LATERAL contacts.record_activity('list', email => p.email, phone => p.phone1,
	name => p.first_name || ' ' || p.last_name, company => p.company_name, region => p.region,
	source => 'sample', source_ref => p.region || p.number, occurred_at => '2026-01-01Z',
	on_invalid => 'keep', account_id => 1) r
SQL
	batch => <<'SQL',
SELECT count(*) FILTER (WHERE outcome = 'created'), count(error)
FROM contacts.record_activities((SELECT jsonb_agg(jsonb_build_object('kind', 'list',
	'email', email, 'phone', phone1, 'name', first_name || ' ' || last_name,
	'company', company_name, 'region', region, 'source', 'sample',
	'source_ref', region || number, 'occurred_at', '2026-01-01T00:00:00Z', 'on_invalid', 'keep')
	ORDER BY region, number) FROM people), 'report', account_id => 2)
SQL
	upsert => <<'SQL');
SELECT count(*) FILTER (WHERE r.outcome = 'created'), 0
FROM people p, LATERAL contacts.upsert_contact(email => p.email,
	phone => CASE WHEN contacts.phone_problem(p.phone1, p.region) IS NULL THEN p.phone1 END,
	name => p.first_name || ' ' || p.last_name, company => p.company_name, region => p.region,
	tags => ARRAY['sample', p.region], account_id => 3) r
SQL
my $written = 'SELECT md5(string_agg(t::text, E\'\n\' ORDER BY t::text)) FROM (' . join(
	' UNION ALL ',
	map { "SELECT '$_' AS name, x.xmin::text, x::text FROM contacts.$_ x WHERE account_id < 4" }
	  grep { !/^(schema_version|account)$/ } tables_with_account()) . ') t';

foreach my $way (sort keys %ways)
{
	my ($created, $rejected) = split /\|/, $node->safe_psql('postgres', $ways{$way});

	cmp_ok($created, '>', 990, "$way: $created of $people people are new");
	is($rejected, '0', "$way: none is rejected");
	my $before = $node->safe_psql('postgres', $written);
	($created, $rejected) = split /\|/, $node->safe_psql('postgres', $ways{$way});
	is($created, '0', "$way: nobody is new the second time");
	is($node->safe_psql('postgres', $written), $before, "$way: no row version is new");
}
is( $node->safe_psql('postgres', <<'SQL'), '0', 'single calls and batch agree');
SELECT count(*) FROM (
	SELECT name, email, phone, company FROM contacts.contact WHERE account_id = 1
	EXCEPT SELECT name, email, phone, company FROM contacts.contact WHERE account_id = 2) d
SQL
foreach my $account (1 .. 3)
{
	is($node->safe_psql('postgres', "SELECT * FROM contacts.check($account)"),
		'', "account $account is healthy");
	note("account $account: " . $node->safe_psql('postgres',
		"SELECT string_agg(kind || ' ' || count, ', ') FROM (SELECT kind, count(*)"
		. " FROM contacts.identifier WHERE account_id = $account GROUP BY kind) k"));
}
done_testing();

sub tables_with_account
{
	return split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT c.relname
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'account_id'
WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind = 'r' ORDER BY 1
SQL
}
