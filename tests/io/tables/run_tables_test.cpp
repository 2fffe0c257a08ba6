// SPDX-License-Identifier: Apache-2.0
// Exact bytes of the per-run tables of a result made by hand.
#include "sim/io/tables/run_tables.hpp"

#include <chrono>

#include "support/catch.hpp"
#include "tests/io/tables/scratch_folder.hpp"

using namespace lbsim;
using history::EventKind;
using history::TargetState;
using lbsim::test::bytes_of;
using lbsim::test::ScratchFolder;
using scenario::LossCause;

namespace {

scenario::Scenario two_services() {
    scenario::Scenario scenario;
    scenario.name = "by hand";
    scenario.services.resize(2);
    scenario.services[0].name = "web";
    scenario.services[1].name = "api";
    scenario.traffic.resize(2);
    scenario.traffic[0].name = "long";
    scenario.traffic[0].service = 0;
    scenario.traffic[1].name = "short, hot";
    scenario.traffic[1].service = 1;
    return scenario;
}

history::Event event(Time t, EventKind kind) {
    history::Event e;
    e.t = t;
    e.kind = kind;
    return e;
}

history::TargetChange turn(std::int64_t us, ServiceId service, NodeId node, TargetState from, TargetState to) {
    return {.t = at_us(us), .service = service, .node = node, .from = from, .to = to};
}

scenario::RunResult small_result() {
    scenario::RunResult result;
    result.node_names = {"workers-0", "workers-1"};
    result.pods = {{ServiceId{0u}, 0}, {ServiceId{1u}, 3}};

    history::Event line = event(at_us(3'000'000), EventKind::timeline);
    result.event_details = {"timeline[0] vm_off, \"gone\""};
    line.detail = TextId{0u};
    history::Event off = event(at_us(3'000'000), EventKind::vm_off);
    off.node = NodeId{1u};
    off.cause = EventId{0u};
    history::Event update = event(at_us(4'000'001), EventKind::lb_update);
    update.service = ServiceId{0u};
    update.cause = EventId{1u};
    history::Event exited = event(at_us(5'000'000), EventKind::pod_exited);
    exited.pod = PodId{1u};
    exited.node = NodeId{0u};
    result.events = {line, off, update, exited};

    result.targets = {turn(24'000'000, ServiceId{0u}, NodeId{1u}, TargetState::passing, TargetState::failing),
                      turn(30'500'000, ServiceId{1u}, NodeId{0u}, TargetState::failing, TargetState::out)};

    history::ApiCall call;
    call.t = at_us(4'000'001);
    call.controller = "service-controller";
    call.operation = "UpdateLoadBalancer";
    call.mutates = true;
    call.service = ServiceId{0u};
    call.wait = 250ms;
    call.latency = 2s;
    history::ApiCall look;
    look.t = at_us(6'000'000);
    look.controller = "cloud-node-lifecycle-controller";
    look.operation = "InstanceExists";
    look.node = NodeId{1u};
    look.result = history::CallResult::throttled;
    result.api_calls = {call, look};

    result.lost_connections = {
        {at_us(3'000'000), 0, 17, 2, NodeId{1u}, PodId{0u}, LossCause::vm_off, EventId{1u}, Duration{2'500'000}},
        {at_us(4'200'000), 1, 0, 0, NodeId{}, PodId{}, LossCause::refused, EventId{}, Duration{0}},
    };

    scenario::TimeBin bin;
    bin.attempted = 1;
    bin.new_ok = 2;
    bin.new_refused = 3;
    bin.new_blackholed = 4;
    bin.new_rejected = 5;
    bin.completed = 6;
    bin.dropped = 7;
    bin.established = 8;
    bin.healthy_targets = 9;
    bin.queue_length = 10;
    bin.api_calls = 11;
    bin.desynced_lbs = 12;
    result.bins = {bin, scenario::TimeBin{}};
    result.bin = 500ms;
    return result;
}

io::PartSizes write(const ScratchFolder& folder, std::uint64_t run, std::uint64_t max_rows = 1'000'000) {
    const scenario::Scenario scenario = two_services();
    const scenario::RunResult result = small_result();
    return io::write_run_tables(
        {.folder = folder.path(), .run = run, .max_rows = max_rows, .scenario = scenario, .result = result});
}

}  // namespace

TEST_CASE("run tables: events carry ids, names, causes and quoted details") {
    const ScratchFolder folder;
    write(folder, 0);
    CHECK(bytes_of(folder.path() / "events.csv") ==
          "run,event_id,t_s,kind,node,lb,service,pod,cause_event_id,detail\n"
          "0,0,3.000000,timeline,,,,,,\"timeline[0] vm_off, \"\"gone\"\"\"\n"
          "0,1,3.000000,vm_off,workers-1,,,,0,\n"
          "0,2,4.000001,lb_update,,web,web,,1,\n"
          "0,3,5.000000,pod_exited,workers-0,,api,api-3,,\n");
}

TEST_CASE("run tables: targets name both states") {
    const ScratchFolder folder;
    write(folder, 0);
    CHECK(bytes_of(folder.path() / "targets.csv") ==
          "run,t_s,lb,node,from,to\n"
          "0,24.000000,web,workers-1,passing,failing\n"
          "0,30.500000,api,workers-0,failing,out\n");
}

TEST_CASE("run tables: API calls name a load balancer or an instance") {
    const ScratchFolder folder;
    write(folder, 0);
    CHECK(bytes_of(folder.path() / "api_calls.csv") ==
          "run,t_s,controller,operation,object,result,wait_s,latency_s\n"
          "0,4.000001,service-controller,UpdateLoadBalancer,web,ok,0.250000,2.000000\n"
          "0,6.000000,cloud-node-lifecycle-controller,InstanceExists,workers-1,throttled,0.000000,0.000000\n");
}

TEST_CASE("run tables: lost connections are named by traffic, service, slot and number") {
    const ScratchFolder folder;
    write(folder, 0);
    CHECK(bytes_of(folder.path() / "lost_connections.csv") ==
          "run,connection,traffic,t_s,service,lb,first_hop,endpoint,phase,cause,cause_event_id,age_s\n"
          "0,long/web/17.2,long,3.000000,web,web,workers-1,web-0,established,vm_off,1,2.500000\n"
          "0,\"short, hot/api/0.0\",\"short, hot\",4.200000,api,api,,,new,refused,,0.000000\n");
}

TEST_CASE("run tables: the time series starts each bin at its own instant") {
    const ScratchFolder folder;
    write(folder, 0);
    CHECK(bytes_of(folder.path() / "timeseries.csv") ==
          "run,t_s,attempted,new_ok,new_refused,new_blackholed,new_rejected,completed,dropped,established,"
          "healthy_targets,queue_length,api_calls,desynced_lbs\n"
          "0,0.000000,1,2,3,4,5,6,7,8,9,10,11,12\n"
          "0,0.500000,0,0,0,0,0,0,0,0,0,0,0,0\n");
}

TEST_CASE("run tables: a later run writes parts without headers and reports their sizes") {
    const ScratchFolder folder;
    const io::PartSizes sizes = write(folder, 12);
    const std::string part = bytes_of(folder.path() / "targets.csv.12");
    CHECK(part ==
          "12,24.000000,web,workers-1,passing,failing\n"
          "12,30.500000,api,workers-0,failing,out\n");
    CHECK(sizes[static_cast<std::size_t>(io::RunTable::targets)] == part.size());
    CHECK_FALSE(std::filesystem::exists(folder.path() / "targets.csv"));
}

TEST_CASE("run tables: rows beyond the limit are left out of all but the time series") {
    const ScratchFolder folder;
    const io::PartSizes sizes = write(folder, 1, 1);
    CHECK(bytes_of(folder.path() / "events.csv.1") ==
          "1,0,3.000000,timeline,,,,,,\"timeline[0] vm_off, \"\"gone\"\"\"\n");
    CHECK(bytes_of(folder.path() / "lost_connections.csv.1") ==
          "1,long/web/17.2,long,3.000000,web,web,workers-1,web-0,established,vm_off,1,2.500000\n");
    CHECK(bytes_of(folder.path() / "timeseries.csv.1").size() > 60);
    CHECK(write(folder, 2, 0)[0] == 0);
    CHECK(sizes[0] > 0);
}

// A million lost connections are 12 million cells; the bar is 10 million cells a second. Not a test of every build:
// run it by name, `io_tables_test "[benchmark]"`.
TEST_CASE("run tables: ten million cells a second are written", "[.][benchmark]") {
    const ScratchFolder folder;
    const scenario::Scenario scenario = two_services();
    scenario::RunResult result = small_result();
    result.lost_connections.clear();
    for (std::uint32_t i = 0; i < 1'000'000; ++i) {
        result.lost_connections.push_back({at_us(3'000'000 + i * 977), 0, i * 31, i % 7, NodeId{i % 2}, PodId{i % 2},
                                           LossCause::vm_off, EventId{i % 4}, Duration{1'234'567 * std::int64_t{i % 999}}});
    }
    const auto start = std::chrono::steady_clock::now();
    io::write_run_tables({.folder = folder.path(), .run = 0, .max_rows = 1'000'000, .scenario = scenario, .result = result});
    const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    WARN("12 million cells in " << s << " s");
    CHECK(s < 1.2);
}
