#!/bin/sh
# demos.sh - each demonstration runs, prints what the tutorial prints, and its recording tells a true story.
set -u
cd "${top_builddir:-.}" || exit 99
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
names=$(sed -n 's/^DEMO(\([a-z]*\).*/\1/p' "${top_srcdir:-.}/demos/demos.def")
count=0
failed=0
result() {	# result OK NAME
	count=$((count + 1))
	if [ "$1" = 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; failed=1; fi
}
story() {	# story DEMO NAME AWK: a program over the events, one a line: thread name, kind, object's name
	./threadlanes export "$work/$1.lanes" --format=csv |
		awk -F, 'NR > 1 { print $3 "\t" $4 "\t" $7 }' | awk -F'\t' "$3"
	result $? "$1: $2"
}
prints() {	# prints DEMO N PATTERN: so many lines look like this
	n=$(grep -c -e "$3" "$work/$1.out")
	[ "$n" = "$2" ] || echo "# $n lines instead of $2"
	[ "$n" = "$2" ]
	result $? "$1 prints $2 times: $3"
}

for name in $names; do
	./threadlanes record -o "$work/$name.lanes" "demos/$name" >"$work/$name.out" 2>&1 &
	eval "pid_$name=$!"
done
for name in $names; do
	eval "wait \$pid_$name"
	result $? "$name ends well"
done

prints workers 5 '^Worker$'
for i in 0 1 2 3 4; do prints arguments 1 "^Worker: $i\$"; done
prints names 1 '^MainThread$'
prints names 1 '^service$'
prints daemon 1 '^Starting daemon$'
prints daemon 0 '^Exiting daemon$'
prints daemon 1 '^Exiting non-daemon$'
prints enumerate 5 '^Thread [0-9]* is awake!$'
prints enumerate 1 '^<_MainThread(MainThread, started [0-9]*)>$'
prints sleepers 5 '^Thread [0-9]* is awake!$'
prints sleepers 1 '^Finished in [4-9] sec$'
prints event 2 'event set: True$'
prints lock 1 '^(MainThread) Counter: 4$'
prints lock 4 'Acquired lock$'
prints rlock 1 '^(owner     ) acquired twice$'
prints condition 2 'Resource is available to consumer$'
prints barrier 3 'after barrier. Worker Id:  [012]$'
prints semaphore 5 'Waiting to join the pool$'
prints semaphore 0 "', '.*', '"
prints local 1 '^[-0-9]* [0-9:]*,[0-9]* (MainThread) value=1000$'

story lock "nobody takes the lock while another holds it" '
	$3 == "counter" && $2 == "lock-take" { if (held) exit 1; held = 1; taken++ }
	$3 == "counter" && $2 == "lock-release" { held = 0 }
	END { if (taken != 4) exit 1 }'
story semaphore "at most two hold a permit of the pool" '
	$3 == "pool" && $2 == "sem-take" { if (++holders > 2) exit 1; taken++ }
	$3 == "pool" && $2 == "sem-post" { holders-- }
	END { if (taken != 5 || holders != 0) exit 1 }'
story barrier "three arrive before anybody leaves" '
	$2 == "barrier-arrive" { arrived++ }
	$2 == "barrier-leave" { if (arrived != 3) exit 1; left++ }
	END { if (left != 3) exit 1 }'
story condition "both wake after the producer notified" '
	$2 == "cond-wait" { waiting++ }
	$2 == "cond-notify" { if (waiting != 2) exit 1; notified = 1 }
	$2 == "cond-wake" { if (!notified) exit 1; woken++ }
	END { if (woken != 2) exit 1 }'
story daemon "the daemon is not joined" '
	$2 == "join-done" && $3 == "daemon" { exit 1 }'

echo "1..$count"
exit $failed
