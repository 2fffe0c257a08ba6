// SPDX-License-Identifier: Apache-2.0
// The committed set of histories.

package controller

import (
	_ "embed"
	"strings"
)

const (
	committedSeed    = 1
	committedRandom  = 240
	committedGateOff = 40
)

// racesFile names the random histories in which some release's outcome hangs on the Go scheduler.
//
//go:embed races.txt
var racesFile string

// committedHistories are the hand-written cases and the first random ones without a race.
func committedHistories() []History {
	races := map[string]bool{}
	for _, line := range strings.Split(racesFile, "\n") {
		races[line] = true
	}
	histories := handHistories()
	for _, gateOff := range []bool{false, true} {
		wanted := map[bool]int{false: committedRandom, true: committedGateOff}[gateOff]
		for number := 0; wanted > 0; number++ {
			history := randomHistory(committedSeed, number, gateOff)
			if !races[history.Name] {
				histories = append(histories, history)
				wanted--
			}
		}
	}
	return histories
}
