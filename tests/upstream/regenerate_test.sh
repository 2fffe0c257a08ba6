#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a harness of one release again (the service controller's, or the one that is named) and compares with the committed traces; exit 77, skipped, where
# it cannot. The proxy harness takes minutes to compile: that one is left to scripts/upstream-golden --check by hand.
# Usage: regenerate_test.sh ROOT RELEASE [HARNESS]
set -eu
root=$1
release=$2
harness=${3:-controller}
skip() { echo "skipped: $1"; exit 77; }

command -v go > /dev/null || skip "there is no Go here"
minor=$(go env GOVERSION | sed -n 's/^go1\.\([0-9]*\).*/\1/p')
[ "${minor:-0}" -ge 26 ] || skip "$(go env GOVERSION) is older than go1.26"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if "$root/scripts/upstream-golden" "$release" --harness "$harness" --check > "$log" 2>&1; then
    cat "$log"
    exit 0
fi
cat "$log"
# Only a module that the network does not give is an excuse.
if grep --quiet --extended-regexp 'dial tcp|no such host|i/o timeout|: (403|404|410|429|50[0-9]) |TLS handshake' "$log"; then
    skip "the Go modules of $release cannot be fetched"
fi
exit 1
