// SPDX-License-Identifier: Apache-2.0
// Node port addresses in 1.28, 1.29 and from 1.31: with a family.

//go:build (since_28 && !since_30) || (since_31 && !since_36)

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

func nodePortAddresses() *proxyutil.NodePortAddresses {
	return proxyutil.NewNodePortAddresses(v1.IPv4Protocol, nil)
}
