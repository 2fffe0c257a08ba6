// SPDX-License-Identifier: Apache-2.0
// The runner from 1.34: pkg/proxy/runner, whose function returns an error.

//go:build since_34

package proxytrace

import (
	"testing"
	"time"

	"k8s.io/kubernetes/pkg/proxy/runner"
)

const runnerReturnsErrors = true

// busyTurns stays 0: this runner never turns without waiting.
var busyTurns int

type runnerSide struct{ *runner.BoundedFrequencyRunner }

func (r *runnerSide) retryAfter(time.Duration) { panic("no RetryAfter from 1.34 on") }

func newRunner(_ *testing.T, in runnerIn, fn func() error) *runnerSide {
	minInterval, maxInterval := time.Duration(in.Min)*time.Microsecond, time.Duration(in.Max)*time.Microsecond
	retryInterval := time.Duration(in.Retry) * time.Microsecond
	return &runnerSide{runner.NewBoundedFrequencyRunner("lbsim", fn, minInterval, retryInterval, maxInterval)}
}

// withRunnerDefaults adds the retry interval of the proxiers and the timers of the release.
func withRunnerDefaults(in runnerIn) runnerIn {
	if in.Retry == 0 {
		in.Retry = 30_000_000
	}
	in.Timers = releaseTimers
	return in
}

// failing makes a run return an error; the retry interval belongs to the runner.
func failing(run runnerRun, _ int64) runnerRun {
	run.Fails = true
	return run
}
