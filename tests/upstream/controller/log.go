// SPDX-License-Identifier: Apache-2.0
// Reads the controller's log and shakes the schedule.

package controller

import (
	"bytes"
	"flag"
	"math/rand/v2"
	"regexp"
	"runtime"
	"sync"
	"time"

	"k8s.io/klog/v2"
)

// logReader is klog's output: it learns from the controller's log which service a node pass takes up, and shakes the
// schedule, because the controller logs between its steps.
type logReader struct {
	mu     sync.Mutex
	start  time.Time
	turns  []Turn
	passes map[int64]bool // microseconds at which a node pass starts
	shaker *rand.Rand
	often  float64 // share of the steps at which the shaker gives way
}

var passLine = []byte("Syncing backends for all LB services.")

var turnLine = regexp.MustCompile(`nodeSyncService started for service default/(s\d+)`)

// Write takes one line of the log.
func (l *logReader) Write(line []byte) (int, error) {
	l.mu.Lock()
	now := time.Since(l.start).Microseconds()
	if match := turnLine.FindSubmatch(line); match != nil {
		l.turns = append(l.turns, Turn{T: now, Service: numberOf(string(match[1]))})
	}
	if bytes.Contains(line, passLine) {
		l.passes[now] = true
	}
	l.mu.Unlock()
	l.yield()
	return len(line), nil
}

// begin starts a history; shake 0 leaves the schedule alone.
func (l *logReader) begin(shake uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start, l.turns, l.passes, l.shaker = time.Now(), nil, map[int64]bool{}, nil
	if shake != 0 {
		l.shaker = rand.New(rand.NewPCG(shake, 0))
		l.often = []float64{0.9, 0.5, 0.1}[shake%3]
	}
}

// end gives the turns and the starts of passes before the end of the history.
func (l *logReader) end() ([]Turn, map[int64]bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.turns, l.passes
}

// yield gives other goroutines the processor for a random number of turns.
func (l *logReader) yield() {
	l.mu.Lock()
	rounds := 0
	if l.shaker != nil && l.shaker.Float64() < l.often {
		rounds = 1 + l.shaker.IntN(8)
	}
	l.mu.Unlock()
	for range rounds {
		runtime.Gosched()
	}
}

// captureLog sends klog's lines up to level 4 to a logReader instead of the terminal.
func captureLog() *logReader {
	flags := flag.NewFlagSet("klog", flag.PanicOnError)
	klog.InitFlags(flags)
	for name, value := range map[string]string{
		"logtostderr": "false", "alsologtostderr": "false", "stderrthreshold": "FATAL", "v": "4",
	} {
		if err := flags.Set(name, value); err != nil {
			panic(err)
		}
	}
	reader := &logReader{}
	klog.SetOutput(reader)
	return reader
}
