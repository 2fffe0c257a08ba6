// SPDX-License-Identifier: Apache-2.0
// What is fuzzed, by name: for libFuzzer and for the replay of what it once found.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lbsim::test {

/// A function of bytes that must come back: it throws PropertyBroken, or aborts, where something is wrong.
struct FuzzTarget {
    std::string_view name;
    void (*play)(std::span<const std::uint8_t>);
};

std::span<const FuzzTarget> fuzz_targets();

/// Between a dump and the record of events that goes with it.
inline constexpr std::string_view events_mark = "\n%%\n";

/// An import of these bytes, a dump and, after `events_mark`, a record: a scenario that its reader takes, or problems of the
/// bytes.
void play_import(std::span<const std::uint8_t> bytes);
/// The scenario reader on a file of these bytes: a study that makes sense, or problems that tell something.
void play_scenario(std::span<const std::uint8_t> bytes);

}  // namespace lbsim::test
