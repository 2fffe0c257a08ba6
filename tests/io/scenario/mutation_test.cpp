// SPDX-License-Identifier: Apache-2.0
// Random damage to a good file: the reader answers with a study or an InputError, never otherwise.
#include <iterator>

#include "io/scenario/mutator.hpp"
#include "io/scenario/scenario_file.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

std::string read_all(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("scenario reader: damaged files give a study or problems, never a crash") {
    const std::uint64_t seed = test_seed();
    const Folder folder;
    std::size_t good = 0;
    for (const char* name : {"drain_of_a_busy_node", "one_node_flaps"}) {
        const std::string whole = read_all(LBSIM_SOURCE_DIR "/scenarios/" + std::string(name) + ".json");
        REQUIRE_FALSE(whole.empty());
        Mutator mutator(seed);
        for (int i = 0; i < 2000; ++i) {
            const std::string text = mutator.damage(whole);
            try {
                io::read_study(folder.write("test.json", text));
                ++good;
            } catch (const InputError& error) {
                if (error.problems().empty()) FAIL("seed " << seed << ", round " << i);
            } catch (const std::exception& error) {
                FAIL("seed " << seed << ", round " << i << ": " << error.what() << "\n" << text);
            }
        }
    }
    CHECK(good > 20);
}
