// SPDX-License-Identifier: Apache-2.0
// Entry points of go test: write histories, or run them and write traces.

package controller

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	goruntime "runtime"
	"strings"
	"testing"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

var (
	release       = flag.String("release", "", "the release under test, as in releases/<release>.mod")
	out           = flag.String("out", "", "file to write the traces to")
	historiesFile = flag.String("histories", "histories.jsonl", "file to read the histories from")
	writeFile     = flag.String("write-histories", "", "file to write histories to, instead of running any")
	seed          = flag.Uint64("seed", 1, "with -write-histories: seed of the random histories")
	count         = flag.Int("count", 0, "with -write-histories: number of random histories; 0 writes the committed set")
	shakes        = flag.Int("shakes", 0, "runs of each history under a shaken schedule, to look for races")
	procs         = flag.Int("procs", 1, "GOMAXPROCS; more than one looks for races that no shaken schedule shows")
	only          = flag.String("only", "", "run the histories whose name contains this")
)

// TestWriteHistories makes the inputs.
func TestWriteHistories(t *testing.T) {
	if *writeFile == "" {
		t.Skip("no -write-histories")
	}
	histories := committedHistories()
	if *count > 0 {
		histories = randomHistories(*seed, *count, *count/5)
	}
	writeTo(t, *writeFile, func(w io.Writer) error { return writeHistories(w, histories) })
}

// TestTraces runs every history against the release and writes what it did.
func TestTraces(t *testing.T) {
	if *out == "" {
		t.Skip("no -out")
	}
	goruntime.GOMAXPROCS(*procs)
	utilruntime.ErrorHandlers = nil // the default ones sleep to slow down loops of errors, per process
	histories := selectHistories(t)
	log := captureLog()
	traces := make([]Trace, 0, len(histories))
	for i := range histories {
		traces = append(traces, traceOf(t, &histories[i], log))
	}
	writeTo(t, *out, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		if err := encoder.Encode(header(traces)); err != nil {
			return err
		}
		for i := range traces {
			if err := encoder.Encode(traces[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// traceOf runs a history once as it is and several times under a shaken schedule; traces that differ are a race.
func traceOf(t *testing.T, history *History, log *logReader) Trace {
	trace := run(t, history, log, 0)
	for shake := 1; shake <= *shakes && !trace.Race; shake++ {
		shaken := run(t, history, log, uint64(shake))
		if !reflect.DeepEqual(trace.Calls, shaken.Calls) {
			trace.Race = true
			fmt.Printf("race %s\n  %s\n  %s\n", trace.Name, firstDifference(trace, shaken), firstDifference(shaken, trace))
		}
	}
	if trace.Race {
		trace.Calls, trace.Turns = []Call{}, nil
	}
	return trace
}

// firstDifference gives the first few calls of a trace from where it differs from another.
func firstDifference(a, b Trace) string {
	for i := range a.Calls {
		if i >= len(b.Calls) || !reflect.DeepEqual(a.Calls[i], b.Calls[i]) {
			text, _ := json.Marshal(a.Calls[i:min(i+4, len(a.Calls))])
			return string(text)
		}
	}
	return "(ends)"
}

func selectHistories(t *testing.T) []History {
	file, err := os.Open(*historiesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	all, err := readHistories(file)
	if err != nil {
		t.Fatal(err)
	}
	var chosen []History
	for _, history := range all {
		if (!history.GateOff || gateCanBeSet) && strings.Contains(history.Name, *only) {
			chosen = append(chosen, history)
		}
	}
	return chosen
}

var requirement = regexp.MustCompile(`(k8s\.io/(?:cloud-provider|client-go|api|apimachinery)) (v\S+)`)

func header(traces []Trace) Header {
	h := Header{Release: *release, Go: goruntime.Version(), Modules: map[string]string{}, Histories: len(traces)}
	for i := range traces {
		h.Calls += len(traces[i].Calls)
	}
	file, err := os.ReadFile("releases/" + *release + ".mod")
	if err != nil {
		panic(err)
	}
	for _, match := range requirement.FindAllStringSubmatch(string(file), -1) {
		h.Modules[match[1]] = match[2]
	}
	return h
}

func writeTo(t *testing.T, path string, write func(io.Writer) error) {
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		t.Fatal(err)
	}
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
