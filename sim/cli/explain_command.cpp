// SPDX-License-Identifier: Apache-2.0
// `lbsim explain DIR`: chains of causes, read from the tables alone.
#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "lbsim/core/error.hpp"
#include "sim/cli/cli.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/console.hpp"
#include "sim/cli/result_folder.hpp"
#include "sim/cli/text_table.hpp"

namespace lbsim::cli {

namespace {

using Events = std::span<const EventRow>;

/// Ids from the event that started it all to `last`. An id beyond the rows kept ends the chain.
std::vector<std::size_t> chain_to(Events events, std::size_t last) {
    std::vector<std::size_t> chain{last};
    while (last < events.size() && events[last].cause && *events[last].cause < last) {
        last = *events[last].cause;
        chain.push_back(last);
    }
    std::reverse(chain.begin(), chain.end());
    return chain;
}

std::vector<std::string> cells_of(Events events, std::size_t id) {
    if (id >= events.size()) return {"?", "#" + std::to_string(id), "beyond the rows kept (--max-rows)", "", ""};
    const EventRow& event = events[id];
    return {event.t_s, "#" + std::to_string(id), event.kind, event.object, event.detail};
}

TextTable event_table() { return TextTable({{"t_s", Align::right}, {"event"}, {"what"}, {"where"}, {"detail"}}); }

std::string run_text(const ResultFolder& folder, std::uint64_t run) {
    const std::vector<RunLabel> runs = folder.runs();
    if (run >= runs.size()) return "run " + std::to_string(run);
    return "run " + std::to_string(run) + ": variant \"" + runs[run].variant + "\", replication " + runs[run].replication +
           ", seed " + runs[run].seed;
}

[[noreturn]] void throw_absent(const ExplainArguments& arguments, const std::string& allowed) {
    throw InputError({Problem{.file = arguments.folder,
                              .line = std::nullopt,
                              .pointer = "",
                              .found = "no \"" + arguments.row + "\"" +
                                       (arguments.run ? " in run " + std::to_string(*arguments.run) : ""),
                              .allowed = allowed,
                              .hint = ""}});
}

std::string explain_connection(const ResultFolder& folder, const ExplainArguments& arguments) {
    std::optional<LossRow> loss;
    std::size_t elsewhere = 0;
    folder.for_each_loss([&](const LossRow& row) {
        if (row.connection != arguments.row) return true;
        if (!loss && (!arguments.run || row.run == *arguments.run)) {
            loss = row;
        } else {
            ++elsewhere;
        }
        return true;
    });
    if (!loss) throw_absent(arguments, "a connection of lost_connections.csv or an event_id of events.csv");
    std::string out = loss->connection + " was lost at " + loss->t_s + " s, " + loss->age_s +
                      " s after its first SYN (" + loss->phase + ", " + loss->cause + ").\n";
    out += run_text(folder, loss->run) + "\n";
    out += "first hop: " + (loss->first_hop.empty() ? "none" : loss->first_hop) +
           "; endpoint: " + (loss->endpoint.empty() ? "none" : loss->endpoint) + "\n\n";
    TextTable table = event_table();
    if (loss->cause_event) {
        const std::vector<EventRow> events = folder.events_of(loss->run);
        for (const std::size_t id : chain_to(events, *loss->cause_event)) table.add(cells_of(events, id));
    }
    table.add({loss->t_s, "", "the connection is lost: " + loss->cause, loss->first_hop, ""});
    out += table.text();
    if (elsewhere > 0) out += "\nA connection of this name was also lost in " + counted(elsewhere, "other row") + "; see --run.\n";
    return out;
}

std::string explain_event(const ResultFolder& folder, const ExplainArguments& arguments, std::size_t id) {
    constexpr std::size_t most_consequences = 20;
    const std::uint64_t run = arguments.run.value_or(0);
    const std::vector<EventRow> events = folder.events_of(run);
    if (id >= events.size()) throw_absent(arguments, "an event_id below " + std::to_string(events.size()));
    std::string out = run_text(folder, run) + "\n\n";
    TextTable table = event_table();
    for (const std::size_t link : chain_to(events, id)) table.add(cells_of(events, link));
    out += table.text();
    std::size_t consequences = 0;
    TextTable followers = event_table();
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].cause != id) continue;
        if (consequences++ < most_consequences) followers.add(cells_of(events, i));
    }
    std::map<std::string, std::size_t> losses;
    folder.for_each_loss([&](const LossRow& row) {
        if (row.run == run && row.cause_event == id) ++losses[row.cause];
        return row.run <= run;
    });
    if (consequences > 0) {
        out += "\nIt caused " + counted(consequences, "event") +
               (consequences > most_consequences ? ", the first " + std::to_string(most_consequences) : "") + ":\n" +
               followers.text();
    }
    for (const auto& [cause, count] : losses) out += "\nIt lost " + counted(count, "connection") + " by " + cause + ".\n";
    return out;
}

/// Losses of all runs, grouped by variant, cause, kind of the event that killed and the event it all began with.
std::string explain_all(const ResultFolder& folder) {
    const std::vector<RunLabel> runs = folder.runs();
    std::map<std::uint64_t, std::map<std::tuple<std::string, std::optional<std::size_t>>, std::size_t>> by_run;
    folder.for_each_loss([&](const LossRow& row) {
        ++by_run[row.run][{row.cause, row.cause_event}];
        return true;
    });
    if (by_run.empty()) return "No connection was lost.\n";
    std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> groups;
    const auto add_run = [&](std::uint64_t run, Events events) {
        const std::string variant = run < runs.size() ? runs[run].variant : "?";
        for (const auto& [key, count] : by_run[run]) {
            const auto& [cause, event] = key;
            std::string killer = "-";
            std::string origin = "-";
            if (event && *event < events.size()) {
                killer = events[*event].kind;
                const EventRow& first = events[chain_to(events, *event).front()];
                origin = first.detail.empty() ? first.kind : first.detail;
            }
            groups[{variant, cause, killer, origin}] += count;
        }
        by_run.erase(run);
    };
    folder.for_each_run([&](std::uint64_t run, const std::vector<EventRow>& events) {
        add_run(run, events);
        return true;
    });
    while (!by_run.empty()) add_run(by_run.begin()->first, {});
    TextTable table({{"variant"}, {"cause"}, {"by event"}, {"which began with"}, {"connections", Align::right}});
    for (const auto& [key, count] : groups) {
        const auto& [variant, cause, killer, origin] = key;
        table.add({variant, cause, killer, origin, std::to_string(count)});
    }
    return table.text() + "\nRows of lost_connections.csv over all replications; name one to see its chain of events.\n";
}

bool is_number(const std::string& text) {
    return !text.empty() && text.size() < 19 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

int explain_command(const ExplainArguments& arguments) {
    const ResultFolder folder(arguments.folder);
    std::string text;
    if (arguments.row.empty()) {
        text = explain_all(folder);
    } else if (is_number(arguments.row)) {
        text = explain_event(folder, arguments, std::stoull(arguments.row));
    } else {
        text = explain_connection(folder, arguments);
    }
    return print(text) ? exit_fine : exit_bad_input;
}

}  // namespace lbsim::cli
