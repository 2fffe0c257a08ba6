// SPDX-License-Identifier: Apache-2.0
// Entry point of go test: marshals every cluster as kubectl get -o json prints a List.

package objects

import (
	"bufio"
	"encoding/json"
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

var (
	release = flag.String("release", "", "the release of k8s.io/api, as in releases/<release>.mod")
	out     = flag.String("out", "", "file to write the objects to")
)

// List is what kubectl prints for more than one object.
type List struct {
	APIVersion string         `json:"apiVersion"`
	Items      []any          `json:"items"`
	Kind       string         `json:"kind"`
	Metadata   map[string]any `json:"metadata"`
}

// Line is one cluster of the golden file.
type Line struct {
	Name   string `json:"name"`
	Dump   List   `json:"dump"`
	Events *List  `json:"events,omitempty"`
}

// Header is the first line of the golden file.
type Header struct {
	Release  string            `json:"release"`
	Go       string            `json:"go"`
	Modules  map[string]string `json:"modules"`
	Clusters int               `json:"clusters"`
}

func list(items []any) List {
	return List{APIVersion: "v1", Items: items, Kind: "List", Metadata: map[string]any{"resourceVersion": ""}}
}

func modules() map[string]string {
	found := map[string]string{}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "k8s.io/api" || module.Path == "k8s.io/apimachinery" {
				found[module.Path] = module.Version
			}
		}
	}
	return found
}

func TestObjects(t *testing.T) {
	if *out == "" {
		t.Skip("no -out")
	}
	file, err := os.Create(*out)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(file)
	encoder := json.NewEncoder(w)
	lines := clusters()
	write := func(v any) {
		if err := encoder.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	write(Header{Release: *release, Go: runtime.Version(), Modules: modules(), Clusters: len(lines)})
	for _, line := range lines {
		write(line)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
