# The ways to restore tables that another role owns (R1, R80, R112).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Restore;
use Test::More;

restore_each_way('"T owner"');
done_testing();
