#!/bin/sh
# layers.sh - src/layers is kept: no folder of src includes a header of a folder it may not look at.
set -u
cd "${top_srcdir:-.}/src" || exit 99
count=0
failed=0
result() {	# result OK NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}
folders=$(awk '!/^#/ && NF { print $1 }' layers)

for folder in $folders; do
	[ -d "$folder" ] || continue
	allowed=" $folder $(awk -v f="$folder" '$1 == f { $1 = ""; print }' layers) "
	bad=0
	for used in $(sed -n 's/^#[ \t]*include[ \t]*"\([a-z]*\)\/.*/\1/p' "$folder"/*.[ch] "$folder"/*.def 2>/dev/null | sort -u); do
		case $folders in *"$used"*) ;; *) continue ;; esac
		case "$allowed" in
		*" $used "*) ;;
		*) bad=1; grep -n "include[ \t]*\"$used/" "$folder"/*.[ch] | sed 's/^/# /' ;;
		esac
	done
	result $bad "$folder looks only at:$(echo "$allowed" | sed "s/^ $folder / /")"
done

bad=0
for folder in */; do
	case " $(echo $folders) " in *" ${folder%/} "*) ;; *) bad=1; echo "# src/$folder is not in src/layers" ;; esac
done
result $bad "every folder of src has a row"

bad=0
grep -ln '<\(n\)\{0,1\}curses' -r . | grep -v '^./term/' | sed 's/^/# /' | grep . && bad=1
result $bad "curses stays in term"

bad=0
grep -n '<bsd/\|<curses\|<stdio' -r probe preload 2>/dev/null | sed 's/^/# /' | grep . && bad=1
result $bad "the probe uses neither stdio nor a library"

echo "1..$count"
exit $failed
