// SPDX-License-Identifier: Apache-2.0
// Random histories of the library's machines: properties that hold after every event, whatever happened before.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lbsim/core/check.hpp"
#include "lbsim/core/rng.hpp"
#include "properties/bytes.hpp"
#include "properties/histories.hpp"
#include "properties/releases.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {
using History = std::vector<std::uint8_t>;
using Play = void (*)(std::span<const std::uint8_t>);

std::uint64_t number_from_environment(const char* name, std::uint64_t otherwise) {
    const char* given = std::getenv(name);
    return given != nullptr ? std::strtoull(given, nullptr, 10) : otherwise;
}

/// LBSIM_TEST_SEED, or a fixed seed; printed so that a failure can be had again.
std::uint64_t test_seed() {
    const std::uint64_t seed = number_from_environment("LBSIM_TEST_SEED", 20261123);
    std::cout << "LBSIM_TEST_SEED=" << seed << '\n';
    return seed;
}

History random_history(std::uint64_t seed, const char* machine, std::uint64_t round, std::size_t longest) {
    const StreamKey stream(seed, round, "property-test", machine);
    const std::size_t length = 16 + index_among(stream.word(0), static_cast<std::uint32_t>(longest - 16));
    History history;
    for (std::uint64_t block = 1; history.size() < length; ++block) {
        for (const std::uint32_t word : stream.block(block)) {
            for (int shift = 0; shift < 32; shift += 8) history.push_back(static_cast<std::uint8_t>(word >> shift));
        }
    }
    history.resize(length);
    return history;
}

/// The property that a history breaks, nothing where it breaks none.
std::optional<std::string> broken(Play play, const History& history) {
    try {
        play(history);
    } catch (const PropertyBroken& error) {
        return error.what();
    }
    return std::nullopt;
}

/// A shorter history that breaks a property too: first the shortest prefix by bisection, then without ever smaller pieces.
History shrunk(Play play, History history) {
    std::size_t good = 0;
    std::size_t bad = history.size();
    while (good + 1 < bad) {
        const std::size_t half = good + (bad - good) / 2;
        (broken(play, History(history.begin(), history.begin() + static_cast<std::ptrdiff_t>(half))) ? bad : good) = half;
    }
    history.resize(bad);
    for (std::size_t piece = history.size() / 2; piece > 0; piece /= 2) {
        for (std::size_t at = 0; at + piece <= history.size();) {
            History without = history;
            const auto first = without.begin() + static_cast<std::ptrdiff_t>(at);
            without.erase(first, first + static_cast<std::ptrdiff_t>(piece));
            if (broken(play, without)) history = std::move(without);
            else at += piece;
        }
    }
    return history;
}

/// As printf takes it, to make a regression file.
std::string escaped(const History& history) {
    std::string out;
    for (const std::uint8_t byte : history) {
        char text[5];
        std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(byte));
        out += text;
    }
    return out;
}

void check_random_histories(const char* machine, Play play, std::uint64_t rounds, std::size_t longest) {
    const std::uint64_t seed = test_seed();
    rounds = number_from_environment("LBSIM_TEST_ROUNDS", rounds);
    for (std::uint64_t round = 0; round < rounds; ++round) {
        set_check_context(std::string(machine) + ", LBSIM_TEST_SEED=" + std::to_string(seed) + ", round " + std::to_string(round));
        const History history = random_history(seed, machine, round, longest);
        if (!broken(play, history)) continue;
        const History small = shrunk(play, history);
        set_check_context({});
        FAIL("LBSIM_TEST_SEED=" << seed << ", round " << round << ": " << *broken(play, small) << "\nkeep it: printf '"
             << escaped(small) << "' > tests/fuzz/regressions/" << machine << "/NAME");
    }
    set_check_context({});
}
}  // namespace

TEST_CASE("properties: every minor that is modelled takes part in random histories") {
    std::set<int> minors;
    for (const policy::Release release : accepted_releases()) minors.insert(release.minor);
    CHECK(minors.size() == policy::modelled_releases().size());
}

TEST_CASE("properties: a service controller keeps its promises under random deliveries, answers and orders of asking") {
    check_random_histories("controller", play_controller, 3000, 600);
}

TEST_CASE("properties: a work queue does what a naive one does") {
    check_random_histories("work_queue", play_work_queue, 5000, 500);
}

TEST_CASE("properties: health answers, forwarding and probers do what models of the whole past say") {
    check_random_histories("node_health", play_node_health, 3000, 400);
}

namespace {
/// A machine with a planted fault: it breaks where a 7 comes right after a 3.
void play_faulty(std::span<const std::uint8_t> bytes) {
    for (std::size_t i = 1; i < bytes.size(); ++i) require(bytes[i - 1] != 3 || bytes[i] != 7, "no 7 after a 3");
}
}  // namespace

TEST_CASE("properties: a history that breaks one is shrunk to what matters") {
    History history = random_history(1, "shrinking", 0, 300);
    history[9] = 3;
    history[10] = 7;
    REQUIRE(broken(play_faulty, history) == "no 7 after a 3");
    CHECK(shrunk(play_faulty, history) == History{3, 7});
    CHECK_FALSE(broken(play_faulty, History{7, 3}));
}
