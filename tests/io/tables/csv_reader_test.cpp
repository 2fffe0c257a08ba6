// SPDX-License-Identifier: Apache-2.0
// Reading back what CsvFile writes.
#include "sim/io/tables/csv_reader.hpp"

#include <fstream>

#include "lbsim/core/error.hpp"
#include "sim/io/tables/csv_file.hpp"
#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"

using namespace lbsim;
using lbsim::test::ScratchFolder;

TEST_CASE("csv reader: every cell comes back as it was written") {
    const ScratchFolder folder;
    const std::vector<std::string> cells{"plain", "", "a,b", "\"", "\"\"", "line\nend", "\r", "x\"y\"", ""};
    io::CsvFile out;
    out.open(folder.path() / "table");
    for (std::size_t i = 0; i < cells.size(); ++i) out.text("c" + std::to_string(i));
    out.end_row();
    for (int row = 0; row < 2; ++row) {
        for (const std::string& cell : cells) out.text(cell);
        out.end_row();
    }
    out.close();
    io::CsvReader in(folder.path() / "table");
    for (int row = 0; row < 2; ++row) {
        REQUIRE(in.next());
        for (std::size_t i = 0; i < cells.size(); ++i) CHECK(in[in.column("c" + std::to_string(i))] == cells[i]);
    }
    CHECK_FALSE(in.next());
}

TEST_CASE("csv reader: a last row without a line end is read") {
    const ScratchFolder folder;
    std::ofstream(folder.path() / "table") << "a,b\n1,2";
    io::CsvReader in(folder.path() / "table");
    REQUIRE(in.next());
    CHECK(in[1] == "2");
    CHECK_FALSE(in.next());
}

TEST_CASE("csv reader: what is no table is refused with its place") {
    const ScratchFolder folder;
    std::ofstream(folder.path() / "table") << "a,b\n1,2\n3\n";
    io::CsvReader in(folder.path() / "table");
    CHECK_THROWS_WITH(in.column("c"), Catch::Contains("no column c"));
    CHECK(in.next());
    CHECK_THROWS_WITH(in.next(), Catch::Contains("table:3:") && Catch::Contains("1 cells under 2 columns"));
    CHECK_THROWS_AS(io::CsvReader(folder.path() / "absent"), InputError);
    std::ofstream(folder.path() / "empty");
    CHECK_THROWS_AS(io::CsvReader(folder.path() / "empty"), InputError);
}
