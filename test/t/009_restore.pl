# Each documented way to restore tables that a superuser owns (R1, R80, R112).
use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Restore;
use Test::More;

restore_each_way('');
done_testing();
