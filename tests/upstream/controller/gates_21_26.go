// SPDX-License-Identifier: Apache-2.0
// Feature gates of 1.21 to 1.26.

//go:build since_21 && !since_27

package controller

import (
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
)

const gateCanBeSet = false

// featureGates gives the process's gates, of which the controller reads none in 1.21 to 1.26.
func featureGates(bool) featuregate.FeatureGate { return utilfeature.DefaultFeatureGate }
