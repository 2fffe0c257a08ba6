// SPDX-License-Identifier: Apache-2.0
// Reads a CSV of node,time,Ready.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "sim/io/import/record.hpp"
#include "sim/io/import/timestamp.hpp"
#include "sim/io/scenario/quantities.hpp"

namespace lbsim::io {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blank = " \t\r";
    const std::size_t first = text.find_first_not_of(blank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

/// The cells of a line, without blanks around them and without quotes.
std::vector<std::string_view> cells_of(std::string_view line) {
    std::vector<std::string_view> cells;
    for (;;) {
        const std::size_t comma = line.find(',');
        std::string_view cell = trimmed(line.substr(0, comma));
        if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') cell = cell.substr(1, cell.size() - 2);
        cells.push_back(cell);
        if (comma == std::string_view::npos) return cells;
        line.remove_prefix(comma + 1);
    }
}

bool is_header(const std::vector<std::string_view>& cells) {
    std::string joined;
    for (const std::string_view cell : cells) {
        for (const char c : cell) joined += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        joined += ',';
    }
    return joined == "node,time,ready,";
}

std::optional<std::int64_t> time_of(std::string_view cell) {
    if (const std::optional<std::int64_t> instant = parse_timestamp(cell)) return instant;
    const std::optional<Duration> seconds = seconds_number(std::string(cell));
    return seconds ? std::optional(seconds->count()) : std::nullopt;
}

std::optional<NodeNews> news_of(std::string_view cell) {
    if (cell == "True" || cell == "true") return NodeNews::ready;
    if (cell == "False" || cell == "false") return NodeNews::not_ready;
    if (cell == "Unknown" || cell == "unknown") return NodeNews::unknown;
    return std::nullopt;
}

/// Only what differs from the sample before; nodes are ready until their first one.
std::vector<NodeEvent> changes_of(std::vector<NodeEvent> samples) {
    std::stable_sort(samples.begin(), samples.end(), [](const NodeEvent& x, const NodeEvent& y) { return x.us < y.us; });
    std::map<std::string, NodeNews, std::less<>> last;
    std::erase_if(samples, [&](const NodeEvent& sample) {
        NodeNews& before = last.try_emplace(sample.node, NodeNews::ready).first->second;
        return std::exchange(before, sample.news) == sample.news;
    });
    return samples;
}

}  // namespace

Record read_samples(const ImportInput& input, std::vector<Problem>& problems) {
    ProblemSink sink(input.name);
    Record record{.events = {}, .is_of_samples = true};
    std::string_view rest = input.text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view text = trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (text.empty()) continue;
        const std::vector<std::string_view> cells = cells_of(text);
        if (record.events.empty() && sink.empty() && is_header(cells)) continue;
        const auto refuse = [&](const char* column, std::string_view found, const char* allowed) {
            sink.add({.line = line}, column, in_quotes(printable(found)), allowed);
        };
        if (cells.size() != 3 || cells[0].empty()) {
            refuse("/node", text, "node,time,Ready, or one JSON object of Events");
            continue;
        }
        const std::optional<std::int64_t> at = time_of(cells[1]);
        const std::optional<NodeNews> news = news_of(cells[2]);
        if (!at) refuse("/time", cells[1], "a time such as 2024-05-01T10:00:03Z, or a number of seconds");
        if (!news) refuse("/Ready", cells[2], "True, False or Unknown");
        if (at && news) record.events.push_back({.us = *at, .node = std::string(cells[0]), .news = *news});
    }
    if (record.events.empty() && sink.empty()) sink.add({.line = 1}, "", "no line of node,time,Ready", "at least one");
    problems.insert(problems.end(), sink.problems().begin(), sink.problems().end());
    record.events = changes_of(std::move(record.events));
    return record;
}

}  // namespace lbsim::io
