// SPDX-License-Identifier: Apache-2.0
// Feature gates of 1.27 to 1.29, where StableLoadBalancerNodeSet can be set.

//go:build since_27 && !since_30

package controller

import (
	"fmt"

	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	_ "k8s.io/controller-manager/pkg/features/register" // as the CCM does
)

const gateCanBeSet = true

// featureGates sets StableLoadBalancerNodeSet, beta and on by default in 1.27 to 1.29.
func featureGates(off bool) featuregate.FeatureGate {
	if err := utilfeature.DefaultMutableFeatureGate.Set(fmt.Sprintf("StableLoadBalancerNodeSet=%t", !off)); err != nil {
		panic(err)
	}
	return utilfeature.DefaultFeatureGate
}
