// SPDX-License-Identifier: Apache-2.0
// The annotation that asks for zone hints up to 1.26.

//go:build since_24 && !since_27

package proxytrace

const hintsAnnotation = "service.kubernetes.io/topology-aware-hints"
