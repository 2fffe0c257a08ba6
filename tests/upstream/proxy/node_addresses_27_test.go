// SPDX-License-Identifier: Apache-2.0
// Node port addresses in 1.27: no family.

//go:build since_27 && !since_28

package proxytrace

import (
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
)

func nodePortAddresses() *proxyutil.NodePortAddresses { return proxyutil.NewNodePortAddresses(nil) }
