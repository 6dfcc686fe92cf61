#!/bin/sh
# tap.sh - runs a C test. cmocka calls a skipped test "not ok ... # SKIP", which automake takes for a failure.
exec 4>&1
status=$({ { "$@" 3>&-; echo $? >&3; } | sed -u 's/^not ok \(.*# SKIP\)/ok \1/' >&4; } 3>&1)
exit "$status"
