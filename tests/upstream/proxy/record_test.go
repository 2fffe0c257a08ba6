// SPDX-License-Identifier: Apache-2.0
// The entry point: flags, the header, and the order in which the kinds are recorded.

package proxytrace

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/proxy/healthcheck"
)

var (
	release = flag.String("release", "", "the Kubernetes release, as in releases/<release>.mod")
	outFile = flag.String("out", "", "the file to write")
	seed    = flag.Uint64("seed", 1, "seed of the random cases")
	count   = flag.Int("count", 0, "random cases of each kind; 0 means the default of the kind")
)

func TestMain(m *testing.M) {
	time.Local = time.UTC
	var klogFlags flag.FlagSet
	klog.InitFlags(&klogFlags)
	_ = klogFlags.Set("logtostderr", "false")
	_ = klogFlags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
	os.Exit(m.Run())
}

// trace collects the lines of one golden file.
type trace struct {
	t     *testing.T
	lines bytes.Buffer
	names map[string]bool
}

// line appends one compact JSON object.
func (tr *trace) line(value any) {
	tr.t.Helper()
	encoder := json.NewEncoder(&tr.lines)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		tr.t.Fatal(err)
	}
}

// add appends one case; names must not repeat.
func (tr *trace) add(kind, name string, in, out any) {
	tr.t.Helper()
	if tr.names[kind+name] {
		tr.t.Fatalf("%s %q is recorded twice", kind, name)
	}
	tr.names[kind+name] = true
	tr.line(struct {
		Kind string `json:"kind"`
		Name string `json:"name"`
		In   any    `json:"in"`
		Out  any    `json:"out"`
	}{kind, name, in, out})
}

// header describes how the file came about.
func (tr *trace) header() {
	tr.t.Helper()
	entry := reflect.ValueOf(healthcheck.NewServiceHealthServer).Pointer()
	source, _ := runtime.FuncForPC(entry).FileLine(entry)
	if !strings.Contains(source, "k8s.io/kubernetes@v"+*release+"/") {
		tr.t.Fatalf("-release says %s, but the code is another release's", *release)
	}
	modules, err := requiredModules("releases/" + *release + ".mod")
	if err != nil {
		tr.t.Fatal(err)
	}
	goVersion := strings.Join(strings.SplitN(runtime.Version(), ".", 3)[:2], ".")
	tr.line(struct {
		Release string            `json:"release"`
		Go      string            `json:"go"`
		Seed    uint64            `json:"seed"`
		Modules map[string]string `json:"modules"`
	}{*release, goVersion, *seed, modules})
}

// requiredModules reads the versions of the Kubernetes modules from a module file, after replacement.
func requiredModules(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	required := regexp.MustCompile(`(?m)^(?:require|\t)\s*(k8s\.io/\S+) (v\S+)`)
	replaced := regexp.MustCompile(`(?m)^(?:replace|\t)\s*(k8s\.io/\S+) => \S+ (v\S+)`)
	modules, versions := map[string]string{}, map[string]string{}
	for _, match := range replaced.FindAllStringSubmatch(string(text), -1) {
		versions[match[1]] = match[2]
	}
	for _, match := range required.FindAllStringSubmatch(string(text), -1) {
		modules[match[1]] = match[2]
		if version, ok := versions[match[1]]; ok {
			modules[match[1]] = version
		}
	}
	return modules, nil
}

// cases is how many random cases a kind records.
func cases(standard int) int {
	if *count > 0 {
		return *count
	}
	return standard
}

// random gives a generator for case n of a kind, so that kinds and cases do not shift each other.
func random(kind string, n int) *rand.Rand {
	stream := uint64(n)
	for _, letter := range kind {
		stream = stream*1099511628211 + uint64(letter)
	}
	return rand.New(rand.NewPCG(*seed, stream))
}

// randomName is the name of random case n.
func randomName(n int) string { return fmt.Sprintf("random %03d", n) }

func TestRecord(t *testing.T) {
	if *outFile == "" {
		t.Skip("no -out")
	}
	tr := &trace{t: t, names: map[string]bool{}}
	tr.header()
	recordHealthz(tr)
	recordNodeEligibility(tr)
	recordServiceHealth(tr)
	recordCategorize(tr)
	recordRunner(tr)
	if t.Failed() {
		return
	}
	if err := os.WriteFile(*outFile, tr.lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
