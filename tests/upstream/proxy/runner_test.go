// SPDX-License-Identifier: Apache-2.0
// Kind "runner": when BoundedFrequencyRunner starts its function, in virtual time.

package proxytrace

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// runnerRun is what one start of the function does.
type runnerRun struct {
	Takes      int64 `json:"takes_us,omitzero"`
	Fails      bool  `json:"fails,omitzero"`
	RetryAfter int64 `json:"retry_after_us,omitzero"`
}

// runnerRetry is a RetryAfter from outside the function.
type runnerRetry struct {
	At    int64 `json:"t_us"`
	After int64 `json:"retry_after_us"`
}

type runnerIn struct {
	Min    int64         `json:"min_us"`
	Max    int64         `json:"max_us"`
	Burst  int           `json:"burst,omitzero"`
	Retry  int64         `json:"retry_us,omitzero"`
	Timers string        `json:"timers,omitzero"` // "buffered", or synchronous
	Turn   int64         `json:"turn_us,omitzero"`
	RunAt  []int64       `json:"run_at_us"`
	RetryA []runnerRetry `json:"retry_at,omitzero"`
	Runs   []runnerRun   `json:"runs,omitzero"`
	End    int64         `json:"end_us"`
}

type runnerOut struct {
	Starts      []int64   `json:"starts_us,omitzero"`
	StartsAnyOf [][]int64 `json:"starts_us_any_of,omitzero"`
}

// repetitions is how often a script is played to see whether upstream's select decides by chance. A choice between
// two ready channels is even, so a chance outcome hides with 2^-39.
const repetitions = 40

func recordRunner(tr *trace) {
	for _, c := range runnerCases() {
		tr.runner(c.name, c.in, true)
	}
	for n := range cases(60) {
		rng := random("runner", n)
		for !tr.runner(randomName(n), randomRunner(rng), false) {
			continue // the script left something to chance, or turned without waiting: draw another
		}
	}
}

// runner records a script; unless chance is allowed, it records only a script with one outcome.
func (tr *trace) runner(name string, in runnerIn, chance bool) bool {
	var outcomes [][]int64
	turns := busyTurns
	for range repetitions {
		starts := playRunner(tr.t, in)
		if !chance && busyTurns != turns {
			return false
		}
		if !slices.ContainsFunc(outcomes, func(known []int64) bool { return slices.Equal(known, starts) }) {
			outcomes = append(outcomes, starts)
		}
	}
	if len(outcomes) > 1 && !chance {
		return false
	}
	if busyTurns != turns && in.Turn == 0 {
		tr.t.Fatalf("runner %q turns without waiting, so it needs turn_us", name)
	}
	out := runnerOut{Starts: outcomes[0]}
	if len(outcomes) > 1 {
		slices.SortFunc(outcomes, slices.Compare[[]int64])
		out = runnerOut{StartsAnyOf: outcomes}
	}
	tr.add("runner", name, in, out)
	return true
}

// runnerEvent is one call from outside.
type runnerEvent struct {
	at    int64
	retry int64 // 0 means Run
}

// playRunner gives the times at which the function started. Each call is settled before the next one.
func playRunner(t *testing.T, in runnerIn) []int64 {
	t.Helper()
	starts := []int64{}
	synctest.Test(t, func(t *testing.T) {
		begin, stop, done := time.Now(), make(chan struct{}), make(chan struct{})
		now := func() int64 { return time.Since(begin).Microseconds() }
		sleepUntil := func(at int64) { time.Sleep(time.Duration(at-now()) * time.Microsecond) }
		over := false
		var runner *runnerSide
		runner = newRunner(t, in, func() error {
			if over {
				return nil // not part of the script: the loop's last turn
			}
			starts = append(starts, now())
			if len(starts) > len(in.Runs) {
				return nil
			}
			return in.Runs[len(starts)-1].perform(runner)
		})
		go func() {
			defer close(done)
			runner.Loop(stop)
		}()
		synctest.Wait()
		for _, event := range in.events() {
			sleepUntil(event.at)
			if event.retry == 0 {
				runner.Run()
			} else {
				runner.retryAfter(time.Duration(event.retry) * time.Microsecond)
			}
			synctest.Wait()
		}
		sleepUntil(in.End)
		synctest.Wait()
		over = true
		close(stop)
		<-done
	})
	return starts
}

// events are the calls from outside in their order.
func (in runnerIn) events() []runnerEvent {
	var events []runnerEvent
	for _, at := range in.RunAt {
		events = append(events, runnerEvent{at: at})
	}
	for _, retry := range in.RetryA {
		events = append(events, runnerEvent{retry.At, retry.After})
	}
	slices.SortStableFunc(events, func(a, b runnerEvent) int { return int(a.at - b.at) })
	return events
}

func (run runnerRun) perform(runner *runnerSide) error {
	time.Sleep(time.Duration(run.Takes) * time.Microsecond)
	if run.RetryAfter != 0 {
		runner.retryAfter(time.Duration(run.RetryAfter) * time.Microsecond)
	}
	if run.Fails {
		return errors.New("scripted failure")
	}
	return nil
}

// proxierSettings are the intervals that the proxiers use, and neighbours of them.
func proxierSettings(rng *rand.Rand) runnerIn {
	const second = int64(time.Second / time.Microsecond)
	in := []runnerIn{
		{Min: second, Max: 3600 * second},      // iptables; nftables from 1.31
		{Min: second, Max: 3600 * second},      //
		{Min: second, Max: 30 * second},        // nftables in 1.29 and 1.30
		{Min: 0, Max: 30 * second},             // ipvs
		{Min: 10 * second, Max: 3600 * second}, // a large minSyncPeriod
		{Min: second / 2, Max: 5 * second},
	}[rng.IntN(6)]
	return withRunnerDefaults(in)
}

// randomRunner draws microseconds, so that calls and timers seldom meet; those that do are sorted out by chance.
func randomRunner(rng *rand.Rand) runnerIn {
	in := proxierSettings(rng)
	scale := max(in.Min, 100_000)
	at := int64(0)
	for range 2 + rng.IntN(7) {
		at += []int64{scale / 20, scale / 2, 2 * scale, scale * 20}[rng.IntN(4)] / 1000 * rng.Int64N(1000)
		if !runnerReturnsErrors && rng.IntN(6) == 0 {
			in.RetryA = append(in.RetryA, runnerRetry{at, 1 + rng.Int64N(3*scale)})
		} else {
			in.RunAt = append(in.RunAt, at)
		}
	}
	for range rng.IntN(6) {
		run := runnerRun{Takes: []int64{0, 1, scale / 10, scale * 2}[rng.IntN(4)] * rng.Int64N(1000) / 1000}
		if rng.IntN(4) == 0 {
			run = failing(run, []int64{30_000_000, 30_000_000, scale / 2, 3 * scale}[rng.IntN(4)])
		}
		in.Runs = append(in.Runs, run)
	}
	in.End = at + []int64{scale, 40_000_000, in.Max + scale}[rng.IntN(3)]
	return in
}
