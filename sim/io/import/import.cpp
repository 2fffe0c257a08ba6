// SPDX-License-Identifier: Apache-2.0
// Reads, plans, writes; then reads what was written.
#include "sim/io/import/import.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "lbsim/core/error.hpp"
#include "lbsim/policy/node_lifecycle.hpp"
#include "sim/io/import/profile_guess.hpp"
#include "sim/io/import/timestamp.hpp"
#include "sim/io/import/workload_plan.hpp"
#include "sim/io/profiles/profile.hpp"
#include "sim/io/scenario/reader.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;
using namespace std::chrono_literals;

constexpr std::size_t most_nodes = 100'000;
constexpr std::size_t most_services = 100'000;
constexpr std::size_t most_entries = 1'000'000;
constexpr Duration quiet_run = 1h;   ///< of a scenario without events
constexpr Duration aftermath = 10min;  ///< how long a replay goes on after its last event
constexpr Duration longest_replay = 24h * 3'600;

class Importer {
public:
    explicit Importer(const ImportRequest& request) : request_(request) {}

    ImportedScenario run() {
        read();
        const Census census = take_census(dump_.nodes, record_, notes_);
        plan_ = plan_nodes(census, notes_);
        note_other_proxies();
        replay(census);
        write();
        check();
        return finish();
    }

private:
    const std::string& file() const { return request_.dumps.empty() ? no_file_ : request_.dumps.front().name; }
    void refuse(const std::string& file, std::string found, std::string allowed) {
        problems_.push_back({.file = file, .line = {}, .pointer = {}, .found = std::move(found), .allowed = std::move(allowed), .hint = {}});
    }
    void stop_at_problems() {
        if (!problems_.empty()) throw InputError(std::move(problems_));
    }

    void read() {
        DumpReader reader(notes_);
        for (const ImportInput& input : request_.dumps) reader.read(input, problems_);
        dump_ = reader.take();
        if (request_.events) record_ = read_record(*request_.events, notes_, problems_);
        if (problems_.empty()) {
            if (dump_.nodes.empty()) refuse(file(), "no object of kind Node", "at least one: a load balancer needs nodes");
            if (dump_.services.empty())
                refuse(file(), "no Service of type LoadBalancer", "at least one: kubectl get nodes,services,… -A -o json");
            if (dump_.services.size() > most_services)
                refuse(file(), std::to_string(dump_.services.size()) + " Services of type LoadBalancer",
                       "at most " + std::to_string(most_services));
            if (dump_.nodes.size() + record_.events.size() > most_nodes) check_nodes();
            check_span();
        }
        stop_at_problems();
    }

    void check_nodes() {
        std::set<std::string_view> nodes;
        for (const NodeObject& node : dump_.nodes) nodes.insert(node.name);
        for (const NodeEvent& event : record_.events) nodes.insert(event.node);
        if (nodes.size() > most_nodes)
            refuse(file(), std::to_string(nodes.size()) + " nodes", "at most " + std::to_string(most_nodes));
    }

    void check_span() {
        if (record_.events.empty()) return;
        const std::int64_t span = record_.events.back().us - record_.events.front().us;
        if (span > longest_replay.count() || request_.lead > longest_replay)
            refuse(request_.events->name, "events of " + duration_text(Duration{span}) + " and a lead of " + duration_text(request_.lead),
                   "a span and a lead of at most " + duration_text(longest_replay));
    }

    void replay(const Census& census) {
        const std::int64_t zero = record_.events.empty() ? 0 : record_.events.front().us - request_.lead.count();
        std::vector<NodeAct> acts = acts_at_start(record_, census, notes_);
        const ReplayClock clock{.zero_us = zero, .grace_period = policy::node_monitor_grace_period(plan_.kubelet)};
        std::vector<NodeAct> more = acts_of(record_, census, clock, notes_);
        acts.insert(acts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
        timeline_ = timeline_of(std::move(acts), zero, plan_);
        if (timeline_.entries.size() > most_entries)
            refuse(request_.events ? request_.events->name : file(), std::to_string(timeline_.entries.size()) + " entries of a timeline",
                   "at most " + std::to_string(most_entries));
        stop_at_problems();
    }

    void write() {
        out_["question"] = question();
        out_["duration"] = duration_text(length());
        write_cluster();
        write_services();
        // A dump does not know who the clients are.
        out_["traffic"] = Json::array({{{"name", "clients"},
                                        {"service", "*"},
                                        {"kind", "open"},
                                        {"arrivals_per_second", 10},
                                        {"lifetime", {{"exponential", "60s"}}}}});
        notes_.assumed("", "traffic", "clients are not in a dump: 10 new connections a second for each service, of 60 s in the mean");
        out_["timeline"] = Json::array();
        for (const std::string& entry : timeline_.entries) out_["timeline"].push_back(Json::parse(entry));
        if (record_.events.empty())
            notes_.assumed("", "duration, timeline", "nothing happens in one hour: give a record with --events, or write a timeline");
    }

    /// kube-proxy may be switched off where another proxy runs; the objects do not say.
    void note_other_proxies() {
        static constexpr std::string_view proxies[] = {"cilium", "anetd", "kube-router", "ovnkube-node"};
        for (const auto& [space, workloads] : dump_.workloads) {
            for (const WorkloadObject& workload : workloads) {
                if (workload.kind == "DaemonSet" && std::find(std::begin(proxies), std::end(proxies), workload.name) != std::end(proxies))
                    notes_.left_out(workload.object(), "metadata.name", "may stand in for kube-proxy: kube-proxy is played");
            }
        }
    }

    std::string question() const {
        if (record_.events.empty()) return "A cluster as it was dumped: what happens to its connections when …?";
        return "What happened to the connections of this cluster while its nodes did what the record says?";
    }

    Duration length() const {
        if (record_.events.empty()) return quiet_run;
        const Duration last = std::max(timeline_.last, request_.lead + Duration{record_.events.back().us - record_.events.front().us});
        return (last + aftermath + 1min - Duration{1}) / 1min * Duration{1min};
    }

    void write_cluster() {
        const policy::Release common = request_.release.value_or(plan_.newest);
        if (!request_.release)
            notes_.assumed("", "cluster.release", "the control plane is not in a dump: " + to_string(common) +
                                                      ", the newest kubelet's; --release sets another");
        Json cluster{{"release", to_string(common)}};
        if (plan_.kube_proxy != common) cluster["releases"]["kube_proxy"] = to_string(plan_.kube_proxy);
        if (plan_.kubelet != common) cluster["releases"]["kubelet"] = to_string(plan_.kubelet);
        cluster["node_pools"] = Json::array();
        std::set<std::string> zones;
        for (const PlannedPool& pool : plan_.pools) {
            Json entry{{"name", pool.name}, {"nodes", pool.nodes.size()}};
            if (!pool.zones.empty()) entry["zones"] = pool.zones;
            zones.insert(pool.zones.begin(), pool.zones.end());
            if (!pool.labels.empty()) entry["labels"] = pool.labels;
            if (pool.kube_proxy) entry["kube_proxy"] = to_string(*pool.kube_proxy);
            cluster["node_pools"].push_back(std::move(entry));
        }
        zones_ = std::max<std::size_t>(1, zones.size());
        out_["cluster"] = std::move(cluster);
    }

    /// The cluster's profile is that of most services; others name theirs.
    void write_services() {
        const CloudKind cloud = cloud_of(dump_.nodes, notes_);
        std::vector<std::string> profiles;
        std::map<std::string, std::size_t> counts;
        for (const ServiceObject& service : dump_.services) {
            profiles.push_back(profile_of(service, cloud, notes_));
            ++counts[profiles.back()];
        }
        const std::string common = std::max_element(counts.begin(), counts.end(), [](const auto& x, const auto& y) {
                                       return x.second < y.second;
                                   })->first;
        if (common != neutral_profile) out_["cloud"]["profile"] = common;
        BalancerKeys balancers(zones_, notes_);
        out_["services"] = Json::array();
        for (std::size_t s = 0; s < dump_.services.size(); ++s) {
            const ServiceObject& service = dump_.services[s];
            Json entry{{"name", service_name(service)}};
            if (service.is_local) entry["externalTrafficPolicy"] = "Local";
            write_ports(service, entry);
            const Json keys = balancers.read(service, profiles[s]);
            if (profiles[s] != common) entry["load_balancer"]["profile"] = profiles[s];
            if (!keys.empty()) entry["load_balancer"].update(keys);
            entry["workload"] = workload_of(service, dump_, plan_, notes_);
            out_["services"].push_back(std::move(entry));
        }
    }

    void write_ports(const ServiceObject& service, Json& entry) {
        constexpr std::size_t most_ports = 1'000;
        if (service.ports == 0 || service.ports > most_ports)
            notes_.assumed(service.object(), "spec.ports", "not 1 to 1000 ports: taken as one");
        else if (service.ports > 1) entry["ports"] = service.ports;
        if (service.udp_ports > 0)
            notes_.left_out(service.object(), "spec.ports[].protocol", "lbsim plays TCP: a port of another protocol is played as one of TCP");
        if (service.has_client_affinity)
            notes_.left_out(service.object(), "spec.sessionAffinity", "a scenario of this version does not act on it");
        if (service.is_local && !service.has_health_check_node_port)
            notes_.assumed(service.object(), "spec.healthCheckNodePort", "not given with Local: taken as allocated");
    }

    std::string service_name(const ServiceObject& service) {
        const std::string wanted = name_from(service.space + "." + service.name);
        std::string name = wanted;
        for (std::size_t n = 2; !service_names_.insert(name).second; ++n) name = wanted.substr(0, 180) + "_" + std::to_string(n);
        return name;
    }

    void check() {
        const std::string name = "the scenario made of " + file();
        for (;;) {
            text_ = out_.dump(2) + "\n";
            try {
                read_study_text(text_, name);
                return;
            } catch (const InputError& error) {
                if (!drop_refused_rollouts(error.problems(), out_["services"], notes_)) throw;
            }
        }
    }

    ImportedScenario finish() {
        ImportedScenario out;
        out.scenario = std::move(text_);
        std::set<std::tuple<ImportNote::Kind, std::string, std::string, std::string>> seen;
        for (ImportNote& note : notes_.take()) {
            if (seen.insert({note.kind, note.object, note.field, note.text}).second) out.notes.push_back(std::move(note));
        }
        out.aliases = std::move(timeline_.aliases);
        out.nodes = plan_.name_of.size();
        out.pools = plan_.pools.size();
        out.services = dump_.services.size();
        out.entries = timeline_.entries.size();
        return out;
    }

    const ImportRequest& request_;
    const std::string no_file_ = "lbsim import";
    ImportNotes notes_;
    std::vector<Problem> problems_;
    Dump dump_;
    Record record_;
    NodePlan plan_;
    Timeline timeline_;
    std::size_t zones_ = 1;
    std::set<std::string> service_names_;
    Json out_ = Json::object();
    std::string text_;
};

}  // namespace

ImportedScenario import_scenario(const ImportRequest& request) { return Importer(request).run(); }

}  // namespace lbsim::io
