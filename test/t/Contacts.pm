# Contacts.pm: what the TAP tests of this folder share: servers with the extension, rows, hashes.
package Contacts;

use strict;
use warnings;
use Exporter 'import';
use File::Basename;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

our @EXPORT = qw(server set_up fill problems tables hashes columns differences slurp);

# A started server.  Lines of configuration may follow its name.
sub server
{
	my ($name, @settings) = @_;
	my $node = PostgreSQL::Test::Cluster->new($name);

	$node->init(allows_streaming => 1, extra => [ '--locale=C.UTF-8', '--encoding=UTF8' ]);
	$node->append_conf('postgresql.conf', join("\n", "timezone = 'UTC'", @settings) . "\n");
	$node->start;
	return $node;
}

# The extension and its tables in a database, which is made when it is not there.
sub set_up
{
	my ($node, $database) = @_;

	$node->safe_psql('postgres', "CREATE DATABASE $database") if $database ne 'postgres';
	$node->safe_psql($database, 'CREATE EXTENSION contacts');
	return $node->safe_psql($database, 'SELECT contacts.setup()');
}

# People, activities and everything that hangs on them, in the accounts 1 and 2.
sub fill
{
	my ($node, $database) = @_;

	$node->safe_psql($database, slurp(dirname(__FILE__) . '/fill.sql'));
}

# What contacts.check() finds in the accounts 1 and 2; empty when healthy.
sub problems
{
	my ($node, $database) = @_;

	return $node->safe_psql($database,
		'SELECT * FROM contacts.check(1) UNION ALL SELECT * FROM contacts.check(2)');
}

sub slurp
{
	my ($path) = @_;

	open(my $file, '<', $path) or die "cannot read $path: $!";
	local $/;
	return <$file>;
}

# Names of the tables of the schema.
sub tables
{
	my ($node, $database) = @_;

	return split /\n/, $node->safe_psql($database, <<'SQL');
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1
SQL
}

# Table => number and hash of its rows.  Columns may be given: table => list of names.
sub hashes
{
	my ($node, $database, $columns) = @_;
	my @queries;

	foreach my $table (tables($node, $database))
	{
		my $row = 't::text';

		if ($columns)
		{
			next unless $columns->{$table};
			$row = "ROW($columns->{$table})::text";
		}
		push @queries, "SELECT '$table', count(*),"
		  . " coalesce(md5(string_agg($row, E'\\n' ORDER BY $row)), '') FROM contacts.$table t";
	}
	my %hashes;
	foreach my $line (split /\n/, $node->safe_psql($database, join(' UNION ALL ', @queries)))
	{
		my ($table, $count, $hash) = split /\|/, $line;
		$hashes{$table} = "$count rows $hash";
	}
	return \%hashes;
}

# The tables that two hashes() disagree about.
sub differences
{
	my ($one, $other) = @_;
	my %all = (%$one, %$other);

	return join ', ', grep { ($one->{$_} // 'none') ne ($other->{$_} // 'none') } sort keys %all;
}

# Table => its columns, as a list for hashes().
sub columns
{
	my ($node, $database) = @_;
	my %columns;

	foreach my $line (split /\n/, $node->safe_psql($database, <<'SQL'))
SELECT c.relname, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'contacts'::regnamespace AND c.relkind IN ('r', 'p')
GROUP BY c.relname
SQL
	{
		my ($table, $names) = split /\|/, $line;
		$columns{$table} = $names;
	}
	return \%columns;
}

1;
