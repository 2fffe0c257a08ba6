// SPDX-License-Identifier: Apache-2.0
// From 1.33 no annotation asks for zone hints.

//go:build since_33

package proxytrace

const hintsAnnotation = ""
