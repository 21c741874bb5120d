# The outbox by logical decoding: a reader of contacts.event gets what Debezium's outbox event router
# needs, in the order of commits (R100).
#
# Publication, role and settings are those of doc/operations.md.  What pgoutput sends is read here as
# the connector reads it, and routed as the router does, as far as these settings ask for it.
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Contacts;
use JSON::PP;
use PostgreSQL::Test::Utils;
use Test::More;

my $manual = slurp("$FindBin::RealBin/../../doc/operations.md");
my %setting = settings();
my $node = server('main', 'wal_level = logical', 'max_replication_slots = 4');

set_up($node, 'postgres');
fill($node, 'postgres');
my $flaws = problems($node, 'postgres');
$node->safe_psql('postgres', "$_;") foreach documented_statements();
$node->safe_psql('postgres', 'CREATE PUBLICATION everything FOR TABLE contacts.event');
foreach my $slot ($setting{'slot.name'}, 'everything')
{
	$node->safe_psql('postgres',
		"SELECT pg_create_logical_replication_slot('$slot', '$setting{'plugin.name'}')");
}

settings_name_columns();
role_reads_all_accounts();
commits_in_another_order();
what_is_taken_back();
merged_and_changed();
done_events_are_no_news();
is(problems($node, 'postgres'), $flaws, 'nothing is broken that was not before');
done_testing();

# What the router takes exists, and is of a type that it takes.
sub settings_name_columns
{
	my %type = split /[|\n]/, $node->safe_psql('postgres', <<'SQL');
SELECT attname, format_type(atttypid, NULL) || CASE WHEN attnotnull THEN ' not null' ELSE '' END
FROM pg_attribute WHERE attrelid = 'contacts.event'::regclass AND attnum > 0 AND NOT attisdropped
SQL
	is($setting{'table.include.list'}, 'contacts.event', 'the table is the one that is captured');
	is($type{ router('table.field.event.id') }, 'bigint not null', 'an event has an id');
	is($type{ router('table.field.event.key') }, 'bigint', 'and the contact for a key');
	is($type{ router('route.by.field') }, 'text not null', 'what routes is a text, never null');
	is($type{ router('table.field.event.payload') }, 'jsonb not null', 'there is a payload');
	is(router('table.field.event.timestamp'), undef, 'no timestamptz where the router refuses it');
	ok($type{ $_->[0] }, "additional column $_->[0] exists") foreach additional();
	is_deeply([ sort map { $_->[0] } additional() ],
		[ grep { !/^(event_id|contact_id|payload)$/ } sort keys %type ],
		'each column has its place');
}

sub role_reads_all_accounts
{
	my $events = "SELECT count(*), count(DISTINCT account_id) > 1 FROM contacts.event";

	is($node->safe_psql('postgres', "SET ROLE docs_outbox; $events"),
		$node->safe_psql('postgres', $events), 'the documented role reads the events of all accounts');
}

# Three transactions begin in one order and commit in another; ids do not tell.
sub commits_in_another_order
{
	my %session = map { $_ => $node->background_psql('postgres', on_error_stop => 1) } qw(a b c);
	my %contact;

	foreach my $name (qw(a b c))
	{
		$session{$name}->query_safe('BEGIN');
		$contact{$name} = $session{$name}->query_safe(
			"SELECT contact_id FROM contacts.record_activity('form', email => '$name\@order.example',"
			  . " name => 'In order')");
	}
	foreach my $name (qw(c a b))
	{
		$session{$name}->query_safe("UPDATE contacts.contact SET company = 'Acme'"
			  . " WHERE contact_id = $contact{$name}");
		$session{$name}->query_safe('COMMIT');
		$session{$name}->quit;
	}
	my @messages = routed();
	is_deeply([ map { "$_->{headers}{type} $_->{key}" } @messages ],
		[ map { ("contact.created $contact{$_}", "contact.updated $contact{$_}") } qw(c a b) ],
		'messages come in the order of commits');
	ok((grep { $messages[$_]{headers}{id} < $messages[$_ - 1]{headers}{id} } 1 .. $#messages) > 0,
		'which is not that of the ids');
	is(join(' ', keys %{ { map { $_->{topic} => 1 } @messages } }), 'outbox.event.contact',
		'all in one topic, which keeps the order per contact');
	is_deeply($messages[1]{value}{changes}{company}, { old => undef, new => 'Acme' },
		'the payload has old and new values');
}

sub what_is_taken_back
{
	$node->safe_psql('postgres', <<'SQL');
BEGIN;
SELECT contacts.record_activity('form', email => 'gone@order.example', name => 'Gone');
ROLLBACK;
BEGIN;
SELECT contacts.record_activity('form', email => 'kept@order.example', name => 'Kept');
SAVEPOINT s;
SELECT contacts.record_activity('form', email => 'kept@order.example', company => 'Gone');
ROLLBACK TO s;
UPDATE contacts.contact SET company = 'Kept' WHERE email = 'kept@order.example';
COMMIT;
SQL
	my @messages = routed();
	is(join(' ', map { $_->{headers}{type} } @messages), 'contact.created contact.updated',
		'what is rolled back is not sent');
	unlike(JSON::PP->new->encode($_->{value}), qr/Gone/, 'nor any value of it') foreach @messages;
}

sub merged_and_changed
{
	my $ids = "SELECT string_agg(contact_id::text, ', ' ORDER BY email) FROM contacts.contact"
	  . " WHERE email IN ('a\@order.example', 'b\@order.example')";
	my ($survivor, $other) = split /, /, $node->safe_psql('postgres', $ids);

	$node->safe_psql('postgres', <<"SQL");
SET contacts.actor = 'review desk';
SELECT contacts.merge_contacts($survivor, ARRAY[${other}::bigint], overrides => '{"company": "Acme Ltd"}');
SELECT contacts.update_contact($survivor, '{"email": "new\@order.example", "name": null}');
SELECT contacts.set_status(ARRAY[${survivor}::bigint], 'qualified');
SELECT contacts.delete_contacts(ARRAY[${survivor}::bigint]);
SQL
	my @messages = routed();
	is(join(' ', map { $_->{headers}{type} } @messages),
		'contact.updated contact.merged contact.updated contact.status_changed contact.deleted',
		'a merge and edits: each event is a message');
	is(join(' ', keys %{ { map { $_->{key} => 1 } @messages } }), $survivor, 'with the contact for a key');
	is_deeply($messages[1]{value}{duplicate_ids}, [ $other + 0 ], 'the merge says who was merged');
	is_deeply($messages[0]{value}{changes}{company}, { old => 'Acme', new => 'Acme Ltd' },
		'and what changed');
	is_deeply($messages[2]{value}{changes}{email},
		{ old => 'a@order.example', new => 'new@order.example' }, 'an edit: old and new e-mail');
	is_deeply($messages[2]{value}{changes}{name}, { old => 'In order', new => undef },
		'and the name that went');
	foreach my $header (qw(id type account_id occurred_at cause actor version))
	{
		ok(exists $_->{headers}{$header}, "$_->{headers}{type} has header $header") foreach @messages;
	}
	is_deeply([ map { @{ $_->{headers} }{qw(cause actor account_id)} } @messages[ 1, 2 ] ],
		[ 'merge_contacts', 'review desk', 1, 'update_contact', 'review desk', 1 ],
		'headers have their values');
}

# Acknowledged and trimmed events: nothing is sent, and where deletes are published they are deletes.
sub done_events_are_no_news
{
	my $messages = messages('everything', 'everything');
	my $sent = grep { $_->{op} eq 'I' } @$messages;

	is(scalar(@$messages), $sent, 'until here events were inserted only');
	$node->safe_psql('postgres', <<'SQL');
SELECT count(*) FROM contacts.take_events('reader', 1000);
SELECT contacts.ack_events('reader', ARRAY(SELECT event_id FROM contacts.event WHERE account_id = 1 LIMIT 5));
SELECT contacts.drop_consumer('reader');
SELECT contacts.trim_events('0');
SQL
	is($node->safe_psql('postgres', 'SELECT count(*) FROM contacts.event WHERE account_id = 1'),
		'0', 'all are gone');
	$messages = messages($setting{'slot.name'}, $setting{'publication.name'});
	is(scalar(@$messages), 0, 'the documented publication sends nothing of it');
	$messages = messages('everything', 'everything');
	ok(@$messages > 5, 'another one sends it');
	is(join(',', keys %{ { map { $_->{op} => 1 } @$messages } }), 'D', 'as deletes');
	is(scalar(grep { defined route($_) } @$messages), 0, 'which the router skips');
	is(scalar(grep { !defined $_->{row}{event_id} } @$messages), 0, 'they name the event');
}

# ---- the settings of the manual -------------------------------------------------------------------

sub settings
{
	my ($block) = $manual =~ /^```properties\n(.*?)^```/ms or die 'the manual has no settings';

	return map { split /=/, $_, 2 } split /\n/, $block;
}

sub router
{
	my ($name) = @_;

	return $setting{"transforms.outbox.$name"};
}

# Column, place, name there; of each column that is placed.
sub additional
{
	return map { [ split /:/ ] } split /,/, router('table.fields.additional.placement');
}

# The example that makes the publication and the role.
sub documented_statements
{
	my ($block) = $manual =~ /^```sql\n(CREATE PUBLICATION.*?)^```/ms or die 'no publication';

	return grep { /\S/ && !/SELECT pubname/ } split /;\n/, $block;
}

# ---- the router -----------------------------------------------------------------------------------

# What the slot has since the last time, as messages of the router.
sub routed
{
	my $messages = messages($setting{'slot.name'}, $setting{'publication.name'});

	return map { route($_) // () } @$messages;
}

sub route
{
	my ($message) = @_;
	my $row = $message->{row};
	my $route = $row->{ router('route.by.field') };
	my %headers;

	return undef if $message->{op} eq 'D';
	die "the router refuses $message->{op}" if $message->{op} ne 'I';
	$headers{id} = $row->{ router('table.field.event.id') };
	foreach my $place (additional())
	{
		my ($column, $where, $alias) = @$place;

		die "$column is not sent" unless exists $row->{$column};
		$headers{ $alias // $column } = $row->{$column} if $where eq 'header';
	}
	my $regex = router('route.topic.regex');
	die "$route takes no topic" unless $route =~ /^(?:$regex)$/;
	return {
		topic => router('route.topic.replacement'),
		key => $row->{ router('table.field.event.key') },
		headers => \%headers,
		value => decode_json($row->{ router('table.field.event.payload') })
	};
}

# ---- pgoutput, protocol version 1 -----------------------------------------------------------------

# The changes that a slot has, in their order: operation and row.  Commits must come in order.
sub messages
{
	my ($slot, $publication) = @_;
	my (@changes, @columns, $committed);
	my $last = 0;

	foreach my $hex (split /\n/, $node->safe_psql('postgres', <<"SQL"))
SELECT encode(data, 'hex') FROM pg_logical_slot_get_binary_changes('$slot', NULL, NULL,
	'proto_version', '1', 'publication_names', '$publication')
SQL
	{
		my $message = pack('H*', $hex);
		my $op = substr($message, 0, 1);

		if ($op eq 'R') { @columns = relation($message); }
		elsif ($op eq 'B') { $committed = unpack('x Q>', $message); }
		elsif ($op =~ /[IUD]/)
		{
			# operation, table, which tuple
			push @changes, { op => $op, row => tuple(substr($message, 6), @columns) };
		}
		elsif ($op eq 'C')
		{
			die 'commits are out of order' if $committed <= $last;
			$last = $committed;
		}
	}
	return \@changes;
}

# Names of the columns.
sub relation
{
	my ($schema, $table, $identity, @fields) = unpack('x5 Z* Z* a n/(x Z* N N)', $_[0]);

	die "not of contacts.event: $schema.$table" if "$schema.$table" ne 'contacts.event';
	return map { $fields[ $_ * 3 ] } 0 .. $#fields / 3;
}

sub tuple
{
	my ($message, @columns) = @_;
	my $at = 2;
	my %row;

	foreach my $column (@columns[ 0 .. unpack('n', $message) - 1 ])
	{
		my $kind = substr($message, $at++, 1);

		$row{$column} = undef;
		next if $kind ne 't';
		my $size = unpack('N', substr($message, $at, 4));
		$row{$column} = substr($message, $at + 4, $size);
		$at += 4 + $size;
	}
	return \%row;
}
