// SPDX-License-Identifier: Apache-2.0
// Marks the module root only; the dependencies of a release are in releases/<release>.mod.
module lbsim.example/tests/upstream/proxy

go 1.26
