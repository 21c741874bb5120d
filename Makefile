# contacts: a PostgreSQL extension that keeps a company's customer contacts.
#   make && make install          build, install (PG_CONFIG chooses the server)
#   make installcheck             regression tests against a running server
#   make lint                     layer law, format, clang-tidy, cppcheck
#
# Warnings are errors with `make COPT=-Werror`, as test/run builds.
EXTENSION    = contacts
EXTVERSION   = $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" contacts.control)
MODULE_big   = contacts
OBJS         = $(patsubst %.c,%.o,$(sort $(wildcard src/*.c src/*/*.c)))
DATA         = $(wildcard sql/contacts--*--*.sql)
DATA_built   = sql/contacts--$(EXTVERSION).sql
EXTRA_CLEAN  = sql/contacts--$(EXTVERSION).sql

# pg_regress takes scripts from test/sql and compares with expected/; what it writes is ignored by git
# and removed by `make clean`.
REGRESS      = $(patsubst test/sql/%.sql,%,$(sort $(wildcard test/sql/*.sql)))
REGRESS_OPTS = --inputdir=test --load-extension=contacts
ISOLATION    = $(patsubst test/isolation/specs/%.spec,%,$(sort $(wildcard test/isolation/specs/*.spec)))
ISOLATION_OPTS = --inputdir=test/isolation --load-extension=contacts

PG_CONFIG   ?= pg_config
PG_CPPFLAGS  = -I$(CURDIR)/src -isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS    = -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wshadow -Wundef -Wcast-qual \
               -Wformat=2 -Wstrict-prototypes -Wwrite-strings -Wdeclaration-after-statement
SHLIB_LINK   = -lidn2 -lunistring

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# The install script: its pieces in number order, the schema steps of setup() between them.
INSTALL_SQL = $(sort $(wildcard sql/[0-9][0-9]_*.sql))
SCHEMA_SQL  = $(sort $(wildcard sql/schema/[0-9]*.sql))
$(DATA_built): $(INSTALL_SQL) $(SCHEMA_SQL) sql/build contacts.control
	sql/build $(EXTVERSION) $(INSTALL_SQL) -- $(SCHEMA_SQL) > $@

src/contacts.o src/contacts.bc: CPPFLAGS += -DCONTACTS_VERSION='"$(EXTVERSION)"'
$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*.h src/*/*.h)

.PHONY: lint
lint:
	test/lint
