# Restore.pm: each documented way to restore, into a server that has the roles and into one that lacks
# them: every row, setting and grant comes back, check() finds nothing, ids and people go on.
package Restore;

use strict;
use warnings;
use Exporter 'import';
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(restore_each_way);

my $owner; # of the tables, as setup() takes it; empty = the superuser
my ($origin, $bare);
my $roles = "CREATE ROLE t_reader LOGIN; CREATE ROLE t_agent LOGIN; CREATE ROLE t_admin LOGIN;"
  . " CREATE ROLE \"T owner\" LOGIN;";

# Way => how it is dumped and restored.  `data` ways go into tables that setup() has made; where another
# role owns the tables, `some` will do.
my @ways = (
	{ name => 'plain, one transaction', dump => [], psql => ['-1'], some => 1 },
	{ name => 'custom', dump => ['-Fc'], restore => ['--exit-on-error'] },
	{ name => 'custom, one transaction', dump => ['-Fc'], restore => ['-1'] },
	{
		name => 'directory, jobs',
		dump => [ '-Fd', '-j2' ],
		restore => [ '--exit-on-error', '-j2' ],
		some => 1
	},
	{
		name => 'schema alone',
		dump => [ '-Fc', '-n', 'contacts', '-e', 'contacts' ],
		restore => ['--exit-on-error'],
		some => 1
	},
	{
		name => 'data alone',
		dump => ['-Fc'],
		restore => [ '-1', '--data-only', '--disable-triggers' ],
		data => 1,
		some => 1
	},
	{
		name => 'data alone, plain',
		dump => [ '--data-only', '--disable-triggers' ],
		psql => [],
		data => 1
	});

sub restore_each_way
{
	($owner) = @_;
	$origin = server('origin');
	$bare = server('bare');
	$origin->safe_psql('postgres', $roles);
	make_world();

	my $rows = hashes($origin, 'world');
	my $next = next_ids($origin, 'world');

	foreach my $way (grep { $owner eq '' || $_->{some} } @ways)
	{
		restored($way, $origin, $rows, $next);
		restored($way, $bare, $rows, $next);
	}
}

sub make_world
{
	$origin->safe_psql('postgres', 'CREATE DATABASE world');
	$origin->safe_psql('world', 'CREATE EXTENSION contacts; ' . setup_call());
	fill($origin, 'world');
	$origin->safe_psql('world', <<'SQL');
SELECT contacts.grant_access('t_reader', 'reader'),
	   contacts.grant_access('t_agent', 'agent', member_id => 2, pin => true),
	   contacts.grant_access('t_admin', 'admin', account_id => NULL);
SELECT contacts.merge_contacts(1, ARRAY[2]);
SELECT count(*) FROM contacts.take_events('mailer', 10);
SELECT contacts.add_reminder((SELECT min(activity_id) FROM contacts.activity WHERE account_id = 1), now(), 'email');
SELECT contacts.connect_integration('crm', 'crm');
SQL
	is(problems($origin, 'world'), '', 'healthy before');
	is($origin->safe_psql('world', <<'SQL'), setup_owner($origin), 'who owns it');
SELECT DISTINCT relowner::regrole FROM pg_class
WHERE relnamespace = 'contacts'::regnamespace AND relkind IN ('r', 'v', 'S')
SQL
}

sub restored
{
	my ($way, $node, $rows, $next) = @_;
	my $has_roles = $node == $origin;
	my $about = "$way->{name}, " . ($has_roles ? 'roles there' : 'roles missing');
	my %rows = %$rows;

	$node->safe_psql('postgres', 'CREATE DATABASE restored');
	$node->safe_psql('restored', 'CREATE EXTENSION contacts; SELECT contacts.setup()') if $way->{data};
	command_ok($_, "$about: " . join(' ', @$_[ 0 .. $#$_ - 2 ])) foreach commands($way, $node);
	if (!$has_roles)
	{
		# The levels wait for their roles, which check() says.
		like($node->safe_psql('restored', 'SELECT contacts.setup()'), qr/^already up to date$/,
			"$about: nothing to set up yet");
		is( $node->safe_psql('restored', 'SELECT DISTINCT problem FROM contacts.check(1)'),
			'grant of a role that does not exist',
			"$about: healthy but for the roles");
		$node->safe_psql('postgres', $roles);
	}
	$node->safe_psql('restored', setup_call());
	is($node->safe_psql('restored', setup_call()), 'already up to date', "$about: set up");
	# A dump of the data brings the steps of its own set-up beside those of this one.
	delete $rows{schema_version} if $way->{data};
	my $now = hashes($node, 'restored');
	is(differences(\%rows, { map { $_ => $now->{$_} } keys %rows }), '', "$about: equal rows");
	is(next_ids($node, 'restored'), $next, "$about: sequences go on");
	is($node->safe_psql('restored', <<'SQL'), setup_owner($node), "$about: one owner");
SELECT DISTINCT relowner::regrole FROM pg_class
WHERE relnamespace = 'contacts'::regnamespace AND relkind IN ('r', 'v', 'S')
UNION SELECT proowner::regrole FROM pg_proc WHERE pronamespace = 'contacts'::regnamespace AND prosecdef
	AND proname <> 'live_sessions'
SQL
	goes_on($node, $about);
	$node->safe_psql('postgres', 'DROP DATABASE restored');
	$node->safe_psql('postgres', 'DROP ROLE t_reader, t_agent, t_admin, "T owner"') unless $has_roles;
}

# The life of a restored database goes on, for its owner and for its roles.
sub goes_on
{
	my ($node, $about) = @_;

	is($node->safe_psql('restored', <<'SQL'), 'matched|email|created|t', "$about: reports");
SELECT a.outcome, a.matched_by, b.outcome, b.contact_id > (SELECT max(contact_id) FROM contacts.contact)
FROM contacts.record_activity('note', email => 'person5@mail.example') a,
	 contacts.record_activity('form', email => 'next@report.example') b
SQL
	is(as($node, 't_reader', 'SELECT count(*) > 100 FROM contacts.contact'), 't', "$about: a reader reads");
	is(as($node, 't_agent', 'SELECT contacts.current_member()'), '2', "$about: a pin holds");
	is( as($node, 't_admin', "SET contacts.account_id = 2; SELECT name FROM contacts.account"),
		'Two', "$about: an admin of all accounts administers");
	is($node->safe_psql('restored', 'SELECT count(*) FROM contacts.unmerge(1)'), '1',
		"$about: a merge is undone");
	is($node->safe_psql('restored', 'SELECT * FROM contacts.audit_verify()'), '', "$about: the audit log");
	is(problems($node, 'restored'), '', "$about: healthy");
}

# Dump and restore, without owners where these are not ours, and without roles where there are none.
sub commands
{
	my ($way, $node) = @_;
	my $file = $origin->basedir . '/' . ($node == $origin ? 'all ' : 'bare ') . $way->{name};
	my @less = $node == $origin ? () : ('--no-owner', '--no-privileges');

	@less = ('--no-owner') if $node == $origin && $owner ne '';
	my @dump = ('pg_dump', @{ $way->{dump} }, $way->{psql} ? @less : ());
	my @into = ('-d', $node->connstr . ' dbname=restored');

	return (
		[ @dump, '-f', $file, '-d', $origin->connstr . ' dbname=world' ],
		$way->{psql}
		? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', @{ $way->{psql} }, '-o', '/dev/null', '-f', $file, @into ]
		: [ 'pg_restore', @{ $way->{restore} }, $way->{data} ? () : @less, $file, @into ]);
}

sub as
{
	my ($node, $role, $statements) = @_;

	return $node->safe_psql('restored', "SET SESSION AUTHORIZATION $role; $statements");
}

sub setup_call
{
	return $owner eq '' ? 'SELECT contacts.setup()'
	  : "SELECT contacts.setup(owner => '$owner')";
}

sub setup_owner
{
	my ($node) = @_;

	return $owner ne '' ? $owner
	  : $node->safe_psql('postgres', 'SELECT current_user::regrole');
}

# What each sequence gives next.
sub next_ids
{
	my ($node, $database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT string_agg(sequencename || '=' || coalesce(last_value::text, '-'), ' ' ORDER BY sequencename)
FROM pg_sequences WHERE schemaname = 'contacts'
SQL
}

1;
