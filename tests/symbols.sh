#!/bin/sh
# symbols.sh - no name is defined twice among the libraries that make up the program: of two archives that define the same
# one, the linker silently takes the first, for both.
set -u
cd "${top_builddir:-.}" || exit 99
command -v nm >/dev/null || { echo "1..0 # SKIP no nm"; exit 0; }
# An archive may hold another whole: the same object is counted once.
twice=$(for library in base live recording script model view export term; do
	nm -A -g --defined-only ".libs/lib$library.a" 2>/dev/null
done | awk '$2 ~ /^[TDRBC]$/ { split($1, part, ":"); print part[2], $3 }' | sort -u | awk '{ print $2 }' | sort | uniq -d)
seen=$(nm -g --defined-only .libs/libmodel.a 2>/dev/null | grep -c model_take)
echo "1..1"
if [ -z "$twice" ] && [ "$seen" -gt 0 ]; then
	echo "ok 1 - every name is defined once"
else
	echo "not ok 1 - every name is defined once"
	echo "$twice" | sed 's/^/# /'
	exit 1
fi
