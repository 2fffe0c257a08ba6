// SPDX-License-Identifier: Apache-2.0
// The scenario's timeline: each verb at its time, repeated as it says.
#pragma once

#include <string>
#include <vector>

#include "models/cluster/node_lifecycle.hpp"
#include "models/controllers/autoscaler.hpp"
#include "models/controllers/service_controller_driver.hpp"
#include "models/proxy/kube_proxies.hpp"

namespace lbsim::controllers {

/// Who acts on the verbs.
struct TimelineActors {
    cluster::Journal& journal;
    cluster::ApiServer& api;
    cluster::Machines& machines;
    cluster::Pods& pods;
    cluster::NodeLifecycle& lifecycle;
    NodeOperations& operations;
    Autoscaler& autoscaler;
    ServiceControllerDriver& service_controller;
    cloud::Cloud& cloud;
    proxy::KubeProxies& proxies;
};

/// Does what the lines of the timeline say.
class Timeline {
public:
    Timeline(const TimelineActors& actors, const scenario::Scenario& scenario, std::uint32_t replication);

    /// Puts every line, with its repetitions, on the agenda. Call before the run.
    void start();

private:
    void post(std::size_t line, Time t);
    void act(std::size_t line);
    /// What a verb needs of the nodes it names.
    enum class Needs : std::uint8_t { object, machine };
    std::vector<NodeId> resolve(const std::vector<std::string>& names, EventId why, Needs needs = Needs::object);

    void perform(const scenario::SetReady& verb, EventId why);
    void perform(const scenario::SetTaint& verb, EventId why);
    void perform(const scenario::SetLabel& verb, EventId why);
    void perform(const scenario::SetCordon& verb, EventId why);
    void perform(const scenario::AddNodes& verb, EventId why);
    void perform(const scenario::DeleteNodeObject& verb, EventId why);
    void perform(const scenario::VmOff& verb, EventId why);
    void perform(const scenario::Reboot& verb, EventId why);
    void perform(const scenario::Drain& verb, EventId why);
    void perform(const scenario::SpotPreemption& verb, EventId why);
    void perform(const scenario::Rollout& verb, EventId why);
    void perform(const scenario::Scale& verb, EventId why);
    void perform(const scenario::AutoscalerScaleDown& verb, EventId why);
    void perform(const scenario::RollingUpgrade& verb, EventId why);
    void perform(const scenario::CloudApiFault& verb, EventId why);
    void perform(const scenario::ServiceControllerRestart& verb, EventId why);
    void perform(const scenario::CreateService& verb, EventId why);
    void perform(const scenario::DeleteService& verb, EventId why);
    void perform(const scenario::KubeletsCannotRenew& verb, EventId why);
    void perform(const scenario::ApiServerOutage& verb, EventId why);
    void perform(const scenario::ZoneOutage& verb, EventId why);
    void api_server_back();
    void do_line(std::size_t line);
    Time end_of(const std::optional<Duration>& lasts) const {
        return lasts ? saturating_add(journal_->now(), *lasts) : never;
    }
    ServiceId service_named(const std::string& name) const;
    void release_ready(NodeId node, std::uint64_t hold, EventId why);

    cluster::Journal* journal_;
    cluster::ApiServer* api_;
    cluster::Machines* machines_;
    cluster::Pods* pods_;
    cluster::NodeLifecycle* lifecycle_;
    NodeOperations* operations_;
    Autoscaler* autoscaler_;
    ServiceControllerDriver* service_controller_;
    cloud::Cloud* cloud_;
    proxy::KubeProxies* proxies_;
    EventId api_outage_;                ///< api_server_down of the outage under way
    const scenario::Scenario* scenario_;
    std::uint32_t replication_;
    std::vector<std::uint64_t> holds_;  ///< by node: number of its latest set_ready
};

}  // namespace lbsim::controllers
