// SPDX-License-Identifier: Apache-2.0
// Feature gates of 1.19 and 1.20.

//go:build !since_21

package controller

import "k8s.io/component-base/featuregate"

const gateCanBeSet = false

// featureGates gives the two gates that the controller reads in 1.19 and 1.20, with the defaults of Kubernetes.
func featureGates(bool) featuregate.FeatureGate {
	gates := featuregate.NewFeatureGate()
	err := gates.Add(map[featuregate.Feature]featuregate.FeatureSpec{
		"ServiceNodeExclusion":   {Default: true, PreRelease: featuregate.Beta},
		"LegacyNodeRoleBehavior": {Default: true, PreRelease: featuregate.Beta},
	})
	if err != nil {
		panic(err)
	}
	return gates
}
