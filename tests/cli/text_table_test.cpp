// SPDX-License-Identifier: Apache-2.0
// Aligned columns and numbers for people.
#include "sim/cli/text_table.hpp"

#include "support/catch.hpp"

using namespace lbsim::cli;

TEST_CASE("text table: columns are as wide as their widest cell, without blanks at line ends") {
    TextTable table({{"name"}, {"n", Align::right}, {"last"}});
    table.add({"a", "1", ""});
    table.add({"größer", "100", "x"});
    CHECK(table.text() ==
          "name      n  last\n"
          "a         1\n"
          "größer  100  x\n");
}

TEST_CASE("text table: figures have three significant digits or more and no exponent") {
    CHECK(figure(0) == "0");
    CHECK(figure(1e6) == "1000000");
    CHECK(figure(1234567.5) == "1234568");
    CHECK(figure(123.45) == "123.5");
    CHECK(figure(12.345) == "12.35");
    CHECK(figure(1.5) == "1.5");
    CHECK(figure(0.5) == "0.5");
    CHECK(figure(0.01234) == "0.0123");
    CHECK(figure(0.000012345) == "0.0000123");
    CHECK(figure(-2.25) == "-2.25");
}
