// SPDX-License-Identifier: Apache-2.0
// The annotation that asks for zone hints of 1.27 to 1.32.

//go:build since_27 && !since_33

package proxytrace

const hintsAnnotation = "service.kubernetes.io/topology-mode"
