// SPDX-License-Identifier: Apache-2.0
// libFuzzer's entry point; LBSIM_FUZZ_TARGET says which target of the table this executable is.
#include <cstdio>
#include <cstdlib>

#include "policy/properties/bytes.hpp"
#include "targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const lbsim::test::FuzzTarget& target : lbsim::test::fuzz_targets()) {
        if (target.name != LBSIM_FUZZ_TARGET) continue;
        try {
            target.play({data, size});
        } catch (const lbsim::test::PropertyBroken& error) {
            std::fprintf(stderr, "property broken: %s\n", error.what());
            std::abort();
        }
        return 0;
    }
    std::abort();
}
