// SPDX-License-Identifier: Apache-2.0
// Feature gates from 1.30 on.

//go:build since_30

package controller

import (
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	_ "k8s.io/controller-manager/pkg/features/register" // as the CCM does; the gate is locked to on up to 1.31
)

const gateCanBeSet = false

// featureGates gives the process's gates.
func featureGates(bool) featuregate.FeatureGate { return utilfeature.DefaultFeatureGate }
