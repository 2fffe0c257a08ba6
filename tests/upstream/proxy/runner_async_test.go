// SPDX-License-Identifier: Apache-2.0
// The runner up to 1.33: pkg/util/async, with a token bucket and RetryAfter.

//go:build !since_34

package proxytrace

import (
	"testing"
	"time"

	"k8s.io/kubernetes/pkg/util/async"
)

const runnerReturnsErrors = false

type runnerSide struct{ *async.BoundedFrequencyRunner }

func (r *runnerSide) retryAfter(interval time.Duration) { r.RetryAfter(interval) }

func newRunner(t *testing.T, in runnerIn, fn func() error) *runnerSide {
	t.Helper()
	minInterval, maxInterval := time.Duration(in.Min)*time.Microsecond, time.Duration(in.Max)*time.Microsecond
	runner := async.NewBoundedFrequencyRunner("lbsim", func() { _ = fn() }, minInterval, maxInterval, in.Burst)
	timer := &scriptTimer{turn: time.Duration(in.Turn) * time.Microsecond, turns: &busyTurns}
	if in.Timers == "buffered" {
		timer.buffered = make(chan time.Time, 1)
	}
	setUnexported(t, runner, "timer", timer)
	return &runnerSide{runner}
}

// busyTurns counts the turns of the runner's loop that wait for no time, over all scripts.
var busyTurns int

// scriptTimer replaces upstream's wrapper of time.Timer, for two reasons. Where a timer ends without a token in the
// bucket, upstream's loop turns without waiting until there is one; in virtual time that would never be, so that a
// turn takes some time here. And before Go 1.23 a tick that nobody has taken survived Stop and Reset.
type scriptTimer struct {
	turn     time.Duration
	turns    *int
	buffered chan time.Time // nil for the timers of Go 1.23 and later
	timer    *time.Timer
	next     time.Time
}

func (s *scriptTimer) C() <-chan time.Time {
	switch {
	case s.buffered != nil:
		return s.buffered
	case s.timer == nil:
		return nil
	}
	return s.timer.C
}

func (s *scriptTimer) Reset(d time.Duration) bool {
	active := s.Stop()
	s.next = time.Now().Add(d)
	if d <= 0 {
		*s.turns++
		d = s.turn
		if d == 0 {
			d = time.Millisecond // the script is not recorded
		}
	}
	if s.buffered == nil {
		s.timer = time.NewTimer(d)
		return active
	}
	s.timer = time.AfterFunc(d, func() {
		select {
		case s.buffered <- time.Now():
		default:
		}
	})
	return active
}

func (s *scriptTimer) Stop() bool                      { return s.timer != nil && s.timer.Stop() }
func (s *scriptTimer) Now() time.Time                  { return time.Now() }
func (s *scriptTimer) Remaining() time.Duration        { return time.Until(s.next) }
func (s *scriptTimer) Since(t time.Time) time.Duration { return time.Since(t) }
func (s *scriptTimer) Sleep(d time.Duration)           { time.Sleep(d) }

// withRunnerDefaults adds the burst of the proxiers and the timers of the release.
func withRunnerDefaults(in runnerIn) runnerIn {
	in.Burst, in.Timers = 2, releaseTimers
	return in
}

// failing makes a run ask for a retry, as the proxiers' sync does when it fails.
func failing(run runnerRun, retry int64) runnerRun {
	run.RetryAfter = retry
	return run
}
