// SPDX-License-Identifier: Apache-2.0
// Keys and blocks of Philox4x32-10.
#include "lbsim/core/rng.hpp"

#include <Random123/philox.h>

namespace lbsim {

namespace {
std::uint64_t hash_text(std::string_view text, std::uint64_t h) {
    // FNV-1a over the bytes, then the length, so that ("ab","c") and ("a","bc") differ.
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return mix64(h ^ (text.size() + 0x9e3779b97f4a7c15ULL));
}
}  // namespace

StreamKey::StreamKey(std::uint64_t seed, std::uint64_t replication, std::string_view stream, std::string_view entity) {
    std::uint64_t h = mix64(seed + 0x9e3779b97f4a7c15ULL);
    h = mix64(h ^ (replication + 0xd1b54a32d192ed03ULL));
    h = hash_text(stream, h);
    h = hash_text(entity, h);
    low_ = static_cast<std::uint32_t>(h);
    high_ = static_cast<std::uint32_t>(h >> 32);
}

Words StreamKey::block(std::uint64_t index, std::uint32_t lane, std::uint32_t block_number) const {
    const r123::Philox4x32::ctr_type counter{
        {static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32), lane, block_number}};
    const r123::Philox4x32::key_type key{{low_, high_}};
    const r123::Philox4x32::ctr_type out = r123::Philox4x32{}(counter, key);
    return {out[0], out[1], out[2], out[3]};
}

}  // namespace lbsim
