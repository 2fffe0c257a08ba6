// SPDX-License-Identifier: Apache-2.0
// Puts the rooms of the control plane together and lets time run.
#include "sim/study/run/control_plane.hpp"

#include <string>

#include "lbsim/core/error.hpp"
#include "lbsim/engine/engine.hpp"
#include "models/cloud/cloud.hpp"
#include "models/cluster/node_lifecycle.hpp"
#include "models/cluster/pods.hpp"
#include "models/cluster/taint_eviction.hpp"
#include "models/controllers/cloud_node_loop.hpp"
#include "models/controllers/desync.hpp"
#include "models/controllers/autoscaler.hpp"
#include "models/controllers/node_operations.hpp"
#include "models/controllers/service_controller_driver.hpp"
#include "models/controllers/timeline.hpp"
#include "models/proxy/kube_proxies.hpp"

namespace lbsim::study {

namespace {

/// Everything that lives in a control plane, in order of dependence.
class World {
public:
    World(engine::Engine& engine, history::History& history, const scenario::Scenario& scenario,
          const RunOptions& options)
        : scenario_(scenario),
          journal_(engine, history),
          api_(journal_, scenario, options.replication),
          machines_(journal_, api_, scenario, options.replication),
          pods_(journal_, api_, machines_, scenario, options.replication),
          lifecycle_(journal_, api_, machines_, scenario, options.replication,
                     cluster::NodeLifecycle::mode_for(scenario, options.mode == RunMode::reference)),
          eviction_(journal_, api_, pods_, scenario, options.replication),
          proxies_(journal_, api_, machines_, scenario, options.replication),
          cloud_(journal_, machines_, scenario, options.replication),
          controller_(journal_, api_, cloud_, scenario, options.replication),
          desync_(journal_, api_, controller_.machine(), scenario),
          cloud_nodes_(journal_, api_, cloud_, scenario, options.replication),
          operations_(journal_, api_, machines_, pods_, cloud_, scenario),
          autoscaler_(journal_, api_, pods_, cloud_, operations_, scenario),
          timeline_({journal_, api_, machines_, pods_, lifecycle_, operations_, autoscaler_, controller_, cloud_, proxies_},
                    scenario, options.replication) {}

    void start() {
        for (std::uint32_t pool = 0; pool < scenario_.cluster.node_pools.size(); ++pool) {
            for (std::uint32_t i = 0; i < scenario_.cluster.node_pools[pool].nodes; ++i) {
                operations_.add_initial_node(pool);
            }
        }
        pods_.start();
        proxies_.start();
        controller_.start();
        cloud_.start(controller_.machine());
        desync_.start();
        cloud_nodes_.start();
        lifecycle_.start();
        timeline_.start();
        connect();
    }

    void finish() { controller_.finish(); }

private:
    /// Who hears of what at once, within the step that does it.
    void connect() {
        machines_.observe_power([this](NodeId node, bool is_on, EventId why) {
            pods_.power_changed(node, is_on, why);
            proxies_.power_changed(node, is_on);
            lifecycle_.speech_changed(node, cluster::NodeLifecycle::FirstWord::status_at_once);
        });
        machines_.observe_ready([this](NodeId node, policy::ConditionStatus status,
                                       cluster::Machines::PodMarks marks, EventId why) {
            pods_.ready_changed(node, status, marks, why);
        });
        api_.observe([this](const cluster::NodeChange& change) {
            pods_.node_written(change);
            eviction_.node_written(change.node, change.why);
        });
        pods_.observe_endpoints([this](ServiceId service) { proxies_.endpoints_changed(service); });
        controller_.observe_services(
            [this](ServiceId service, bool wants, EventId why) { desync_.service_wanted(service, wants, why); });
        cloud_.observe_sets([this](ServiceId service) { desync_.load_balancer_set(service); });
    }

    const scenario::Scenario& scenario_;
    cluster::Journal journal_;
    cluster::ApiServer api_;
    cluster::Machines machines_;
    cluster::Pods pods_;
    cluster::NodeLifecycle lifecycle_;
    cluster::TaintEviction eviction_;
    proxy::KubeProxies proxies_;
    cloud::Cloud cloud_;
    controllers::ServiceControllerDriver controller_;
    controllers::Desync desync_;
    controllers::CloudNodeLoop cloud_nodes_;
    controllers::NodeOperations operations_;
    controllers::Autoscaler autoscaler_;
    controllers::Timeline timeline_;
};

}  // namespace

history::History run_control_plane(const scenario::Scenario& scenario, const RunOptions& options) {
    history::History history;
    history.end = time_zero + scenario.duration;
    history.services.resize(scenario.services.size());
    history.desync = history::DesyncLog(scenario.services.size());
    history.events.keep_first(options.max_rows);
    history.api_calls.keep_first(options.max_rows);
    history.syncs.keep_first(options.max_rows);
    engine::Engine engine;
    World world(engine, history, scenario, options);
    world.start();
    const engine::Outcome outcome = engine.run(history.end);
    if (outcome.kind == engine::OutcomeKind::stuck || outcome.kind == engine::OutcomeKind::no_progress) {
        throw RunError(outcome.message);
    }
    world.finish();
    return history;
}

}  // namespace lbsim::study
