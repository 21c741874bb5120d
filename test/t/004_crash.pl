# kill -9 under load: what was acknowledged is there, the rules hold, the indexes agree.
#
# Sessions report single activities and batches, and edit, each statement a transaction of its own,
# and write down each answer.  In each cycle the postmaster or a backend is killed in the middle;
# after recovery every activity that was written down must be there, contacts.check() finds
# nothing, pg_amcheck finds nothing.  CONTACTS_CRASH_CYCLES=100 runs longer than the usual four.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $cycles = $ENV{CONTACTS_CRASH_CYCLES} || 4;
my $sessions = 4;
my $node = server(
	'main', 'fsync = on', 'log_statement = none', 'restart_after_crash = on', 'max_wal_size = 64MB',
	'checkpoint_timeout = 30s', 'autovacuum_naptime = 1s');
my $folder = $node->basedir;
my %acknowledged;    # source_ref => activity_id
my $seed = $ENV{CONTACTS_SEED} || time;

srand($seed);
note("CONTACTS_SEED=$seed");
set_up($node, 'postgres');
foreach my $cycle (1 .. $cycles)
{
	my @ways = (\&kill_postmaster, \&kill_backend, \&quit_postmaster, \&kill_postmaster);
	my $way = $ways[ ($cycle - 1) % @ways ];
	my @running = start_sessions($cycle);

	sleep(0.4 + rand(0.8));
	$way->();
	foreach my $session (@running)
	{
		eval { $session->finish };    # its connection is gone
	}
	my $new = read_answers($cycle);
	cmp_ok($new, '>', 10, "cycle $cycle: $new activities were acknowledged");
	$node->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()')
	  or die 'the server does not come back';
	check_all($cycle);
}
note(scalar(keys %acknowledged) . ' activities acknowledged in all');
done_testing();

sub start_sessions
{
	my ($cycle) = @_;
	my @running;

	foreach my $number (1 .. $sessions)
	{
		my $path = "$folder/$cycle-$number";
		append_to_file("$path.sql", join("\n", statements($cycle, $number)) . "\n");
		push @running,
		  IPC::Run::start(
			[ 'psql', '-XAtq', '-d', $node->connstr . ' dbname=postgres', '-f', "$path.sql" ],
			'<', \undef, '>', "$path.out", '2>', "$path.err");
	}
	return @running;
}

# A line "ref|activity" is an acknowledgement: psql prints it when the statement has committed.
sub statements
{
	my ($cycle, $number) = @_;
	my @statements;

	foreach my $turn (1 .. 4000)
	{
		my $person = int(rand(300));
		my $ref = "$cycle-$number-$turn";

		if ($turn % 20 == 0)
		{
			push @statements, <<"SQL";
SELECT '$ref-' || r.item || '|' || r.activity_id FROM contacts.record_activities((
	SELECT jsonb_agg(jsonb_build_object('kind', 'form', 'source', 'crash', 'name', 'B $turn',
		'source_ref', '$ref-' || i, 'email', format('p%s\@x.example', ($person + i) % 400)))
	FROM generate_series(1, 25) i)) r;
SQL
		}
		elsif ($turn % 7 == 0)
		{
			push @statements, "UPDATE contacts.contact SET company = 'C $ref', status = 'qualified'"
			  . " WHERE account_id = 1 AND email = 'p$person\@x.example';";
		}
		else
		{
			my $phone = sprintf '+1415200%04d', int(rand(300));
			push @statements, "SELECT '$ref|' || activity_id FROM contacts.record_activity('form',"
			  . " email => 'p$person\@x.example', phone => '$phone', name => 'N $ref',"
			  . " source => 'crash', source_ref => '$ref');";
		}
	}
	return @statements;
}

sub read_answers
{
	my ($cycle) = @_;
	my $new = 0;

	foreach my $number (1 .. $sessions)
	{
		my $path = "$folder/$cycle-$number";

		foreach my $line (split /\n/, slurp("$path.out"))
		{
			next unless $line =~ /^([\d-]+)\|(\d+)$/;
			$acknowledged{$1} = $2;
			$new++;
		}
		# losing the connection is the only thing that may go wrong
		my @errors = grep { /ERROR|WARNING/ && !/terminating connection/ } split /\n/, slurp("$path.err");
		is(join("\n", @errors[ 0 .. min(2, $#errors) ]), '', "cycle $cycle, session $number: no error");
	}
	return $new;
}

sub min { return $_[0] < $_[1] ? $_[0] : $_[1] }

sub check_all
{
	my ($cycle) = @_;
	my $list = "$folder/acknowledged";

	unlink $list;
	append_to_file($list, join('', map { "$_\t$acknowledged{$_}\n" } keys %acknowledged));
	is($node->safe_psql('postgres', <<"SQL"), '', "cycle $cycle: nothing acknowledged is lost");
CREATE TEMP TABLE acknowledged (source_ref text, activity_id bigint);
COPY acknowledged FROM '$list';
SELECT source_ref FROM acknowledged l WHERE NOT EXISTS (
	SELECT FROM contacts.activity a JOIN contacts.contact c USING (account_id, contact_id)
	WHERE a.activity_id = l.activity_id AND a.source = 'crash' AND a.source_ref = l.source_ref)
SQL
	is(problems($node, 'postgres'), '', "cycle $cycle: healthy");
	$node->command_ok(
		[
			'pg_amcheck', '-d', 'postgres', '--install-missing', '--heapallindexed',
			'--parent-check', '--schema', 'contacts'
		],
		"cycle $cycle: tables and indexes agree");
}

sub kill_postmaster
{
	my $pid = $node->{_pid};

	kill 'KILL', $pid;
	# backends notice that their postmaster is gone when they next wait, or when they end
	foreach my $try (1 .. 600)
	{
		last unless living();
		sleep(0.1);
	}
	# nothing runs there any more, though a number may still be taken until somebody reaps it
	unlink $node->data_dir . '/postmaster.pid', $node->host . '/.s.PGSQL.' . $node->port . '.lock';
	$node->_update_pid(0);
	$node->start;
}

# Processes that run in the data folder.
sub living
{
	my $data = $node->data_dir;

	return grep { (readlink("/proc/$_/cwd") // '') eq $data }
	  map { m{/proc/(\d+)} ? $1 : () } glob('/proc/[0-9]*');
}

sub kill_backend
{
	my $pid = $node->safe_psql('postgres', <<'SQL');
SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
	AND state = 'active' ORDER BY random() LIMIT 1
SQL
	kill 'KILL', $pid if $pid =~ /^\d+$/;
}

sub quit_postmaster
{
	$node->stop('immediate');
	$node->start;
}
