// SPDX-License-Identifier: Apache-2.0
// The tables that release_notes() joins, one per area, and the words their rows are written in.
#pragma once

#include <span>

#include "lbsim/policy/release_notes.hpp"

namespace lbsim::policy {

/// From 1.minor.patch on, for good.
constexpr ReleaseRange from(int minor, int patch = 0) { return {{minor, patch}, {no_last, no_last}}; }
/// From 1.minor.patch to the last patch of 1.last_minor.
constexpr ReleaseRange until_minor(Release first, int last_minor) { return {first, {last_minor, no_last}}; }
/// From 1.minor.patch to the last patch of the same minor.
constexpr ReleaseRange rest_of(int minor, int patch) { return {{minor, patch}, {minor, no_last}}; }
/// From 1.minor.first to 1.minor.last.
constexpr ReleaseRange patches(int minor, int first, int last) { return {{minor, first}, {minor, last}}; }
/// The first release that lbsim knows of.
inline constexpr Release oldest{19, 0};

std::span<const ReleaseNote> node_set_notes();
std::span<const ReleaseNote> service_sync_notes();
std::span<const ReleaseNote> proxy_health_notes();
std::span<const ReleaseNote> proxy_traffic_notes();
std::span<const ReleaseNote> node_notes();

}  // namespace lbsim::policy
