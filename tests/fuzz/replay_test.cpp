// SPDX-License-Identifier: Apache-2.0
// Plays again, without libFuzzer, every input that once showed a fault.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "lbsim/core/check.hpp"
#include "support/catch.hpp"
#include "targets.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace

TEST_CASE("fuzz: what once showed a fault shows none") {
    const std::filesystem::path folder = LBSIM_SOURCE_DIR "/tests/fuzz/regressions";
    for (const FuzzTarget& target : fuzz_targets()) {
        for (const auto& file : files_in(folder / target.name)) {
            CAPTURE(file);
            set_check_context(file.string());
            CHECK_NOTHROW(target.play(bytes_of(file)));
        }
    }
    set_check_context({});
}

TEST_CASE("fuzz: every folder of regressions belongs to a target, and every target takes no bytes") {
    for (const auto& folder : files_in(LBSIM_SOURCE_DIR "/tests/fuzz/regressions")) {
        const auto has_name = [&](const FuzzTarget& target) { return target.name == folder.filename().string(); };
        CAPTURE(folder);
        CHECK(std::any_of(fuzz_targets().begin(), fuzz_targets().end(), has_name));
    }
    for (const FuzzTarget& target : fuzz_targets()) CHECK_NOTHROW(target.play({}));
}
