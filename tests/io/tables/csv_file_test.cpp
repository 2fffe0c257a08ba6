// SPDX-License-Identifier: Apache-2.0
// Cells of CSV files: numbers, times, quoting, errors.
#include "sim/io/tables/csv_file.hpp"

#include <charconv>
#include <cmath>
#include <csignal>
#include <limits>

#include <sys/resource.h>

#include "lbsim/core/error.hpp"
#include "lbsim/core/rng.hpp"
#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"

using namespace lbsim;
using lbsim::test::bytes_of;
using lbsim::test::ScratchFolder;

TEST_CASE("csv file: numbers are shortest and integral ones are integers") {
    CHECK(io::number_text(0.0) == "0");
    CHECK(io::number_text(-0.0) == "0");
    CHECK(io::number_text(1e6) == "1000000");
    CHECK(io::number_text(-3.0) == "-3");
    CHECK(io::number_text(1e12) == "1000000000000");
    CHECK(io::number_text(999999999999999.0) == "999999999999999");
    CHECK(io::number_text(0.1) == "0.1");
    CHECK(io::number_text(1.0 / 3.0) == "0.3333333333333333");
    CHECK(io::number_text(0.00001) == "0.00001");
    CHECK(io::number_text(123456.75) == "123456.75");
    CHECK(io::number_text(std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
    CHECK(io::number_text(std::numeric_limits<double>::denorm_min()) == "5e-324");
}

TEST_CASE("csv file: every number reads back as itself") {
    const StreamKey key(1, 0, "numbers");
    for (std::uint64_t i = 0; i < 20000; ++i) {
        const Words words = key.block(i);
        const auto exponent = static_cast<int>(words[2] % 120) - 60;
        const double value = std::ldexp(static_cast<double>(words[0]) * 0x1p32 + words[1], exponent);
        const std::string text = io::number_text(value);
        double back = 0.0;
        std::from_chars(text.data(), text.data() + text.size(), back);
        INFO("draw " << i << ", text " << text);
        REQUIRE(back == value);
    }
}

TEST_CASE("csv file: seconds have exactly six decimals and no negative zero") {
    CHECK(io::seconds_text_of(0.0) == "0.000000");
    CHECK(io::seconds_text_of(-0.0) == "0.000000");
    CHECK(io::seconds_text_of(-1e-9) == "0.000000");
    CHECK(io::seconds_text_of(-1.5) == "-1.500000");
    CHECK(io::seconds_text_of(12.3456789) == "12.345679");
    CHECK(io::seconds_text_of(1e15) == "1000000000000000.000000");
}

TEST_CASE("csv file: a row holds its cells with commas between and a line feed behind") {
    const ScratchFolder folder;
    io::CsvFile out;
    out.open(folder.path() / "table");
    out.integer(0);
    out.seconds(at_us(12'500'001));
    out.seconds(Duration{-1});
    out.empty();
    out.text("plain");
    out.text("with, comma");
    out.text("with \"quotes\"");
    out.text("two\nlines");
    out.raw("raw");
    out.integer(std::numeric_limits<std::uint64_t>::max());
    out.end_row();
    const std::string expected =
        "0,12.500001,-0.000001,,plain,\"with, comma\",\"with \"\"quotes\"\"\",\"two\nlines\",raw,18446744073709551615\n";
    CHECK(out.close() == expected.size());
    CHECK(bytes_of(folder.path() / "table") == expected);
}

TEST_CASE("csv file: a quoted cell is the text itself unless it must be quoted") {
    CHECK(io::csv_cell("web-0") == "web-0");
    CHECK(io::csv_cell("") == "");
    CHECK(io::csv_cell("a,b") == "\"a,b\"");
    CHECK(io::csv_cell("a\r") == "\"a\r\"");
}

TEST_CASE("csv file: rows larger than the buffer and many buffers come out whole") {
    const ScratchFolder folder;
    io::CsvFile out;
    out.open(folder.path() / "table");
    const std::string large(3 << 20, 'x');
    out.text(large);
    out.end_row();
    std::string expected = large + "\n";
    for (std::uint64_t i = 0; i < 300'000; ++i) {
        out.integer(i);
        out.empty();
        out.end_row();
        expected += std::to_string(i) + ",\n";
    }
    CHECK(out.close() == expected.size());
    CHECK((bytes_of(folder.path() / "table") == expected));
}

TEST_CASE("csv file: an empty table makes no file") {
    const ScratchFolder folder;
    io::CsvFile out;
    out.open(folder.path() / "table");
    CHECK(out.close() == 0);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "table"));
}

TEST_CASE("csv file: a failed write names the file and the reason") {
    const ScratchFolder folder;
    io::CsvFile out;
    out.open(folder.path() / "no such folder" / "table");
    out.integer(1);
    out.end_row();
    CHECK_THROWS_WITH(out.close(), Catch::Contains("no such folder/table") && Catch::Contains("No such file or directory"));
}

TEST_CASE("csv file: a file size limit is a failed write") {
    const ScratchFolder folder;
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    io::CsvFile out;
    out.open(folder.path() / "table");
    const auto write_much = [&] {
        for (std::uint64_t i = 0; i < 1'000'000; ++i) {
            out.integer(i);
            out.end_row();
        }
        out.close();
    };
    CHECK_THROWS_WITH(write_much(), Catch::Contains("File too large"));
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, SIG_DFL);
}
