# SPDX-License-Identifier: Apache-2.0
# Edits a copy of Go's runtime/rand.go: inside a bubble the random start of a walk over a map follows from virtual time.
/^func maps_rand() uint64 {/a\
	if bubble := getg().bubble; bubble != nil {\
		x := uint64(bubble.now)\
		x = (x ^ x>>30) * 0xbf58476d1ce4e5b9\
		x = (x ^ x>>27) * 0x94d049bb133111eb\
		return x ^ x>>31\
	}
