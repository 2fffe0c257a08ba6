// SPDX-License-Identifier: Apache-2.0
// The feature gates that endpoint selection reads, as far as the release has them and lets one set them.

//go:build since_24

package proxytrace

import (
	"fmt"
	"testing"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	_ "k8s.io/kubernetes/pkg/features" // registers the gates
)

var selectionGates = []string{
	"PreferSameTrafficDistribution", "ProxyTerminatingEndpoints", "ServiceInternalTrafficPolicy",
	"ServiceTrafficDistribution", "TopologyAwareHints",
}

// settableGates are the selection gates that are not locked, with their defaults.
func settableGates() map[string]bool {
	all := utilfeature.DefaultMutableFeatureGate.GetAll()
	settable := map[string]bool{}
	for _, name := range selectionGates {
		if spec, ok := all[featuregate.Feature(name)]; ok && !spec.LockToDefault {
			settable[name] = spec.Default
		}
	}
	return settable
}

// setGates sets the wanted values, defaults for the others, and returns those that are on; nil if none is settable.
func setGates(t *testing.T, wanted map[string]bool) []string {
	t.Helper()
	gates := settableGates()
	for name := range gates {
		if value, ok := wanted[name]; ok {
			gates[name] = value
		}
		if err := utilfeature.DefaultMutableFeatureGate.Set(fmt.Sprintf("%s=%v", name, gates[name])); err != nil {
			t.Fatal(err)
		}
	}
	if len(gates) == 0 {
		return nil
	}
	on := []string{}
	for _, name := range selectionGates {
		if gates[name] {
			on = append(on, name)
		}
	}
	return on
}
