// SPDX-License-Identifier: Apache-2.0
// Random damage to texts.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <random>
#include <string>

namespace lbsim::test {

/// LBSIM_TEST_SEED, or a fixed seed; printed so that a failure can be had again.
inline std::uint64_t test_seed() {
    const char* given = std::getenv("LBSIM_TEST_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : 20261123;
    std::cout << "LBSIM_TEST_SEED=" << seed << '\n';
    return seed;
}

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {}

    std::string damage(std::string text) {
        const std::size_t faults = 1 + below(4);
        for (std::size_t i = 0; i < faults && !text.empty(); ++i) {
            const std::size_t at = below(text.size());
            switch (below(6)) {
                case 0: text[at] = static_cast<char>(below(256)); break;
                case 1: text.erase(at, 1 + below(20)); break;
                case 2: text.insert(at, text.substr(below(text.size()), below(60))); break;
                case 3: text.insert(at, 1, static_cast<char>(below(128))); break;
                case 4: text.insert(at, pieces_[below(std::size(pieces_))]); break;
                default: text[at] = "0123456789\"{}[]:,-.eE"[below(21)]; break;
            }
        }
        return text;
    }

private:
    std::size_t below(std::size_t n) { return random_() % n; }

    static constexpr const char* pieces_[] = {
        "null", "1e308", "-1", "\"\"", "{}", "[]", "\"*\"", "99999999999999999999",
        "\\u0000", "\"0s\"", "true", "{\"drain\":\"1s\"}", ",,", "\xf0\x9f\x98\x80"};
    std::mt19937_64 random_;
};

}  // namespace lbsim::test
