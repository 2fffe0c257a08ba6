// SPDX-License-Identifier: Apache-2.0
// Releases in words: spans of variants, ranges, wrapped lines, names that do not exist.
#include "sim/cli/release_text.hpp"

#include "lbsim/core/error.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::cli;
using policy::no_last;

TEST_CASE("release text: spans hold every modelled release once, in order, and no variant follows itself") {
    const auto spans = variant_spans();
    REQUIRE_FALSE(spans.empty());
    for (std::size_t i = 1; i < spans.size(); ++i) {
        CAPTURE(to_string(spans[i].first));
        CHECK(spans[i - 1].last < spans[i].first);
        const bool is_next = spans[i].first == policy::Release{spans[i - 1].last.minor, spans[i - 1].last.patch + 1} ||
                             spans[i].first == policy::Release{spans[i - 1].last.minor + 1, 0};
        CHECK((!is_next || spans[i - 1].letter != spans[i].letter));
    }
    for (const auto& span : spans) {
        CHECK(service_controller_variant(span.first) == span.letter);
        CHECK(service_controller_variant(span.last) == span.letter);
    }
}

TEST_CASE("release text: a range to the end of a minor names its last patch") {
    CHECK(range_text({28, 0}, {28, 3}) == "1.28.0 to 1.28.3");
    CHECK(range_text({28, 4}, {28, no_last}) == "1.28.4 to 1.28.15");
    CHECK(range_text({28, 3}, {28, 3}) == "1.28.3");
}

TEST_CASE("release text: lines break at spaces, and a word that is too long stays whole") {
    CHECK(wrapped("one two three", 2, 9) == "one two\n  three");
    CHECK(wrapped("one two three", 2, 15) == "one two three");
    CHECK(wrapped("one two three", 2, 14) == "one two\n  three");
    CHECK(wrapped("unbreakable word", 4, 10) == "unbreakable\n    word");
    CHECK(wrapped("", 4, 10).empty());
}

TEST_CASE("release text: a name that is no release is refused with what is allowed and the nearest") {
    const auto message = [](const std::string& text) {
        try {
            static_cast<void>(release_named(text));
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    CHECK(message("1.28.99").find("did you mean \"1.28.15\"?") != std::string::npos);
    CHECK(message("v1.28.3").find("did you mean \"1.28.3\"?") != std::string::npos);
    CHECK(message("1.277").find("did you mean \"1.27\"?") != std::string::npos);
    CHECK(message("1.99").find("allowed: a release from \"1.") != std::string::npos);
    CHECK(message("soon").find("found \"soon\"") != std::string::npos);
    CHECK(message("").find("found \"\"") != std::string::npos);
    CHECK(message("1.28.3") == "no error");
}
