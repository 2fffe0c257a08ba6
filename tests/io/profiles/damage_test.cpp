// SPDX-License-Identifier: Apache-2.0
// Random damage to good profiles: the reader answers with a scenario or an InputError, never otherwise.
#include "io/scenario/mutator.hpp"
#include "io/scenario/scenario_file.hpp"
#include "sim/io/profiles/profile.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

TEST_CASE("profiles: damaged files give a scenario or problems, never a crash") {
    const std::uint64_t seed = test_seed();
    const Folder folder;
    const std::string scenario = folder.write("test.json", R"({"duration": "1m", "cluster": {"node_pools": [{"nodes": 1}]},
        "services": [{"load_balancer": "mine.json"}], "cloud": {"api": {"latency": {"poll": "1s"}}}})");
    std::size_t good = 0;
    Mutator mutator(seed);
    for (const std::string& name : io::profile_names()) {
        const std::string whole(io::built_in_profile(name).value_or(R"({"based_on": "envoy", "title": "ours"})"));
        for (int i = 0; i < 150; ++i) {
            const std::string text = mutator.damage(whole);
            const std::string file = folder.write("mine.json", text);
            try {
                const scenario::Study study = io::read_study(scenario);
                CHECK(io::read_profile(file).name == file);
                ++good;
            } catch (const InputError& error) {
                if (error.problems().empty()) FAIL("seed " << seed << ", " << name << ", round " << i);
            } catch (const std::exception& error) {
                FAIL("seed " << seed << ", " << name << ", round " << i << ": " << error.what() << "\n" << text);
            }
        }
    }
    CHECK(good > 20);
}
