# shellcheck shell=bash
# files.sh: the files that belong to the product, also in a checkout without git.

product_files() {
	{
		if git -C "$ROOT" rev-parse --is-inside-work-tree >/dev/null 2>&1; then
			git -C "$ROOT" ls-files --cached --others --exclude-standard
		else
			find . -type f -not -path './.git/*' -not -path './build/*' -not -path '*/output*/*' \
				-not -path '*/node_modules/*' -not -name '*.o' -not -name '*.so' -not -name '*.bc' |
				sed 's|^\./||'
		fi
	} | sort -u | while read -r file; do if [ -f "$file" ]; then echo "$file"; fi; done
}

# with_opening LINES PATTERN: those of the files named on standard input whose first lines match.
with_opening() {
	xargs -r -d '\n' awk -v lines="$1" -v pattern="$2" '
		FNR == 1 { found = 0 }
		FNR > lines { nextfile }
		!found && tolower($0) ~ pattern { found = 1; print FILENAME }'
}

# C files written by people: generated ones say so in their first five lines.
c_files() {
	local files
	files=$(product_files | grep -E "^(src|test)/.*\\.$1\$")
	[ -z "$files" ] || grep -vxFf <(with_opening 5 generated <<<"$files") <<<"$files"
}
