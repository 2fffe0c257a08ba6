// SPDX-License-Identifier: Apache-2.0

package controller

import (
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
	shaker *rand.Rand
}

var turnLine = regexp.MustCompile(`nodeSyncService started for service default/(s\d+)`)

// Write takes one line of the log.
func (l *logReader) Write(line []byte) (int, error) {
	if match := turnLine.FindSubmatch(line); match != nil {
		l.mu.Lock()
		l.turns = append(l.turns, Turn{T: time.Since(l.start).Microseconds(), Service: numberOf(string(match[1]))})
		l.mu.Unlock()
	}
	l.yield()
	return len(line), nil
}

// begin starts a history; shake 0 leaves the schedule alone.
func (l *logReader) begin(shake uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.start, l.turns, l.shaker = time.Now(), nil, nil
	if shake != 0 {
		l.shaker = rand.New(rand.NewPCG(shake, 0))
	}
}

// end gives the turns taken before the end of the history.
func (l *logReader) end() []Turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.turns
}

// yield gives other goroutines the processor for a random number of turns.
func (l *logReader) yield() {
	l.mu.Lock()
	rounds := 0
	if l.shaker != nil {
		rounds = l.shaker.IntN(8)
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
