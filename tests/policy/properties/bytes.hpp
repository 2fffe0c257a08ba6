// SPDX-License-Identifier: Apache-2.0
// A history as bytes: what a random test draws, a fuzzer mutates and a regression file keeps is one and the same thing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace lbsim::test {

/// A property does not hold; the text says which.
class PropertyBroken : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Throws: PropertyBroken with this text where the property does not hold.
inline void require(bool holds, const char* property) {
    if (!holds) throw PropertyBroken(property);
}

/// Decisions read off a string of bytes; after the last one every decision is 0, so any prefix is a history too.
class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    bool is_over() const { return rest_.empty(); }
    std::uint8_t next() {
        if (rest_.empty()) return 0;
        const std::uint8_t first = rest_.front();
        rest_ = rest_.subspan(1);
        return first;
    }
    /// A number below n. Pre: 0 < n <= 256.
    std::uint32_t below(std::uint32_t n) { return next() % n; }
    /// True in `of` of 256 cases.
    bool happens(std::uint32_t of) { return next() < of; }

private:
    std::span<const std::uint8_t> rest_;
};

}  // namespace lbsim::test
