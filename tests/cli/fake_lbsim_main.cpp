// SPDX-License-Identifier: Apache-2.0
// lbsim with a run function that does what the scenario's name says, for tests of the command line.
#include <csignal>
#include <cstdlib>
#include <thread>

#include "lbsim/core/check.hpp"
#include "lbsim/core/error.hpp"
#include "sim/cli/cli.hpp"

namespace {

using namespace lbsim;
using history::EventKind;
using scenario::Metric;

history::Event event(std::int64_t t_us, EventKind kind, EventId cause) {
    history::Event e;
    e.t = at_us(t_us);
    e.kind = kind;
    e.cause = cause;
    return e;
}

/// One node's machine goes off at 3 s because of the timeline's first line, and takes two connections with it.
scenario::RunResult losing_two(const scenario::Scenario& scenario, const RunOptions& options) {
    scenario::RunResult result;
    result.node_names = {"workers-0"};
    result.pods = {{ServiceId{0u}, 0}};
    result.events = {event(3'000'000, EventKind::timeline, {}), event(3'000'000, EventKind::vm_off, EventId{0u})};
    result.event_details = {"timeline[0] vm_off"};
    result.events[0].detail = TextId{0u};
    result.events[1].node = NodeId{0u};
    for (std::uint64_t slot : {17u, 18u}) {
        result.lost_connections.push_back({at_us(3'000'000), 0, slot, 0, NodeId{0u}, PodId{0u},
                                           scenario::LossCause::vm_off, EventId{1u}, Duration{1'500'000}});
    }
    result.metrics[Metric::connections_initial] = 100;
    result.metrics[Metric::connections_attempted] = 300;
    result.metrics[Metric::connections_lost] = 2 + options.replication;
    result.metrics[Metric::new_refused] = options.replication;
    result.metrics[Metric::connections_dropped] = 2;
    result.metrics[Metric::dropped_vm_off] = 2;
    result.metrics[Metric::api_calls] = 1e6;
    result.metrics[Metric::desync_s] = static_cast<double>(scenario.seed);
    result.rows = {2, 0, 0, 2};
    result.bins.resize(3);
    result.bin = options.bin;
    return result;
}

scenario::RunResult obey(const scenario::Scenario& scenario, const RunOptions& options) {
    if (scenario.name == "stuck") throw RunError("two actors wait for each other");
    if (scenario.name == "fault") LBSIM_CHECK(options.replication != 1, "a fault planted by the test");
    if (scenario.name == "slow") {
        for (int i = 0; i < 30; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(60));
            options.progress(i / 30.0);
        }
    }
    if (scenario.name == "endless") std::this_thread::sleep_for(std::chrono::hours(1));
    return losing_two(scenario, options);
}

}  // namespace

int main(int argc, char** argv) { return lbsim::cli::main_of(argc, argv, obey); }
