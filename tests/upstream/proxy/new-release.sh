#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes releases/<release>.mod and .sum for one Kubernetes release: every staging repository at the same patch.
# Usage: ./new-release.sh 1.30.14 [argument of "go mod edit" ...]
# The arguments are for what has gone since: 1.19.16 needs
#   -replace=vbom.ml/util=github.com/fvbommel/util@v0.0.0-20180919145318-efcd4e0f9787
# Where the checksum database does not know a staging module, run with GONOSUMDB='k8s.io/*': the .sum then pins it.
set -eu
cd "$(dirname "$0")"
release=$1
shift
staging_version=v0.${release#1.}
mod=releases/$release.mod

kubernetes_mod=$(go mod download -json "k8s.io/kubernetes@v$release" | sed -n 's/^.*"GoMod": "\(.*\)",*$/\1/p')
{
    echo "// SPDX-License-Identifier: Apache-2.0"
    echo "// Module graph of the proxy golden traces for Kubernetes $release: staging repositories at the same patch."
    echo "module lbsim.example/tests/upstream/proxy"
    echo
    echo "go 1.26"
    echo
    echo "require k8s.io/kubernetes v$release"
    echo
    echo "replace ("
    sed -n 's|^\(.*=> \)\{0,1\}.*\./staging/src/\(k8s\.io/[a-z0-9-]*\).*$|\2|p' "$kubernetes_mod" | sort -u |
        while read -r repository; do
            echo "	$repository => $repository $staging_version"
        done
    echo ")"
} >"$mod"
: >"${mod%.mod}.sum"

tags=$(./tags.sh "$release")
for edit in "$@"; do
    go mod edit "$edit" "$mod"
done
go test -mod=mod -modfile="$mod" -tags "$tags" -vet=off -run '^$' -count=1 .
