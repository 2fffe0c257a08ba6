#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the cumulative build tags of a release: 1.21.14 gives since_19,since_20,since_21.
set -eu
minor=${1#1.}
minor=${minor%%.*}
tags=since_19
n=20
while [ "$n" -le "$minor" ]; do
    tags=$tags,since_$n
    n=$((n + 1))
done
echo "$tags"
