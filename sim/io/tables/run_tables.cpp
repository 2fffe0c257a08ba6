// SPDX-License-Identifier: Apache-2.0
// Rows of the per-run tables.
#include "sim/io/tables/run_tables.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <vector>

#include "lbsim/core/check.hpp"
#include "sim/io/tables/csv_file.hpp"

namespace lbsim::io {

namespace {

using history::EventKind;
using scenario::RunResult;
using scenario::Scenario;

struct TableText {
    std::string_view file;
    std::string_view header;
};
constexpr std::array<TableText, run_table_count> tables{{
    {"events.csv", "run,event_id,t_s,kind,node,lb,service,pod,cause_event_id,detail\n"},
    {"targets.csv", "run,t_s,lb,node,from,to\n"},
    {"api_calls.csv", "run,t_s,controller,operation,object,result,wait_s,latency_s\n"},
    {"lost_connections.csv",
     "run,connection,traffic,t_s,service,lb,first_hop,endpoint,phase,cause,cause_event_id,age_s\n"},
    {"timeseries.csv",
     "run,t_s,attempted,new_ok,new_refused,new_blackholed,new_rejected,completed,dropped,established,healthy_targets,"
     "queue_length,api_calls,desynced_lbs\n"},
    {"syncs.csv", "run,lb,worker,operation,start_s,end_s,result,calls,wait_s,cause_event_id\n"},
}};

/// A name table as finished cells. An id that names nothing is an empty cell.
class Cells {
public:
    std::vector<std::string> of;

    template <class Tag>
    std::string_view operator[](Id<Tag> id) const {
        if (!id.is_valid()) return {};
        LBSIM_CHECK(id.index() < of.size(), "a row names an object that the run never made");
        return of[id.index()];
    }
};

struct Names {
    Cells nodes;
    Cells services;
    Cells pods;
    std::vector<std::string> traffic;  ///< index into Scenario::traffic
};

Names names_of(const Scenario& scenario, const RunResult& result) {
    Names names;
    for (const std::string& name : result.node_names) names.nodes.of.push_back(csv_cell(name));
    for (const scenario::Service& service : scenario.services) names.services.of.push_back(csv_cell(service.name));
    for (const scenario::PodName& pod : result.pods) {
        LBSIM_CHECK(pod.service.index() < scenario.services.size(), "a pod belongs to no service");
        const std::string& service = scenario.services[pod.service.index()].name;
        names.pods.of.push_back(csv_cell(service + "-" + std::to_string(pod.number)));
    }
    for (const scenario::Traffic& traffic : scenario.traffic) names.traffic.push_back(csv_cell(traffic.name));
    return names;
}

/// The `lb` column is filled for what a load balancer does or suffers; `service` wherever one is known.
bool is_of_load_balancer(EventKind kind) {
    return kind == EventKind::lb_update || kind == EventKind::lb_ensure || kind == EventKind::lb_in_sync ||
           kind == EventKind::lb_desynced || kind == EventKind::lb_deleted || kind == EventKind::connections_cut;
}

void event_id_cell(CsvFile& out, EventId id) {
    if (id.is_valid()) {
        out.integer(id.value);
    } else {
        out.empty();
    }
}

struct Part {
    CsvFile& out;
    const RunTablesRequest& request;
    const Names& names;

    std::size_t rows(std::size_t available) const {
        return static_cast<std::size_t>(std::min<std::uint64_t>(available, request.max_rows));
    }
};

void write_events(const Part& part) {
    CsvFile& out = part.out;
    const RunResult& result = part.request.result;
    for (std::size_t i = 0; i < part.rows(result.events.size()); ++i) {
        const history::Event& event = result.events[i];
        ServiceId service = event.service;
        if (!service.is_valid() && event.pod.is_valid() && event.pod.index() < result.pods.size()) {
            service = result.pods[event.pod.index()].service;
        }
        out.integer(part.request.run);
        out.integer(i);
        out.seconds(event.t);
        out.raw(to_string(event.kind));
        out.raw(part.names.nodes[event.node]);
        out.raw(is_of_load_balancer(event.kind) ? part.names.services[service] : std::string_view{});
        out.raw(part.names.services[service]);
        out.raw(part.names.pods[event.pod]);
        event_id_cell(out, event.cause);
        out.text(event.detail.is_valid() ? std::string_view(result.event_details.at(event.detail.index())) : std::string_view{});
        out.end_row();
    }
}

void write_targets(const Part& part) {
    CsvFile& out = part.out;
    const auto& targets = part.request.result.targets;
    for (std::size_t i = 0; i < part.rows(targets.size()); ++i) {
        const history::TargetChange& change = targets[i];
        out.integer(part.request.run);
        out.seconds(change.t);
        out.raw(part.names.services[change.service]);
        out.raw(part.names.nodes[change.node]);
        out.raw(to_string(change.from));
        out.raw(to_string(change.to));
        out.end_row();
    }
}

void write_api_calls(const Part& part) {
    CsvFile& out = part.out;
    const auto& calls = part.request.result.api_calls;
    for (std::size_t i = 0; i < part.rows(calls.size()); ++i) {
        const history::ApiCall& call = calls[i];
        out.integer(part.request.run);
        out.seconds(call.t);
        out.text(call.controller);
        out.text(call.operation);
        out.raw(call.service.is_valid() ? part.names.services[call.service] : part.names.nodes[call.node]);
        out.raw(to_string(call.result));
        out.seconds(call.wait);
        out.seconds(call.latency);
        out.end_row();
    }
}

/// The cell of a connection's name, all but its last part: `<traffic>/<service>/`, with an opening quote where needed.
struct ConnectionPrefix {
    std::string text;
    bool is_quoted = false;
};

std::vector<ConnectionPrefix> connection_prefixes(const Scenario& scenario) {
    std::vector<ConnectionPrefix> prefixes;
    for (const scenario::Traffic& traffic : scenario.traffic) {
        LBSIM_CHECK(traffic.service < scenario.services.size(), "traffic goes to no service");
        const std::string plain = traffic.name + "/" + scenario.services[traffic.service].name + "/";
        std::string cell = csv_cell(plain);
        const bool is_quoted = cell != plain;
        if (is_quoted) cell.pop_back();
        prefixes.push_back({std::move(cell), is_quoted});
    }
    return prefixes;
}

void connection_cell(CsvFile& out, const ConnectionPrefix& prefix, std::uint64_t slot, std::uint64_t k) {
    char* p = out.reserve(prefix.text.size() + 44);
    std::memcpy(p, prefix.text.data(), prefix.text.size());
    p += prefix.text.size();
    p = std::to_chars(p, p + 20, slot).ptr;
    *p++ = '.';
    p = std::to_chars(p, p + 20, k).ptr;
    if (prefix.is_quoted) *p++ = '"';
    out.end_cell(p);
}

void write_lost_connections(const Part& part) {
    CsvFile& out = part.out;
    const Scenario& scenario = part.request.scenario;
    const auto& lost = part.request.result.lost_connections;
    const std::vector<ConnectionPrefix> prefixes = connection_prefixes(scenario);
    for (std::size_t i = 0; i < part.rows(lost.size()); ++i) {
        const scenario::LostConnection& connection = lost[i];
        LBSIM_CHECK(connection.traffic < prefixes.size(), "a lost connection belongs to no traffic");
        const std::string_view service = part.names.services[ServiceId{scenario.traffic[connection.traffic].service}];
        out.integer(part.request.run);
        connection_cell(out, prefixes[connection.traffic], connection.slot, connection.k);
        out.raw(part.names.traffic[connection.traffic]);
        out.seconds(connection.t);
        out.raw(service);
        out.raw(service);
        out.raw(part.names.nodes[connection.first_hop]);
        out.raw(part.names.pods[connection.endpoint]);
        out.raw(is_of_new_connection(connection.cause) ? "new" : "established");
        out.raw(to_string(connection.cause));
        event_id_cell(out, connection.cause_event);
        out.seconds(connection.age);
        out.end_row();
    }
}

void write_timeseries(const Part& part) {
    CsvFile& out = part.out;
    Time t = time_zero;
    for (const scenario::TimeBin& bin : part.request.result.bins) {
        out.integer(part.request.run);
        out.seconds(t);
        for (const std::uint64_t value :
             {bin.attempted, bin.new_ok, bin.new_refused, bin.new_blackholed, bin.new_rejected, bin.completed,
              bin.dropped, bin.established, bin.healthy_targets, bin.queue_length, bin.api_calls, bin.desynced_lbs}) {
            out.integer(value);
        }
        out.end_row();
        t += part.request.result.bin;
    }
}

void write_syncs(const Part& part) {
    CsvFile& out = part.out;
    const auto& syncs = part.request.result.syncs;
    for (std::size_t i = 0; i < part.rows(syncs.size()); ++i) {
        const history::Sync& sync = syncs[i];
        out.integer(part.request.run);
        out.raw(part.names.services[sync.service]);
        out.integer(sync.worker);
        out.raw(policy::to_string(sync.operation));
        out.seconds(sync.start);
        if (sync.result == history::SyncResult::running) {
            out.empty();
        } else {
            out.seconds(sync.end);
        }
        out.raw(to_string(sync.result));
        out.integer(sync.calls);
        out.seconds(sync.wait);
        event_id_cell(out, sync.cause);
        out.end_row();
    }
}

}  // namespace

std::string_view file_name(RunTable table) { return tables[static_cast<std::size_t>(table)].file; }
std::string_view header(RunTable table) { return tables[static_cast<std::size_t>(table)].header; }

std::filesystem::path part_path(const std::filesystem::path& folder, RunTable table, std::uint64_t run) {
    std::string name(file_name(table));
    if (run > 0) name += "." + std::to_string(run);
    return folder / name;
}

PartSizes write_run_tables(const RunTablesRequest& request) {
    static constexpr std::array<void (*)(const Part&), run_table_count> writers{
        write_events, write_targets, write_api_calls, write_lost_connections, write_timeseries,
        write_syncs};
    const Names names = names_of(request.scenario, request.result);
    CsvFile out;
    PartSizes sizes{};
    for (std::size_t i = 0; i < run_table_count; ++i) {
        const RunTable table{i};
        out.open(part_path(request.folder, table, request.run));
        if (request.run == 0) out.bytes(header(table));
        writers[i]({out, request, names});
        sizes[i] = out.close();
    }
    return sizes;
}

}  // namespace lbsim::io
