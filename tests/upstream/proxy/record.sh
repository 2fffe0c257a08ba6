#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Records golden/<release>.jsonl. Usage: ./record.sh 1.30.14 [-seed S] [-count N] [-out FILE]
set -eu
cd "$(dirname "$0")"
release=$1
shift
mkdir -p golden
go test -modfile="releases/$release.mod" -tags "$(./tags.sh "$release")" -vet=off -count=1 . \
    -args -release "$release" -out "$PWD/golden/$release.jsonl" "$@"
