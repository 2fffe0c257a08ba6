// SPDX-License-Identifier: Apache-2.0

// Package proxytrace records what the real kube-proxy code of one Kubernetes release does; README.md has the format.
package proxytrace
