# shellcheck shell=bash
# private-server.sh: what test/run, demo/run, bench/run and the suites share.
#
#   packages   install what is missing by apt, without touching any database cluster of the machine
#   build      compile in the checkout, install into the chosen PostgreSQL
#   server     a private cluster in a folder of its own: unix socket only, no port, own superuser
#   cleaning   stop what was started, by process id, and remove the folder
#   counting   turn the output of a test program into passed / failed / skipped
#
# The caller sets ROOT (the checkout) and calls `trap_cleaning` before anything else.

set -euo pipefail
export LC_ALL=C.UTF-8 PATH="$PATH:/usr/sbin:/sbin" PYTHONDONTWRITEBYTECODE=1

PG_MAJOR_DEFAULT=15
SOCKET_ROOM=60 # what PostgreSQL, and the TAP clusters below the private folder, append to its path

tell() { printf '== %s\n' "$*"; }
die() {
	printf 'error: %s\n' "$*" >&2
	exit 1
}
is_root() { [ "$(id -u)" = 0 ]; }

as_root() {
	if is_root; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "this step needs root or sudo: $*"
	fi
}

# ---- packages -----------------------------------------------------------------------------------

# The server that is used: PG_CONFIG from the environment, else the packaged version 15.
# PG_VERSION_DEB is the number in Debian's package names, empty for a server built by hand.
choose_server() {
	local name
	for name in $(compgen -v PG); do
		case $name in PG_CONFIG | PG_MAJOR_DEFAULT) ;; *) unset "$name" ;; esac
	done
	PG_CONFIG=${PG_CONFIG:-/usr/lib/postgresql/$PG_MAJOR_DEFAULT/bin/pg_config}
	PG_VERSION_DEB=
	if [[ $PG_CONFIG =~ ^/usr/lib/postgresql/([0-9]+)/bin/pg_config$ ]]; then
		PG_VERSION_DEB=${BASH_REMATCH[1]}
	fi
	export PG_CONFIG PG_VERSION_DEB
}

# Package names in files may say `postgresql-N-pgtap`; N becomes the version, or the name is dropped.
expand_packages() {
	local name
	for name in "$@"; do
		case $name in
			postgresql-N* | postgresql-server-dev-N)
				[ -z "$PG_VERSION_DEB" ] || printf '%s\n' "${name/-N/-$PG_VERSION_DEB}"
				;;
			*) printf '%s\n' "$name" ;;
		esac
	done
}

# The words behind `# packages:` in the first lines of a script.
packages_named_in() { sed -sn '1,20s/^# packages: *//p' "$@"; }

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Those of these packages that are not installed, a line each.
missing_packages() {
	local name wanted
	wanted=$(expand_packages "$@" | sort -u)
	for name in $wanted; do
		is_installed "$name" || printf '%s\n' "$name"
	done
}

install_packages() {
	local missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	is_root || command -v sudo >/dev/null ||
		die "missing packages, and neither root nor sudo to install them: ${missing[*]}"
	tell "installing packages: ${missing[*]}"
	local log=$WORK/log/packages.log
	case "${missing[*]}" in *postgresql*) hold_services ;; esac
	if lists_are_fresh && apt_install "${missing[@]}" >>"$log" 2>&1; then
		release_services
		return 0
	fi
	as_root apt-get -q update >>"$log" 2>&1 || true
	if ! apt_install "${missing[@]}" >>"$log" 2>&1; then
		sleep 5
		as_root apt-get -q update >>"$log" 2>&1 || true
		apt_install "${missing[@]}" >>"$log" 2>&1 || {
			tail -n 30 "$log" >&2
			die "apt could not install: ${missing[*]}"
		}
	fi
	release_services
}

# What is nice to have, no servers: installs what can be had of it, and says what cannot.
try_packages() {
	local name missing
	mapfile -t missing < <(missing_packages "$@")
	[ ${#missing[@]} -gt 0 ] || return 0
	is_root || command -v sudo >/dev/null || return 0
	tell "installing packages, if they can be had: ${missing[*]}"
	lists_are_fresh || as_root apt-get -q update >>"$WORK/log/packages.log" 2>&1 || true
	for name in "${missing[@]}"; do
		is_installed "$name" || apt_install "$name" >>"$WORK/log/packages.log" 2>&1 ||
			tell "could not install $name"
	done
}

lists_are_fresh() {
	[ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 2>/dev/null | head -n 1)" ]
}

apt_install() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends \
		-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install "$@"
}

# Debian's server package creates and starts a cluster on first installation, and starts others.
# Both are switched off while our packages go in, and the machine's own ways are put back after.
POLICY=/usr/sbin/policy-rc.d
NO_CLUSTER=/etc/postgresql-common/createcluster.d/contacts-build.conf
HELD_POLICY=
HELD_CLUSTER=

hold_services() {
	if [ ! -e "$POLICY" ]; then
		HELD_POLICY=yes
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$POLICY" >/dev/null
		as_root chmod 755 "$POLICY"
	fi
	HELD_CLUSTER=yes
	[ -d "${NO_CLUSTER%/*}" ] || HELD_CLUSTER=folder
	as_root mkdir -p "${NO_CLUSTER%/*}"
	printf 'create_main_cluster = off\n' | as_root tee "$NO_CLUSTER" >/dev/null
	# Without postgresql-common its settings file, which includes the folder above, is not there yet.
	if [ -n "$PG_VERSION_DEB" ] && ! is_installed postgresql-common; then
		{ lists_are_fresh || as_root apt-get -q update; } >>"$WORK/log/packages.log" 2>&1 || true
		apt_install postgresql-common >>"$WORK/log/packages.log" 2>&1 || true
	fi
}

release_services() {
	[ -z "$HELD_POLICY" ] || as_root rm -f "$POLICY"
	[ -z "$HELD_CLUSTER" ] || as_root rm -f "$NO_CLUSTER"
	[ "$HELD_CLUSTER" != folder ] || as_root rmdir --ignore-fail-on-non-empty "${NO_CLUSTER%/*}"
	HELD_POLICY=
	HELD_CLUSTER=
}

# ---- the private folder and its end -------------------------------------------------------------

WORK=${CONTACTS_WORK:-} # for the suites; whoever cleans up makes its own
KEEP=
CHILD=

make_private_folder() {
	local base=${TMPDIR:-/tmp}
	[ -d "$base" ] && [ $((${#base} + SOCKET_ROOM)) -lt 107 ] || base=/tmp
	WORK=$(mktemp -d "$base/contacts.XXXXXX")
	chmod 755 "$WORK"
	mkdir "$WORK/log" "$WORK/tmp" "$WORK/out"
	export CONTACTS_WORK=$WORK
}

trap_cleaning() {
	WORK=
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

clean_up() {
	local status=$?
	trap '' INT TERM HUP
	trap - EXIT
	if [ -n "$CHILD" ] && kill -TERM -- "-$CHILD" 2>/dev/null; then
		wait "$CHILD" 2>/dev/null || true
	fi
	release_services
	if [ -n "$WORK" ] && [ -z "$KEEP" ]; then
		stop_servers_below "$WORK"
		rm -rf "$WORK" 2>/dev/null || { sleep 1 && rm -rf "$WORK"; } || true
	fi
	exit "$status"
}

# Stops each postmaster whose data folder lies below a folder of ours; no other process.
stop_servers_below() {
	local file pid tries
	while read -r file; do
		pid=$(head -n 1 "$file" 2>/dev/null) || continue
		[ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$(dirname "$file")" ] || continue
		kill -QUIT "$pid" 2>/dev/null || continue
		for tries in $(seq 100); do
			kill -0 "$pid" 2>/dev/null || break
			[ "$tries" != 80 ] || kill -KILL "$pid" 2>/dev/null || true
			sleep 0.1
		done
	done < <(find "$1" -name postmaster.pid 2>/dev/null)
}

# ---- build --------------------------------------------------------------------------------------

# Compiles as whoever runs the script and installs with the rights that the folders ask for.
# build_and_install strict: warnings are errors.  Objects of a strict build serve a plain one, too.
build_and_install() {
	local log=$WORK/log/build.log made_with strict=${1:+COPT=-Werror} flags=("PG_CONFIG=$PG_CONFIG")
	[ -x "$PG_CONFIG" ] || die "no such program: $PG_CONFIG (set PG_CONFIG)"
	use_writable_tree
	made_with="$("$PG_CONFIG" --version) ${flags[*]} $(cksum <"$ROOT/Makefile")"
	case $(cat "$ROOT/build/made-with" 2>/dev/null) in
		"$made_with $strict" | "$made_with COPT=-Werror") ;;
		*)
			make -C "$ROOT" "${flags[@]}" clean >>"$log" 2>&1 || true
			mkdir -p "$ROOT/build"
			printf '%s\n' "$made_with $strict" >"$ROOT/build/made-with"
			;;
	esac
	[ -z "$strict" ] || flags+=("$strict")
	tell "building with $("$PG_CONFIG" --version)"
	if ! make -C "$ROOT" -j2 "${flags[@]}" >>"$log" 2>&1; then
		show_build_errors "$log"
		return 1
	fi
	local install=(make -C "$ROOT" "${flags[@]}" install)
	[ -w "$("$PG_CONFIG" --pkglibdir)" ] || install=(as_root "${install[@]}")
	if ! "${install[@]}" >>"$log" 2>&1; then
		show_build_errors "$log"
		return 1
	fi
}

# The end of the log without the compiler's command lines.
show_build_errors() { grep -vE '^(gcc|cc|clang)[ -]' "$1" | tail -n 40 >&2; }

# A checkout that we may not write to, or that holds another user's object files, is copied first.
use_writable_tree() {
	if [ -w "$ROOT" ] && [ -z "$(find "$ROOT/src" "$ROOT/build" ! -writable -print -quit 2>/dev/null)" ]
	then
		return
	fi
	tell "the checkout is not writable: building a copy"
	copy_tree "$WORK/tree"
	ROOT=$WORK/tree
	export ROOT
}

copy_tree() {
	mkdir -p "$1"
	tar -C "$ROOT" --exclude=./.git --exclude='*.o' --exclude='*.so' --exclude='*.bc' \
		--exclude=./build --exclude=node_modules -cf - . | tar -C "$1" --no-same-owner -xf -
}

# ---- server -------------------------------------------------------------------------------------

# PostgreSQL refuses to run as root: then the packages' `postgres` runs it, else whoever calls.
as_server() {
	local command=(env "HOME=$WORK" "TMPDIR=$WORK/tmp" "$@")
	if is_root; then command=(runuser -u "$SERVER_USER" -- "${command[@]}"); fi
	(cd "${SERVER_CWD:-$WORK}" && exec "${command[@]}")
}

# Starts the private cluster and exports how to reach it.
start_server() {
	local data=$WORK/data log=$WORK/log/server.log
	PG_BIN=$("$PG_CONFIG" --bindir)
	SERVER_USER=$(id -un)
	if is_root; then
		SERVER_USER=postgres
		id -u postgres >/dev/null 2>&1 || SERVER_USER=nobody
		chown "$SERVER_USER" "$WORK" "$WORK"/*
	fi
	export PG_BIN SERVER_USER
	as_server mkdir -m 700 "$WORK/socket"
	as_server "$PG_BIN/initdb" --pgdata="$data" --username=postgres --auth=trust --no-sync \
		--encoding=UTF8 --locale=C.UTF-8 >"$log" 2>&1 || { cat "$log" >&2 && return 1; }
	server_settings "$@" | as_server tee -a "$data/postgresql.conf" >/dev/null
	as_server "$PG_BIN/pg_ctl" --pgdata="$data" --log="$data/server.log" -w -t 60 start \
		>>"$log" 2>&1 || { cat "$log" "$data/server.log" >&2 && return 1; }
	export PGHOST=$WORK/socket PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
	export PATH="$PG_BIN:$PATH"
}

# No port, the socket in a folder that only the server's user can enter, local time zone left out
# of it, and whatever the caller adds.
server_settings() {
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$WORK/socket'" \
		"max_connections = 60" "shared_buffers = 128MB" "timezone = 'UTC'" "log_timezone = 'UTC'" \
		"log_line_prefix = '%m [%p] %d '" "$@"
}

# A database with everything created and set up, and copies of it for tests that write.
TEMPLATE=contacts_template

fresh_template() {
	[ -z "$(psql -XAtqc "SELECT 1 FROM pg_database WHERE datname = '$TEMPLATE'")" ] || return 0
	createdb "$TEMPLATE"
	psql -XAtq -v ON_ERROR_STOP=1 -d "$TEMPLATE" -c 'CREATE EXTENSION contacts' \
		-c 'SELECT contacts.setup()'
}

fresh_database() {
	dropdb --if-exists "$1" 2>/dev/null
	createdb --template="$TEMPLATE" "$1"
}

how_to_connect() {
	printf '%s\n' "The server stays up. Connect:" \
		"    $PG_BIN/psql -h $PGHOST -p $PGPORT -U $PGUSER -d $PGDATABASE" \
		"Stop and remove it:"
	if is_root; then
		printf '    %s\n' "cd / && runuser -u $SERVER_USER -- $PG_BIN/pg_ctl -D $WORK/data -m fast stop && rm -rf $WORK"
	else
		printf '    %s\n' "$PG_BIN/pg_ctl -D $WORK/data -m fast stop && rm -rf $WORK"
	fi
}

# ---- counting -----------------------------------------------------------------------------------

# read_tally LOG STATUS: prints "passed failed skipped" of a test program.
# Understood: a last line `N passed, N failed[, N skipped]`; TAP; pg_regress; else the exit status.
read_tally() {
	awk -v status="$2" '
		/^[0-9]+ passed, [0-9]+ failed/ {
			split($0, part, /[^0-9]+/)
			said = 1; p = part[1]; f = part[2]; s = part[3] + 0
		}
		/^ok [0-9].*# *(SKIP|skip)/ { ts++; next }
		/^ok [0-9]/ { tp++ }
		/^not ok [0-9].*# *(TODO|todo)/ { tp++; next }
		/^not ok [0-9]/ { tf++ }
		/^test [^ ]+ +\.\.\. ok / { tp++ }
		/^test [^ ]+ +\.\.\. FAILED/ { tf++ }
		END {
			if (!said) { p = tp + 0; f = tf + 0; s = ts + 0 }
			if (!said && p + f + s == 0 && status == 0) p = 1
			if (status != 0 && f == 0) f = 1
			print p, f, s
		}' "$1"
}

PASSED=0
FAILED=0
SKIPPED=0

# run_all JOBS FUNCTION ITEM…: calls FUNCTION for each item, JOBS at a time, each with its own log,
# then prints one line per item, shows the end of the logs that failed, and adds up.
# ONLY=text in the environment keeps the items whose path contains it.
run_all() {
	local jobs=$1 function=$2 item name items=()
	shift 2
	for item in "$@"; do
		if [[ $item == *"${ONLY:-}"* ]]; then items+=("$item"); fi
	done
	for item in ${items[@]+"${items[@]}"}; do
		name=$(item_name "$item")
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n || true; done
		(
			set +e
			(set -e && "$function" "$item") >"$OUT/$name.log" 2>&1
			echo $? >"$OUT/$name.status"
		) </dev/null &
	done
	wait
	for item in ${items[@]+"${items[@]}"}; do
		report_item "$(item_name "$item")"
	done
}

item_name() { printf '%s' "${1#"$ROOT"/test/}" | tr / -; }

report_item() {
	local passed failed skipped
	read -r passed failed skipped < <(read_tally "$OUT/$1.log" "$(cat "$OUT/$1.status")")
	PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
	if [ "$failed" -gt 0 ]; then
		printf '%s\n' "---- $1: $failed of $((passed + failed)) failed, the end of its output:"
		tail -n 60 "$OUT/$1.log"
		printf '%s\n' "----"
	else
		printf '%s: %s passed\n' "$1" "$passed"
	fi
}

tally_line() {
	printf '%s passed, %s failed' "$1" "$2"
	[ "$3" -eq 0 ] || printf ', %s skipped' "$3"
	printf '\n'
}

# The last line of a suite.
finish() {
	tally_line "$PASSED" "$FAILED" "$SKIPPED"
	[ "$FAILED" -eq 0 ]
}
