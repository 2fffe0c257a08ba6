// SPDX-License-Identifier: Apache-2.0
// Batches equal the draws of single connections; arrivals follow their rate.
#include "models/traffic/generator.hpp"

#include <cmath>
#include <memory>

#include "models/traffic/draws.hpp"
#include "support/catch.hpp"

namespace lbsim::traffic {

TEST_CASE("generator: every lane equals the connection drawn alone") {
    const StreamKey key(3, 1, "open", "t/s");
    for (const scenario::Distribution& lifetime :
         {scenario::Distribution{.kind = scenario::Distribution::Kind::exponential, .a = 30s, .b = {}, .shape = 0, .samples = {}},
          scenario::Distribution{.kind = scenario::Distribution::Kind::lognormal, .a = 5s, .b = 60s, .shape = 0, .samples = {}}}) {
        const scenario::Sampler sampler(lifetime);
        Generator generator(key, sampler, 1234.5);
        const auto batch = std::make_unique<Batch>();
        std::uint64_t sum = 0;
        for (int round = 0; round < 3; ++round) {
            generator.next(*batch);
            for (std::size_t i = 0; i < batch_size; ++i) {
                const ConnectionDraws draws(key, batch->first + i, 0);
                sum += gap_of(draws.base()[gap_word]);
                REQUIRE(batch->hop_words[i] == draws.base()[hop_word]);
                REQUIRE(batch->endpoint_words[i] == draws.base()[endpoint_word]);
                REQUIRE(batch->life_us[i] == us_of(sampler.draw_life(draws.base()[life_word])));
                REQUIRE(batch->t_us[i] == us_of(arrival_time(sum, mean_gap_q32(1234.5))));
            }
        }
    }
}

TEST_CASE("generator: arrivals keep their rate") {
    // n arrivals at rate r take n / r with a standard deviation of sqrt(n) / r.
    const scenario::Sampler sampler(scenario::Distribution::fixed(1s));
    for (const double rate : {0.5, 1000.0, 3e6}) {
        Generator generator(StreamKey(1, 0, "rate"), sampler, rate);
        const auto batch = std::make_unique<Batch>();
        for (int round = 0; round < 20; ++round) generator.next(*batch);
        const double n = 20.0 * batch_size;
        CHECK(static_cast<double>(batch->t_us.back()) / 1e6 == Approx(n / rate).margin(4.0 * std::sqrt(n) / rate));
    }
}

TEST_CASE("draws: SYNs leave 0, 1, 3, 7 and 15 s after the first") {
    CHECK(syn_offset(0) == 0s);
    CHECK(syn_offset(1) == 1s);
    CHECK(syn_offset(2) == 3s);
    CHECK(syn_offset(3) == 7s);
    CHECK(syn_offset(4) == 15s);
    // The doubling stops at two minutes: 127 s after 64 s more, then + 120 s.
    CHECK(syn_offset(7) == 127s);
    CHECK(syn_offset(8) == 247s);
}

}  // namespace lbsim::traffic
