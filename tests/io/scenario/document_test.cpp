// SPDX-License-Identifier: Apache-2.0
// What is no JSON, or JSON that nlohmann alone would let pass: duplicate keys, depth, bytes.
#include <algorithm>

#include "io/scenario/scenario_file.hpp"
#include "sim/io/scenario/json_document.hpp"
#include "sim/io/scenario/problems.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::test;

namespace {

/// The one problem of a text that is no JSON document.
Problem only_problem(std::string_view text) {
    const std::vector<Problem> problems = problems_of(text);
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].file == "test.json");
    CHECK(problems[0].pointer.empty());
    return problems[0];
}

std::string nested(std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += '[';
    for (std::size_t i = 0; i < depth; ++i) text += ']';
    return text;
}

}  // namespace

TEST_CASE("scenario reader: text that ends too early is refused with its line") {
    const std::string whole(plain_scenario);
    const Problem problem = only_problem(whole.substr(0, whole.find("\"timeline\"")));
    CHECK(problem.line == 15);  // the comma behind the closing bracket of traffic
    CHECK(contains(problem.found, "unexpected end of input"));
    CHECK(contains(problem.allowed, "one JSON object in UTF-8"));
    CHECK(only_problem("{\n\"duration\": \"10").line == 2);
    for (std::size_t n = 0; n + 1 < whole.size(); n += 7) CHECK(problems_of(whole.substr(0, n)).size() == 1);
}

TEST_CASE("scenario reader: syntax errors name the line of the fault") {
    CHECK(only_problem("{\n  \"duration\": \"1m\",\n  \"seed\": nan\n}").line == 3);
    CHECK(contains(only_problem("{\"seed\": NaN}").found, "invalid literal"));
    CHECK(contains(only_problem("{\"seed\": 1e999}").found, "1e999"));
    CHECK(only_problem("{\"seed\": 01}").line == 1);
    CHECK(only_problem("{\n\n\"seed\": 1,\n}").line == 4);
    CHECK(only_problem("{\n\"seed\": 1\n} {").line == 3);
    CHECK(only_problem("{\n\"a\nb\": 1}").line == 2);
    CHECK(only_problem("// no comments\n{}").line == 1);
}

TEST_CASE("scenario reader: what is no UTF-8 JSON text is said plainly") {
    CHECK(contains(only_problem("").found, "no content"));
    CHECK(contains(only_problem(" \n\t").found, "no content"));
    CHECK(contains(only_problem(std::string("\x7f" "ELF\0\1\2", 7)).found, "binary data (a zero byte at offset 4)"));
    CHECK(contains(only_problem("\xff\xfe{").found, "UTF-16"));
    const Problem latin1 = only_problem("{\n\"question\": \"caf\xe9\"}");
    CHECK(latin1.line == 2);
    CHECK(contains(latin1.found, "UTF-8"));
    const bool printable = std::all_of(latin1.found.begin(), latin1.found.end(),
                                       [](char c) { return c >= 0x20 && c < 0x7f; });
    CHECK(printable);
}

TEST_CASE("scenario reader: a document must be an object") {
    CHECK(contains(only_problem("[1, 2]").found, "an array of 2 values"));
    CHECK(contains(only_problem("\"10m\"").found, "\"10m\""));
    CHECK(contains(only_problem("null").found, "null"));
    CHECK(contains(only_problem("12").allowed, "one JSON object"));
}

TEST_CASE("scenario reader: a byte order mark is skipped") {
    CHECK(study_of("\xef\xbb\xbf" + std::string(plain_scenario)).variants.size() == 1);
}

TEST_CASE("scenario reader: a duplicate key is reported with both lines and reading goes on") {
    const auto problems = problems_of(R"({
  "duration": "10m",
  "cluster": {"node_pools": [{"nodes": 1}, {"name": "b",
    "name": "c"}]},
  "duration": "20m",
  "services": [{}], "sede": 1
})");
    INFO(texts_of(problems));
    REQUIRE(problems.size() == 3);
    CHECK(problems[0].pointer == "/cluster/node_pools/1/name");
    CHECK(problems[0].line == 4);
    CHECK(contains(problems[0].found, "key \"name\" a second time"));
    CHECK(contains(problems[0].hint, "line 3"));
    CHECK(problems[1].pointer == "/duration");
    CHECK(problems[1].line == 5);
    CHECK(contains(problems[1].hint, "line 2"));
    CHECK(problems[2].pointer == "/sede");
}

TEST_CASE("scenario reader: 64 levels of nesting pass and 65 do not") {
    for (const std::size_t depth : {std::size_t{64}, std::size_t{65}, std::size_t{1'000'000}}) {
        io::ProblemSink sink("f");
        const auto document = io::parse_json(nested(depth), io::Origin::Source::file, sink);
        CHECK(document.has_value() == (depth == 64));
        CHECK(sink.problems().size() == (depth == 64 ? 0 : 1));
        if (depth > 64) CHECK(contains(sink.problems()[0].found, "nesting deeper than 64 levels"));
    }
}

TEST_CASE("scenario reader: numbers keep their exact text and values their lines") {
    io::ProblemSink sink("f");
    const auto document = io::parse_json("{\"a\":18446744073709551616,\n\"b\":[1e3\n,-0,\n 0.10],\"c\":\n{}}",
                                         io::Origin::Source::file, sink);
    REQUIRE(document);
    CHECK(document->find("a")->text == "18446744073709551616");
    const io::JsonValue& b = *document->find("b");
    CHECK(b.origin.line == 2);
    CHECK(b.items.at(0).text == "1e3");
    CHECK(b.items.at(0).origin.line == 2);
    CHECK(b.items.at(1).text == "-0");
    CHECK(b.items.at(1).origin.line == 3);
    CHECK(b.items.at(2).text == "0.10");
    CHECK(b.items.at(2).origin.line == 4);
    CHECK(document->find("c")->origin.line == 5);
    CHECK(document->members.at(2).origin.line == 4);
}
