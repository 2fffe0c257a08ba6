// SPDX-License-Identifier: Apache-2.0
// Reading an endpoint from 1.29.

//go:build since_29

package proxytrace

import (
	"k8s.io/kubernetes/pkg/proxy"
)

func isLocal(endpoint proxy.Endpoint) bool { return endpoint.IsLocal() }

func ip(endpoint proxy.Endpoint) string { return endpoint.IP() }
