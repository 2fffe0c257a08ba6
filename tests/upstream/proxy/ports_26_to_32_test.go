// SPDX-License-Identifier: Apache-2.0
// The service map of 1.26 to 1.32: its new name.

//go:build since_26 && !since_33

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy"
)

type servicePortMap = proxy.ServicePortMap
