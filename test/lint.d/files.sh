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

# C files written by people: generated ones say so in their first five lines.
c_files() {
	product_files | grep -E "^(src|test)/.*\\.$1\$" | while read -r file; do
		head -n 5 "$file" | grep -qi generated || echo "$file"
	done
}
