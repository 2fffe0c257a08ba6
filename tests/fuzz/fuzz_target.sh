#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs one fuzz target: fuzz_target.sh TARGET SECONDS BUILD_FOLDER [CORPUS [option of libFuzzer]...]; a finding is kept
# as a file and told with the command that plays it again.
set -eu

target=$1
seconds=$2
build=$3
corpus=${4:-}
[ $# -le 3 ] || shift
shift 3
here=$(cd "$(dirname "$0")" && pwd)

if [ -z "$corpus" ]; then
    # Each test begins with nothing but what is committed, so that its verdict does not depend on the day.
    corpus=$(mktemp -d)
    trap 'rm -rf "$corpus"' EXIT
fi
mkdir -p "$corpus" "$build/findings"

longest=600
seeds=
dictionary=
if [ "$target" = scenario ]; then
    longest=4000
    seeds=$here/../../scenarios
    dictionary=-dict=$build/scenario.dict
elif [ "$target" = import ]; then
    longest=4000
    dictionary=-dict=$here/import.dict
fi

log=$build/$target.log
status=0
cd "$build"  # where -jobs leaves its logs
# -len_control=0: long histories from the start. -timeout: a hang is a finding too.
"$build/fuzz_$target" -max_total_time="$seconds" -max_len=$longest -len_control=0 -timeout=20 -rss_limit_mb=2048 \
    -artifact_prefix="$build/findings/$target-" -print_final_stats=1 $dictionary "$@" \
    "$corpus" "$here/regressions/$target" $seeds < /dev/null > "$log" 2>&1 || status=$?
if [ "$status" -ne 0 ]; then
    tail -n 60 "$log"
    echo "Play it again: $build/fuzz_$target FILE"
    echo "Once it is understood, keep it: cp FILE tests/fuzz/regressions/$target/WHAT_IT_SHOWS"
    exit 1
fi
grep -E '^(Done|stat::peak_rss_mb)' "$log" || tail -n 3 "$log"
