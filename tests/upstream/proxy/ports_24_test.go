// SPDX-License-Identifier: Apache-2.0
// The service map of 1.24 and 1.25.

//go:build since_24 && !since_26

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy"
)

type servicePortMap = proxy.ServiceMap
