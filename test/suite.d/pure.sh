# shellcheck shell=bash
# pure.sh: test programs that need src/text only, and no server.

PURE_COMPILER=
PURE_FLAGS=()

# pure_library COMPILER FLAG…: compiles src/text once for all programs of a suite.
pure_library() {
	PURE_COMPILER=$1
	PURE_FLAGS=(-std=gnu11 -Wall -Wextra -Wno-unused-parameter "-I$ROOT/src" "-I$ROOT/test" "${@:2}")
	local extra=()
	read -r -a extra <<<"${PURE_LIBRARY_FLAGS:-}"
	printf '%s\0' "$ROOT"/src/text/*.c | (cd "$OUT" && xargs -0 -P 2 -n 3 \
		"$PURE_COMPILER" "${PURE_FLAGS[@]}" ${extra[@]+"${extra[@]}"} -c)
}

program_path() { printf '%s/%s' "$OUT" "$(basename "$1" .c)"; }

# pure_program SOURCE FLAG…
# The first lines of a source may ask for more: `pure: identity/decide.c` (below src/), `libs: -lm`.
pure_program() {
	local source=$1 more libraries file files=()
	shift
	more=$(sed -n '1,30s|^.*pure: *\([a-z_/. -]*\.c\).*|\1|p' "$source")
	libraries=$(sed -n '1,30s|^.*libs: *\(-l[-a-z0-9_ ]*\).*|\1|p' "$source")
	for file in $more; do files+=("$ROOT/src/$file"); done
	# shellcheck disable=SC2086
	"$PURE_COMPILER" "${PURE_FLAGS[@]}" "$@" -o "$(program_path "$source")" "$source" \
		${files[@]+"${files[@]}"} "$OUT"/*.o -lidn2 -lunistring $libraries
}

# Programs find their data from the top of the checkout: test/data.
run_pure_program() { (cd "$ROOT" && timeout 300 "$(program_path "$1")"); }
