// SPDX-License-Identifier: Apache-2.0
// Node port addresses in 1.30: with the primary IP, which only a special value uses.

//go:build since_30 && !since_31

package proxytrace

import (
	v1 "k8s.io/api/core/v1"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

func nodePortAddresses() *proxyutil.NodePortAddresses {
	return proxyutil.NewNodePortAddresses(v1.IPv4Protocol, nil, nil)
}
