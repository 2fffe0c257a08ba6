// SPDX-License-Identifier: Apache-2.0
// Rows of the tables as values.
#include "sim/cli/result_folder.hpp"

#include <charconv>

#include "lbsim/core/error.hpp"
#include "sim/io/tables/csv_reader.hpp"
#include "sim/io/tables/manifest.hpp"

namespace lbsim::cli {

namespace {

std::optional<std::size_t> whole(const std::string& cell) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size()) return std::nullopt;
    return value;
}

/// The cells that are not empty, with spaces between.
std::string joined(std::initializer_list<std::string> cells) {
    std::string text;
    for (const std::string& cell : cells) {
        if (!cell.empty()) text += (text.empty() ? "" : " ") + cell;
    }
    return text;
}

}  // namespace

ResultFolder::ResultFolder(std::filesystem::path folder) : folder_(std::move(folder)) {
    if (io::holds_manifest(folder_)) return;
    throw InputError({Problem{.file = folder_.string(),
                              .line = std::nullopt,
                              .pointer = "",
                              .found = "no manifest.json of lbsim",
                              .allowed = "a folder that `lbsim run` wrote",
                              .hint = ""}});
}

std::vector<RunLabel> ResultFolder::runs() const {
    io::CsvReader table(folder_ / "runs.csv");
    const std::size_t variant = table.column("variant");
    const std::size_t replication = table.column("replication");
    const std::size_t seed = table.column("seed");
    std::vector<RunLabel> runs;
    while (table.next()) runs.push_back({table[variant], table[replication], table[seed]});
    return runs;
}

void ResultFolder::for_each_run(const std::function<bool(std::uint64_t, const std::vector<EventRow>&)>& visit) const {
    io::CsvReader table(folder_ / "events.csv");
    const std::size_t run = table.column("run");
    const std::size_t t_s = table.column("t_s");
    const std::size_t kind = table.column("kind");
    const std::size_t node = table.column("node");
    const std::size_t service = table.column("service");
    const std::size_t pod = table.column("pod");
    const std::size_t cause = table.column("cause_event_id");
    const std::size_t detail = table.column("detail");
    std::vector<EventRow> events;
    std::uint64_t current = 0;
    while (table.next()) {
        const std::uint64_t row_run = whole(table[run]).value_or(0);
        if (row_run != current) {
            if (!events.empty() && !visit(current, events)) return;
            events.clear();
            current = row_run;
        }
        const std::string& owner = table[pod].empty() ? table[service] : table[pod];
        events.push_back({table[t_s], table[kind], joined({table[node], owner}), table[detail], whole(table[cause])});
    }
    if (!events.empty()) visit(current, events);
}

std::vector<EventRow> ResultFolder::events_of(std::uint64_t run) const {
    std::vector<EventRow> found;
    for_each_run([&](std::uint64_t current, const std::vector<EventRow>& events) {
        if (current == run) found = events;
        return current < run;
    });
    return found;
}

void ResultFolder::for_each_loss(const std::function<bool(const LossRow&)>& visit) const {
    io::CsvReader table(folder_ / "lost_connections.csv");
    const std::size_t run = table.column("run");
    const std::size_t connection = table.column("connection");
    const std::size_t t_s = table.column("t_s");
    const std::size_t first_hop = table.column("first_hop");
    const std::size_t endpoint = table.column("endpoint");
    const std::size_t phase = table.column("phase");
    const std::size_t cause = table.column("cause");
    const std::size_t cause_event = table.column("cause_event_id");
    const std::size_t age = table.column("age_s");
    while (table.next()) {
        const LossRow row{.run = whole(table[run]).value_or(0),
                          .connection = table[connection],
                          .t_s = table[t_s],
                          .first_hop = table[first_hop],
                          .endpoint = table[endpoint],
                          .phase = table[phase],
                          .cause = table[cause],
                          .cause_event = whole(table[cause_event]),
                          .age_s = table[age]};
        if (!visit(row)) return;
    }
}

}  // namespace lbsim::cli
