// SPDX-License-Identifier: Apache-2.0
// Reading an endpoint up to 1.28.

//go:build since_24 && !since_29

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy"
)

func isLocal(endpoint proxy.Endpoint) bool { return endpoint.GetIsLocal() }

func ip(endpoint proxy.Endpoint) string { return endpoint.IP() }
