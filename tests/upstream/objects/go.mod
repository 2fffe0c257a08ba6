// SPDX-License-Identifier: Apache-2.0
// Marks the module root; what a release needs is in releases/<release>.mod, used with -modfile.
module lbsim/tests/upstream/objects

go 1.25
