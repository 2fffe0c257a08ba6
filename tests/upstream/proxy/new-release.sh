#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes releases/<release>.mod and .sum for one Kubernetes release: every staging repository at the same patch.
# Usage: ./new-release.sh 1.30.14 [module@version ...]   (raised indirect dependencies, if old ones do not compile)
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
for raised in "$@"; do
    go mod edit -modfile="$mod" -require="$raised" 2>/dev/null || go mod edit -require="$raised" "$mod"
done
go test -mod=mod -modfile="$mod" -tags "$tags" -vet=off -run '^$' -count=1 .
