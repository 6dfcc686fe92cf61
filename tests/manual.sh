#!/bin/sh
# manual.sh - the manual is well-formed, and tells of every state and every demo that the tables know.
set -u
cd "${top_srcdir:-.}" || exit 99
count=0
failed=0
result() {	# result OK NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}
skip() {	# skip NAME WHY
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}
named() {	# named PAGE WORDS...: are the words on the page, as printed?
	grep -qF -- "$2" "$1"
}

for page in man/threadlanes.1 man/threadlanes.3 man/threadlanes.7; do
	if ! command -v mandoc >/dev/null; then
		skip "$page is clean mdoc" "mandoc is not installed"
		continue
	fi
	complaints=$(mandoc -T lint -W warning "$page" 2>&1 | grep -v 'referenced manual not found')
	[ -z "$complaints" ] || echo "$complaints" | sed 's/^/# /'
	[ -z "$complaints" ]
	result $? "$page is clean mdoc"
done

bad=0
sed -n 's/^STATE(.*"\(.*\)")$/\1/p' src/wire/states.def | {
	while read -r words; do
		[ "$words" = "does not exist" ] || named man/threadlanes.7 "$words" || {
			echo "# not in threadlanes(7): $words"
			bad=1
		}
	done
	exit $bad
}
result $? "threadlanes(7) names every state of states.def"

bad=0
for name in $(sed -n 's/^COMMAND(\([a-z]*\).*/\1/p' src/app/commands.def 2>/dev/null); do
	named man/threadlanes.1 ".It Ic $name" || {
		echo "# not in threadlanes(1): $name"
		bad=1
	}
done
result $bad "threadlanes(1) names every command"

bad=0
for name in $(sed -n 's/^TL_API[^(]*[ *]\(tl_[a-z_]*\)(.*/\1/p' src/threadlanes.h | sort -u); do
	grep -q "$name" man/threadlanes.3 || {
		echo "# not in threadlanes(3): $name"
		bad=1
	}
done
result $bad "threadlanes(3) names every function of threadlanes.h"

echo "1..$count"
exit $failed
