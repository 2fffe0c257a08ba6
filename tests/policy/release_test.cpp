// SPDX-License-Identifier: Apache-2.0
// Names of releases and their variants.
#include "lbsim/policy/release.hpp"

#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
std::string last_of(std::string_view minor) {
    const auto parsed = parse_release(minor);
    return parsed.release ? to_string(*parsed.release) : "none";
}
ReleaseError error_of(std::string_view text) {
    const auto parsed = parse_release(text);
    REQUIRE_FALSE(parsed.release);
    return parsed.error;
}
std::string_view variant_of(std::string_view text) {
    return service_controller_variant(parse_release(text).release.value());
}
}  // namespace

TEST_CASE("release: a minor alone names its last patch") {
    CHECK(last_of("1.24") == "1.24.17");
    CHECK(last_of("1.25") == "1.25.16");
    CHECK(last_of("1.26") == "1.26.15");
    CHECK(last_of("1.27") == "1.27.16");
    CHECK(last_of("1.28") == "1.28.15");
    CHECK(last_of("1.29") == "1.29.15");
    CHECK(last_of("1.30") == "1.30.14");
    CHECK(last_of("1.31") == "1.31.14");
    CHECK(last_of("1.32") == "1.32.13");
    CHECK(last_of("1.33") == "1.33.13");
}

TEST_CASE("release: every listed minor parses and is listed oldest first") {
    int before = 0;
    for (const auto text : modelled_releases()) {
        CAPTURE(std::string(text));
        const auto parsed = parse_release(text);
        REQUIRE(parsed.release);
        CHECK(parsed.release->minor > before);
        before = parsed.release->minor;
    }
    CHECK(modelled_releases().size() == 18);
}

TEST_CASE("release: a patch is taken as written, up to the last one") {
    CHECK(parse_release("1.28.0").release == Release{28, 0});
    CHECK(parse_release("1.28.15").release == Release{28, 15});
    CHECK(error_of("1.28.16") == ReleaseError::unknown);
}

TEST_CASE("release: a text that is no release is malformed") {
    for (const auto* text : {"", "1", "1.", "v1.30", "1.30.", "1.30.1.", "1.30.1.2", "1.030", "01.30", "1.3O", " 1.30",
                             "1.30 ", "-1.30", "1.-30", "1.30-rc.1", "1,30"}) {
        CAPTURE(text);
        CHECK(error_of(text) == ReleaseError::malformed);
    }
}

TEST_CASE("release: a well-formed text of no release is unknown") {
    for (const auto* text : {"1.18", "1.37", "2.0", "0.30", "1.99999999999999999999", "1.24.18", "1.19.17", "1.36.7"}) {
        CAPTURE(text);
        CHECK(error_of(text) == ReleaseError::unknown);
    }
}

TEST_CASE("release: variants change at the patches upstream changed them") {
    // Just before and exactly at each boundary of the table of blobs.
    CHECK(variant_of("1.19.0") == "A");
    CHECK(variant_of("1.20.15") == "A");
    CHECK(variant_of("1.21.0") == "B");
    CHECK(variant_of("1.21.6") == "B");
    CHECK(variant_of("1.21.7") == "C");
    CHECK(variant_of("1.22.3") == "B");
    CHECK(variant_of("1.22.4") == "C");
    CHECK(variant_of("1.23") == "C");
    CHECK(variant_of("1.24.0") == "C");
    CHECK(variant_of("1.24") == "C");
    CHECK(variant_of("1.25.0") == "D");
    CHECK(variant_of("1.25.2") == "D");
    CHECK(variant_of("1.25.3") == "C");
    CHECK(variant_of("1.25.16") == "C");
    CHECK(variant_of("1.26.0") == "E");
    CHECK(variant_of("1.26.4") == "E");
    CHECK(variant_of("1.26.5") == "F");
    CHECK(variant_of("1.26.10") == "F");
    CHECK(variant_of("1.26.11") == "G");
    CHECK(variant_of("1.26") == "G");
    CHECK(variant_of("1.27.0") == "H");
    CHECK(variant_of("1.27.1") == "H");
    CHECK(variant_of("1.27.2") == "I");
    CHECK(variant_of("1.27.7") == "I");
    CHECK(variant_of("1.27.8") == "J");
    CHECK(variant_of("1.27") == "J");
    CHECK(variant_of("1.28.0") == "K");
    CHECK(variant_of("1.28.3") == "K");
    CHECK(variant_of("1.28.4") == "L");
    CHECK(variant_of("1.28") == "L");
    CHECK(variant_of("1.29.0") == "M");
    CHECK(variant_of("1.30") == "M");
    CHECK(variant_of("1.31") == "M");
    CHECK(variant_of("1.32.0") == "N");
    CHECK(variant_of("1.33") == "N");
    CHECK(variant_of("1.34.0") == "O");
    CHECK(variant_of("1.36") == "O");
}
