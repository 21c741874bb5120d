# Errors in the middle: everything is as before, and the session goes on.
#
# A batch of 2000 activities is cancelled after 1, 2, 4 … ms until it succeeds, then at moments in
# between; likewise by lock_timeout, by an error of a user's trigger, and within a block that
# catches the error.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = server('main', 'autovacuum = off');
my $batch = 'SELECT count(*) FROM contacts.record_activities((SELECT items FROM batch))';

set_up($node, 'postgres');
fill($node, 'postgres');
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION stop_at_the_end(items bigint) RETURNS void LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'end reached after %', items; END $$;
CREATE TABLE batch (items jsonb);
INSERT INTO batch SELECT jsonb_agg(jsonb_build_object('kind', 'form',
	'email', format('%s%s@mail.example', CASE WHEN i % 2 = 0 THEN 'person' ELSE 'fresh' END, i),
	'phone', format('(415) 300-%s', 1000 + i), 'visitor', format('cookie-%s', i % 60),
	'name', 'Batch ' || i, 'status', 'qualified', 'source', 'b', 'source_ref', i::text))
FROM generate_series(1, 2000) i;
SQL
my $before = hashes($node, 'postgres');

my $enough = cancel_growing();
cancel_between($enough);
trigger_fails();
caught_in_a_block();
lock_times_out();
is($node->safe_psql('postgres', $batch), '2000', 'at the end the batch goes in');
is(problems($node, 'postgres'), '', 'healthy');
done_testing();

# 1, 2, 4 … ms; returns the first time that is enough.
sub cancel_growing
{
	my $failures = 0;

	for (my $milliseconds = 1; $milliseconds < 100_000; $milliseconds *= 2)
	{
		return $milliseconds if cancelled($milliseconds) == 0;
		$failures++;
	}
	fail("the batch never succeeds");
	return 100_000;
}

sub cancel_between
{
	my ($enough) = @_;
	my $hits = 0;

	foreach my $part (1 .. 24)
	{
		$hits += cancelled(1 + int($enough * $part / 24));
	}
	cmp_ok($hits, '>', 3, "$hits cancels hit the batch at different moments");
}

# Whether the batch was cancelled; a batch that reaches its end fails there, so all is rolled back.
sub cancelled
{
	my ($milliseconds) = @_;
	my ($status, $output, $error) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
SET statement_timeout = '${milliseconds}ms';
SELECT stop_at_the_end(count(*)) FROM contacts.record_activities((SELECT items FROM batch));
SET statement_timeout = 0;
SELECT 'session goes on';
SQL
	is($output, 'session goes on', "$milliseconds ms: the session goes on");
	is(() = $error =~ /ERROR: |WARNING|FATAL/g, 1, "$milliseconds ms: one error, no warning");
	like($error, qr/canceling statement due to statement timeout|end reached after 2000/,
		"$milliseconds ms: the error is the one expected");
	is(differences($before, hashes($node, 'postgres')), '', "$milliseconds ms: all is as before");
	return $error =~ /end reached/ ? 0 : 1;
}

# A user's trigger refuses in the middle of a call.
sub trigger_fails
{
	$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN RAISE EXCEPTION 'refused by the user'; END $$;
SQL
	foreach my $table (qw(contact identifier activity))
	{
		my ($status, $output, $error) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
CREATE TRIGGER refuse BEFORE INSERT ON contacts.$table FOR EACH ROW EXECUTE FUNCTION refuse();
SELECT contacts.record_activity('form', email => 'new\@trigger.example');
SELECT 'after a call';
$batch;
SELECT 'after a batch';
DROP TRIGGER refuse ON contacts.$table;
SQL
		is($output, "after a call\nafter a batch", "trigger on $table: the session goes on");
		is(() = $error =~ /refused by the user/g, 2, "trigger on $table: its error is reported");
		is(differences($before, hashes($node, 'postgres')), '', "trigger on $table: all is as before");
	}
}

# An exception block takes back what was done in it, and only that.
sub caught_in_a_block
{
	my ($status, $output, $error) = $node->psql('postgres', <<'SQL', on_error_stop => 0);
CREATE TABLE diary (line text);
CREATE TRIGGER refuse BEFORE INSERT ON contacts.identifier
	FOR EACH ROW EXECUTE FUNCTION refuse();
DO $$
BEGIN
	INSERT INTO diary VALUES ('before the block');
	FOR turn IN 1 .. 3 LOOP
		BEGIN
			INSERT INTO diary VALUES ('within the block');
			PERFORM contacts.record_activity('form', email => 'new@trigger.example');
		EXCEPTION WHEN raise_exception THEN
			INSERT INTO diary VALUES ('caught');
		END;
	END LOOP;
END $$;
DROP TRIGGER refuse ON contacts.identifier;
SELECT line, count(*) FROM diary GROUP BY line ORDER BY line;
DROP TABLE diary;
SQL
	is($output, "before the block|1\ncaught|3", 'a block takes back what was done in it');
	is($error, '', 'a block that catches leaves no warning');
	is(differences($before, hashes($node, 'postgres')), '', 'a block: all is as before');
}

# Somebody else holds the contact.
sub lock_times_out
{
	my $holder = $node->background_psql('postgres', on_error_stop => 0);

	$holder->query_safe('BEGIN');
	$holder->query_safe(
		"UPDATE contacts.contact SET name = 'Held' WHERE email = 'Person8\@Mail.example'");
	my ($status, $output, $error) = $node->psql('postgres', <<"SQL", on_error_stop => 0);
SET lock_timeout = '20ms';
SELECT contacts.record_activity('form', email => 'person8\@mail.example', name => 'Other');
SELECT 'goes on';
$batch;
SELECT 'goes on';
SQL
	is($output, "goes on\ngoes on", 'lock_timeout: the session goes on');
	is(() = $error =~ /canceling statement due to lock timeout/g, 2, 'lock_timeout: reported');
	$holder->query_safe('ROLLBACK');
	$holder->quit;
	is(differences($before, hashes($node, 'postgres')), '', 'lock_timeout: all is as before');
}
