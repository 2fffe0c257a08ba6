// SPDX-License-Identifier: Apache-2.0
// Reads `timeline`: one reader per verb.
#include <algorithm>
#include <map>

#include "sim/io/scenario/readers.hpp"

namespace lbsim::io {

namespace {

using scenario::Verb;

class VerbReader {
public:
    VerbReader(const NodeNames& nodes, const std::vector<std::string>& zones,
               const std::vector<scenario::Service>& services, ReadContext& context)
        : nodes_(nodes), zones_(zones), context_(context) {
        for (const scenario::Service& service : services) services_.emplace(service.name, service.workload.kind);
    }

    /// Pre: the entry's shape is one of the verbs that this version acts on.
    Verb read(const View& entry) const {
        const std::string_view verb = entry.shape().name;
        if (verb == "set_ready") return set_ready(entry);
        if (verb == "taint" || verb == "untaint") return taint(entry, verb == "taint");
        if (verb == "label" || verb == "unlabel") return label(entry, verb == "label");
        if (verb == "cordon" || verb == "uncordon")
            return scenario::SetCordon{.nodes = node_list(entry), .cordoned = verb == "cordon"};
        if (verb == "add_nodes") return add_nodes(entry);
        if (verb == "delete_node_object") return scenario::DeleteNodeObject{.nodes = node_list(entry)};
        if (verb == "vm_off")
            return scenario::VmOff{.nodes = node_list(entry), .gone = entry.text("instance") == "gone"};
        if (verb == "reboot") return scenario::Reboot{.nodes = node_list(entry), .down = entry.duration("for")};
        if (verb == "drain")
            return scenario::Drain{.nodes = node_list(entry), .timeout = entry.optional_duration("timeout")};
        if (verb == "spot_preemption") return spot_preemption(entry);
        if (verb == "rollout") return scenario::Rollout{.service = service_of(entry)};
        if (verb == "scale") return scale(entry);
        if (verb == "autoscaler_scale_down") return scale_down(entry);
        if (verb == "cloud_api_fault") return cloud_api_fault(entry);
        if (verb == "service_controller_restart")
            return scenario::ServiceControllerRestart{.gap = entry.duration("gap")};
        if (verb == "kubelets_cannot_renew") return cannot_renew(entry);
        if (verb == "api_server_outage") return scenario::ApiServerOutage{.lasts = entry.optional_duration("for")};
        if (verb == "zone_outage") return zone_outage(entry);
        if (verb == "create_service") return scenario::CreateService{.services = service_list(entry)};
        if (verb == "delete_service") return scenario::DeleteService{.services = service_list(entry)};
        return rolling_upgrade(entry);
    }

private:
    std::vector<std::string> node_list(const View& entry) const {
        return nodes_.read(entry, "nodes", NodeNames::Scope::ever, context_.sink);
    }

    Verb set_ready(const View& entry) const {
        using Status = policy::ConditionStatus;
        const std::string status = entry.text("status");
        return scenario::SetReady{.nodes = node_list(entry),
                                  .status = status == "True"      ? Status::is_true
                                            : status == "Unknown" ? Status::unknown
                                                                  : Status::is_false,
                                  .hold = entry.optional_duration("for")};
    }

    std::string key_of(const View& entry) const {
        const JsonValue* key = entry.given("key");
        if (key != nullptr && key->is(JsonValue::Kind::string) && key->text.empty())
            context_.sink.add(key->origin, entry.pointer("key"), "an empty key", "the key of a taint or label");
        return entry.text("key");
    }

    Verb taint(const View& entry, bool present) const {
        scenario::SetTaint out;
        out.nodes = node_list(entry);
        out.key = key_of(entry);
        if (present) out.value = entry.text("value");
        out.effect = present || entry.given("effect") != nullptr ? entry.text("effect") : std::string{};
        out.present = present;
        return out;
    }

    Verb label(const View& entry, bool present) const {
        scenario::SetLabel out;
        out.nodes = node_list(entry);
        out.key = key_of(entry);
        if (present) out.value = entry.text("value");
        out.present = present;
        return out;
    }

    Verb add_nodes(const View& entry) const {
        nodes_.check_pool(entry, "pool", context_.sink);
        return scenario::AddNodes{.pool = entry.text("pool"),
                                  .count = entry.count("count"),
                                  .boot_time = entry.optional_duration("boot_time"),
                                  .ready_after = entry.duration("ready_after")};
    }

    Verb scale_down(const View& entry) const {
        scenario::AutoscalerScaleDown out{.nodes = node_list(entry),
                                          .delay_after_taint = entry.optional_duration("delay_after_taint"),
                                          .cordon = entry.optional_truth("cordon"),
                                          .pod_drain = entry.optional_duration("pod_drain"),
                                          .max_scale_down_parallelism = entry.count("max_scale_down_parallelism"),
                                          .max_drain_parallelism = entry.count("max_drain_parallelism"),
                                          .parallel_drain = entry.optional_truth("parallel_drain"),
                                          .scan_interval = entry.duration("scan_interval"),
                                          .taint_fails_on = {}};
        if (entry.given("taint_fails_on") != nullptr)
            out.taint_fails_on = nodes_.read(entry, "taint_fails_on", NodeNames::Scope::ever, context_.sink);
        return out;
    }

    Verb cannot_renew(const View& entry) const {
        return scenario::KubeletsCannotRenew{.nodes = node_list(entry),
                                             .stops_watches = entry.text("watches") == "stop",
                                             .lasts = entry.optional_duration("for")};
    }

    Verb zone_outage(const View& entry) const {
        const std::string name = entry.text("zone");
        const auto at = std::find(zones_.begin(), zones_.end(), name);
        if (at == zones_.end() && entry.given("zone") != nullptr && entry.is_sound("zone") && !context_.sink.has_under("/cluster/zones"))
            context_.sink.add(entry.origin("zone"), entry.pointer("zone"), "unknown zone " + in_quotes(name),
                              "a zone of the cluster: " + alternatives(zones_), did_you_mean(name, zones_));
        return scenario::ZoneOutage{.zone = static_cast<std::uint32_t>(at - zones_.begin()),
                                    .lasts = entry.optional_duration("for")};
    }

    Verb cloud_api_fault(const View& entry) const {
        scenario::CloudApiFault out{.fault = {}, .lasts = entry.optional_duration("for")};
        for (const View::Item& operation : entry.texts("operations")) out.fault.operations.push_back(operation.text);
        out.fault.error_rate = entry.number("error_rate");
        if (entry.given("latency") != nullptr) out.fault.latency = read_distribution(entry, "latency", context_);
        if (out.fault.error_rate == 0.0 && !out.fault.latency && entry.is_sound("error_rate"))
            context_.sink.add(entry.origin(), entry.pointer(), "a fault that changes nothing",
                              "an error_rate above 0, a latency, or both");
        return out;
    }

    std::vector<std::string> service_list(const View& entry) const {
        std::vector<std::string> names;
        for (const View::Item& item : entry.texts("services")) {
            names.push_back(item.text);
            check_service(item.text, item.origin, item.pointer);
        }
        return names;
    }

    void check_service(const std::string& name, Origin origin, const std::string& pointer) const {
        if (services_.contains(name) || names_uncertain(context_.sink, "/services")) return;
        std::vector<std::string> known;
        for (const auto& [service, kind] : services_) known.push_back(service);
        context_.sink.add(origin, pointer, "unknown service " + in_quotes(name),
                          "the name of a service of this scenario, copies by their own names", did_you_mean(name, known));
    }

    std::string service_of(const View& entry) const {
        if (entry.given("service") != nullptr && entry.is_sound("service"))
            check_service(entry.text("service"), entry.origin("service"), entry.pointer("service"));
        return entry.text("service");
    }

    Verb spot_preemption(const View& entry) const {
        using OnNotice = scenario::SpotPreemption::OnNotice;
        const std::string text = entry.text("on_notice");
        return scenario::SpotPreemption{.nodes = node_list(entry),
                                        .notice = entry.duration("notice"),
                                        .on_notice = text == "drain"             ? OnNotice::drain
                                                     : text == "taint_and_drain" ? OnNotice::taint_and_drain
                                                     : text == "deregister"      ? OnNotice::deregister
                                                                                 : OnNotice::nothing};
    }

    Verb scale(const View& entry) const {
        const scenario::Scale out{.service = service_of(entry), .replicas = entry.count("replicas")};
        const auto found = services_.find(out.service);
        if (found != services_.end() && found->second == scenario::WorkloadKind::daemon_set)
            context_.sink.add(entry.origin("service"), entry.pointer("service"),
                              in_quotes(out.service) + ", whose workload is a DaemonSet",
                              "a service with a Deployment: a DaemonSet has one pod on each of its nodes");
        return out;
    }

    Verb rolling_upgrade(const View& entry) const {
        nodes_.check_pool(entry, "pool", context_.sink);
        scenario::RollingUpgrade out;
        out.pool = entry.text("pool");
        const bool surge = entry.text("mode") == "surge";
        out.mode = surge ? scenario::UpgradeMode::surge : scenario::UpgradeMode::in_place;
        out.max_surge = static_cast<std::uint32_t>(entry.optional_integer("max_surge").value_or(surge ? 1 : 0));
        out.max_unavailable =
            static_cast<std::uint32_t>(entry.optional_integer("max_unavailable").value_or(surge ? 0 : 1));
        out.taint_first = entry.truth("taint_first");
        out.reboot_time = entry.optional_duration("reboot_time");
        out.to_release = entry.release("to_release");
        if (entry.given("batch") != nullptr) out.batch = entry.count("batch");
        out.soak = entry.duration("soak");
        const std::string controller = entry.text("machine_controller");
        using enum scenario::MachineController;
        out.machine_controller = controller == "gardener" ? gardener : controller == "cluster_api" ? cluster_api : none;
        check_lanes(entry, out);
        check_batches(entry, out);
        return out;
    }

    void check_batches(const View& entry, const scenario::RollingUpgrade& upgrade) const {
        if (entry.given("soak") != nullptr && !upgrade.batch)
            context_.sink.add(entry.origin("soak"), entry.pointer("soak"), "a soak without a batch",
                              "no such key, or a batch to wait after");
        if (upgrade.mode == scenario::UpgradeMode::in_place &&
            upgrade.machine_controller != scenario::MachineController::none)
            context_.sink.add(entry.origin("machine_controller"), entry.pointer("machine_controller"),
                              in_quotes(entry.text("machine_controller")) + " with mode \"in_place\", which deletes no machine",
                              "no such key, or mode \"surge\"");
    }

    /// Lanes are max_surge + max_unavailable; a surge upgrade needs room for at least one new node.
    void check_lanes(const View& entry, const scenario::RollingUpgrade& upgrade) const {
        const bool surge = upgrade.mode == scenario::UpgradeMode::surge;
        if (surge && upgrade.max_surge == 0)
            context_.sink.add(entry.origin("max_surge"), entry.pointer("max_surge"), "0 with mode \"surge\"",
                              "at least 1", "mode \"in_place\" needs no surge");
        else if (upgrade.max_surge + upgrade.max_unavailable == 0)
            context_.sink.add(entry.origin("max_unavailable"), entry.pointer("max_unavailable"),
                              "0 nodes at once, so nothing is upgraded", "max_surge + max_unavailable of at least 1");
        if (surge && entry.given("reboot_time") != nullptr)
            context_.sink.add(entry.origin("reboot_time"), entry.pointer("reboot_time"),
                              "a reboot_time with mode \"surge\", which reboots nothing",
                              "no such key, or mode \"in_place\"");
    }

    const NodeNames& nodes_;
    const std::vector<std::string>& zones_;
    std::map<std::string, scenario::WorkloadKind, std::less<>> services_;
    ReadContext& context_;
};

std::optional<scenario::Repeat> read_repeat(const View& entry, Duration at, Duration duration, ReadContext& context) {
    constexpr std::int64_t most = 1'000'000;
    const std::optional<View> repeat = entry.chosen("repeat");
    if (!repeat) return std::nullopt;
    scenario::Repeat out;
    out.times = repeat->optional_integer("times").value_or(0);
    const std::string_view key = repeat->shape().keys.front().name;
    const std::optional<Duration> distance = repeat->optional_duration(key);
    if (repeat->shape().name == "repeat_every") out.every = distance.value_or(Duration{});
    else out.mean_every = distance.value_or(Duration{});
    if (distance && out.times == 0 && (duration - at) / *distance > most)
        context.sink.add(repeat->origin(key), repeat->pointer(key),
                         "about " + std::to_string((duration - at) / *distance) + " repetitions to the end of the run",
                         "at most " + std::to_string(most) + " repetitions");
    return out;
}

}  // namespace

std::vector<scenario::TimelineEntry> read_timeline(const View& root, const NodeNames& nodes,
                                                   const std::vector<std::string>& zones,
                                                   const std::vector<scenario::Service>& services, Duration duration,
                                                   ReadContext& context) {
    const VerbReader verbs(nodes, zones, services, context);
    const bool duration_known = !context.sink.has_under("/duration");
    std::vector<scenario::TimelineEntry> out;
    for (const View& view : root.objects("timeline")) {
        scenario::TimelineEntry entry;
        entry.at = view.duration("at");
        if (duration_known && entry.at >= duration && view.given("at") != nullptr)
            context.sink.add(view.origin("at"), view.pointer("at"), in_quotes(view.text("at")),
                             "a time before the end of the run at " + in_quotes(root.text("duration")));
        entry.verb = view.text("do");
        entry.what = verbs.read(view);
        if (duration_known) entry.repeat = read_repeat(view, entry.at, duration, context);
        out.push_back(std::move(entry));
    }
    return out;
}

}  // namespace lbsim::io
