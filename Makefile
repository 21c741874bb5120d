# contacts: a PostgreSQL extension that keeps a company's customer contacts.
#   make && make install          build, install (PG_CONFIG chooses the server)
#   make installcheck             regression tests against a running server
#   make lint                     layer law, format, clang-tidy, cppcheck
#   make dist                     contacts-VERSION.tar.gz, the sources of the last commit
#   make clean                    removes what the others made
#
# A build in another folder: `make -f PATH/Makefile` there; the sources stay untouched.
# Warnings are errors with `make COPT=-Werror`, as test/run builds.

# Where the sources are: nothing for here, else a path with a slash.
FROM        := $(dir $(firstword $(MAKEFILE_LIST)))
FROM        := $(if $(filter $(realpath $(FROM)),$(realpath .)),,$(FROM))
from_sources = $(patsubst $(FROM)%,%,$(sort $(wildcard $(addprefix $(FROM),$(1)))))

EXTENSION    = contacts
EXTVERSION  := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(FROM)contacts.control)
MODULE_big   = contacts
OBJS        := $(patsubst %.c,%.o,$(call from_sources,src/*.c src/*/*.c src/*/*/*.c))
DATA         = $(call from_sources,sql/contacts--*--*.sql)
DATA_built   = sql/contacts--$(EXTVERSION).sql
EXTRA_CLEAN  = sql/contacts--$(EXTVERSION).sql $(ARCHIVE).tar.gz

# pg_regress takes scripts from test/sql and compares with expected/; what it writes is ignored by
# git and removed by `make clean`.
REGRESS      = $(patsubst test/sql/%.sql,%,$(call from_sources,test/sql/*.sql))
REGRESS_OPTS = --inputdir=$(FROM)test --load-extension=contacts
ISOLATION    = $(patsubst test/isolation/specs/%.spec,%,$(call from_sources,test/isolation/specs/*.spec))
ISOLATION_OPTS = --inputdir=$(FROM)test/isolation --load-extension=contacts

PG_CONFIG   ?= pg_config
PG_CPPFLAGS  = -I$(FROM)src -isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS    = -std=gnu11 -Wall -Wextra -Wno-unused-parameter -Wshadow -Wundef -Wcast-qual \
               -Wformat=2 -Wstrict-prototypes -Wwrite-strings -Wdeclaration-after-statement
SHLIB_LINK   = -lidn2 -lunistring

# In another folder pg_regress finds the expected files by a link.
REGRESS_PREP = $(if $(FROM),link-expected)

PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Sources are looked for where they are, but never objects: those of a build there are not ours.
ifneq ($(FROM),)
override VPATH :=
vpath %.c $(FROM)
vpath %.h $(FROM)
vpath %.control $(FROM)

FOLDERS := sql/ $(sort $(dir $(OBJS)))
$(OBJS) $(OBJS:.o=.bc) $(DATA_built): | $(FOLDERS)
$(FOLDERS):
	$(MKDIR_P) $@

.PHONY: link-expected clean-folders
link-expected:
	ln -sfn $(FROM)expected expected

clean: clean-folders
clean-folders:
	rm -f $(OBJS) $(OBJS:.o=.bc) $(DATA_built)
	rmdir -p $(FOLDERS) 2>/dev/null || true
	if [ -L expected ]; then rm -f expected; fi
endif

# The install script: its pieces in number order, then what setup() does, the tables and the steps
# of older databases.
INSTALL_SQL = $(sort $(wildcard $(FROM)sql/[0-9][0-9]_*.sql))
SCHEMA_SQL  = $(sort $(wildcard $(FROM)sql/schema/[0-9]*.sql))
SINCE_SQL   = $(sort $(wildcard $(FROM)sql/schema/since/[0-9]*.sql))
$(DATA_built): $(INSTALL_SQL) $(SCHEMA_SQL) $(SINCE_SQL) $(FROM)sql/build $(FROM)contacts.control
	$(FROM)sql/build $(EXTVERSION) $(INSTALL_SQL) -- $(SCHEMA_SQL) -- $(SINCE_SQL) > $@

src/contacts.o src/contacts.bc: CPPFLAGS += -DCONTACTS_VERSION='"$(EXTVERSION)"'
$(OBJS) $(OBJS:.o=.bc): $(call from_sources,src/*.h src/*/*.h src/*/*/*.h)

ARCHIVE = $(EXTENSION)-$(EXTVERSION)
# What the targets make, for a tree without git.
MADE    = *.o *.bc *.so *.tar.gz ./build ./results ./log ./output_iso ./tmp_check* ./regression.* \
          ./bench/result ./sql/$(EXTENSION)--$(EXTVERSION).sql node_modules __pycache__

.PHONY: dist lint
dist:
ifneq ($(wildcard $(FROM).git),)
	git -C $(FROM). archive --prefix=$(ARCHIVE)/ -o '$(CURDIR)/$(ARCHIVE).tar.gz' HEAD
else
	cd $(FROM). && tar --sort=name --owner=0 --group=0 $(patsubst %,--exclude='%',$(MADE)) \
		--transform='flags=r;s,^\.,$(ARCHIVE),' -czf '$(CURDIR)/$(ARCHIVE).tar.gz' ./* ./.[!.]*
endif

lint:
	$(FROM)test/lint
