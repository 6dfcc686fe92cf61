#!/bin/sh
# system-commands.sh - what the commands answer: exit statuses, messages, files, without a screen.
set -u
top=${top_builddir:-.}
tl=$top/threadlanes
guest=$top/tests/guest
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
count=0
failed=0
unset NO_COLOR THREADLANES_OPTIONS THREADLANES_SESSION

# check NAME STATUS TEXT COMMAND...: its status, and TEXT somewhere in what it says on either output
check() {
	name=$1 status=$2 text=$3
	shift 3
	count=$((count + 1))
	"$@" >"$dir/said" 2>&1 </dev/null
	got=$?
	if [ $got = "$status" ] && grep -qF -- "$text" "$dir/said"; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		echo "# status $got, expected $status; expected: $text"
		sed 's/^/# | /' "$dir/said" | head -20
		failed=1
	fi
}

cd "$dir" || exit 99
printf 'int main(void) { return 0; }\n' >bank.c
printf '#!/bin/sh\nexit 4\n' >script.sh
printf '#!/bin/sh\nkill -TERM $$\n' >bank
printf 'exit 5\n' >noshebang
chmod +x script.sh bank noshebang
printf 'junk\001\002' >junk.lanes
: >empty.lanes
: >plain

check "usage without a program" 2 "Usage: threadlanes" "$tl"
check "help" 0 "record without a screen" "$tl" help
check "help of a command" 0 "-o FILE" "$tl" help record
check "help of none" 2 "there is no command nonsense" "$tl" help nonsense
check "version" 0 "threadlanes " "$tl" --version
check "unknown option" 2 "there is no option --nonsense" "$tl" --nonsense
check "bad value" 2 "--color cannot be" "$tl" --color=7 ./bank
check "misplaced option" 2 "--plain has no meaning for export" "$tl" export --plain x.lanes
check "missing, and what was meant" 127 "cannot find ./bnk. Did you mean ./bank?" "$tl" ./bnk
check "missing, and a command was meant" 127 "Did you mean the command record?" "$tl" recrod
check "source" 126 "./bank.c is source, not a program. Compile it first: cc -g -pthread bank.c -o bank" "$tl" ./bank.c
check "a folder" 126 "is a directory" "$tl" ./
check "not executable" 126 "is not executable" "$tl" ./plain
check "a script, and its own status" 4 "is a script" "$tl" --plain ./script.sh
check "a script without #!" 5 "ended (5)" "$tl" --plain ./noshebang
check "killed by a signal, so are we" 143 "killed by SIGTERM" sh -c "\"$tl\" --plain ./bank; exit \$?"
check "no thread call" 0 "made no call that is watched" "$tl" --plain true
check "sentences" 0 "alice unlocked A" "$tl" --plain "$guest"
check "options from the environment" 0 "alice unlocked A" env THREADLANES_OPTIONS=--plain "$tl" "$guest"
check "options from the environment, wrong" 2 "there is no option --bad" env THREADLANES_OPTIONS=--bad "$tl" true
check "record needs a file" 2 "record needs -o FILE" "$tl" record true
check "record" 0 "ready" "$tl" record -o r.lanes "$guest"
check "export as text" 0 "alice unlocked A" "$tl" export r.lanes --format=text
check "export as json" 0 '"kind":"lock-release"' sh -c "\"$tl\" export r.lanes --format=json | tr -d ' '"
check "export as csv" 0 "lock-release" "$tl" export --format=csv r.lanes
check "export, unknown format" 2 "--format cannot be" "$tl" export r.lanes --format=xml
check "screenshot as text" 0 "alice" "$tl" screenshot r.lanes
check "screenshot in ascii" 0 "alice" "$tl" screenshot r.lanes --glyphs=ascii --size=60x12
check "screenshot as svg" 0 "</svg>" "$tl" screenshot r.lanes --format=svg --size 120x36
check "screenshot as ansi" 0 "[" "$tl" screenshot r.lanes --format=ansi
check "screenshot, bad size" 2 "--size cannot be" "$tl" screenshot r.lanes --size=big
check "screenshot, bad time" 2 "--at cannot be" "$tl" screenshot r.lanes --at=noon
check "no such recording" 1 "missing.lanes" "$tl" export missing.lanes
check "a foreign file" 1 "junk.lanes" "$tl" export junk.lanes
check "an empty file" 1 "empty.lanes" "$tl" export empty.lanes
size=$(wc -c <r.lanes)
head -c $((size - 64)) r.lanes >cut.lanes
check "a recording that was cut" 0 "cut.lanes" "$tl" export cut.lanes
check "... and what is there" 0 "alice" "$tl" export cut.lanes
check "a full disk" 125 "cannot write" sh -c "\"$tl\" export r.lanes >/dev/full"
check "view without a terminal" 125 "export" "$tl" view r.lanes
check "demos" 0 "semaphore" "$tl" demo
check "no such demo" 2 "there is no demo nonsense" "$tl" demo nonsense
check "doctor of a program" 0 "can be watched" sh -c "TERM=xterm LC_ALL=C.UTF-8 \"$tl\" doctor \"$guest\""
check "doctor of another" 1 "problem" "$tl" doctor /bin/true

echo "1..$count"
exit $failed
