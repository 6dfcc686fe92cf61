#!/bin/sh
# make.sh - records demonstrations and draws the pictures of README, in the folder of this file. Run in the build folder.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
recordings=$(mktemp -d)
trap 'rm -rf "$recordings"' EXIT

picture() {	# picture DEMO TIME SIZE
	./threadlanes record -o "$recordings/$1.lanes" "demos/$1" >/dev/null 2>&1
	./threadlanes screenshot "$recordings/$1.lanes" --at "$2" --size "$3" --format=svg -o "$here/$1.svg"
	echo "$1.svg"
}

picture semaphore 6 100x28 &
picture barrier 5.5 80x24 &
picture condition 5.1 120x30 &
picture lock 7 80x24 &
picture event 2.5 80x24 &
wait
