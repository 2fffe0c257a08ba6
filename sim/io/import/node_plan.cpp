// SPDX-License-Identifier: Apache-2.0
// Groups nodes into pools and gives them their numbers.
#include "sim/io/import/node_plan.hpp"

#include <algorithm>
#include <tuple>

#include "sim/io/import/releases.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

using policy::Release;

constexpr std::size_t most_pools = 10'000;
constexpr std::size_t most_zones = 100;

/// Labels that say to which pool a node belongs, the surest first.
/// Source: documentation of EKS, eksctl, GKE, AKS, DOKS, Karpenter, kOps, Gardener, LKE, Scaleway, cluster-autoscaler (Hetzner).
constexpr std::string_view pool_labels[] = {
    "eks.amazonaws.com/nodegroup",      "alpha.eksctl.io/nodegroup-name", "cloud.google.com/gke-nodepool",
    "kubernetes.azure.com/agentpool",   "agentpool",                      "doks.digitalocean.com/node-pool",
    "karpenter.sh/nodepool",            "karpenter.sh/provisioner-name",  "kops.k8s.io/instancegroup",
    "worker.gardener.cloud/pool",       "lke.linode.com/pool-id",         "k8s.scaleway.com/pool-name",
    "hcloud/node-group"};
constexpr std::string_view instance_type_labels[] = {"node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"};
constexpr std::string_view zone_labels[] = {"topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"};
/// Labels that a policy of lbsim reads.
constexpr std::string_view policy_labels[] = {policy::exclusion_label_key, policy::master_label_key};

std::string label(const NodeObject& node, std::string_view key) {
    const auto at = node.labels.find(std::string(key));
    return at != node.labels.end() ? at->second : std::string();
}

template <std::size_t N>
std::pair<std::string, std::string> first_label(const NodeObject& node, const std::string_view (&keys)[N]) {
    for (const std::string_view key : keys) {
        if (std::string value = label(node, key); !value.empty()) return {std::string(key), std::move(value)};
    }
    return {};
}

/// What the nodes of one pool have in common.
struct Group {
    std::string pool;
    Labels labels;
    Release kube_proxy{};
    friend auto operator<=>(const Group&, const Group&) = default;
};

class Planner {
public:
    Planner(const Census& census, ImportNotes& notes) : census_(census), notes_(notes) {}

    NodePlan plan() {
        read_releases();
        read_zones();
        for (const NodeObject& node : census_.nodes) groups_[group_of(node)].push_back(&node);
        if (groups_.size() > most_pools) merge_groups();
        for (const auto& [group, nodes] : groups_) add_group(group, nodes);
        return std::move(plan_);
    }

private:
    Release release_of(const NodeObject& node, const std::string& version, const char* field, const char* where_absent) {
        const ReportedRelease reported = release_of_version(version);
        const std::string object = "Node " + printable(node.name);
        if (version.empty() || reported.match == ReportedRelease::Match::none) {
            notes_.assumed(object, field, (version.empty() ? "not given: " : in_quotes(version) + " names no version: ") +
                                              std::string(where_absent));
        } else if (const std::string text = match_text(version, reported); !text.empty()) {
            notes_.assumed(object, field, text);
        }
        return reported.match != ReportedRelease::Match::none ? reported.release : Release{};
    }

    /// The release that most of these have; the newer one of two.
    static Release most_frequent(const std::map<std::string, Release>& of_node, Release otherwise) {
        std::map<Release, std::size_t> counts;
        for (const auto& [name, release] : of_node) {
            if (release != Release{}) ++counts[release];
        }
        std::size_t most = 0;
        for (const auto& [release, count] : counts) {
            if (count >= most) otherwise = release;
            most = std::max(most, count);
        }
        return otherwise;
    }

    void read_releases() {
        const Release newest_modelled = *policy::parse_release(policy::modelled_releases().back()).release;
        std::map<std::string, Release> kubelets;
        for (const NodeObject& node : census_.nodes)
            kubelets[node.name] =
                release_of(node, node.kubelet_version, "status.nodeInfo.kubeletVersion", "taken as that of most nodes");
        plan_.kubelet = most_frequent(kubelets, newest_modelled);
        for (const auto& [name, release] : kubelets) {
            plan_.newest = std::max(plan_.newest, release);
            if (release != plan_.kubelet && release != Release{})
                notes_.left_out("Node " + printable(name), "status.nodeInfo.kubeletVersion",
                                "a scenario has one release of kubelets: " + to_string(plan_.kubelet) + ", that of most nodes");
        }
        plan_.newest = std::max(plan_.newest, plan_.kubelet);
        for (const NodeObject& node : census_.nodes) {
            Release& proxy = proxies_[node.name];
            // Up to 1.30 kubelets copy their own version into the field, later ones may leave it empty (KEP-4004).
            proxy = node.kube_proxy_version.empty() ? kubelets[node.name]
                                                    : release_of(node, node.kube_proxy_version, "status.nodeInfo.kubeProxyVersion",
                                                                 "taken as the kubelet's");
            if (node.kube_proxy_version.empty())
                notes_.assumed("Node " + printable(node.name), "status.nodeInfo.kubeProxyVersion",
                               "not given: kube-proxy is taken to have the kubelet's release");
            if (proxy == Release{}) proxy = kubelets[node.name] != Release{} ? kubelets[node.name] : plan_.kubelet;
        }
        plan_.kube_proxy = most_frequent(proxies_, plan_.kubelet);
    }

    void read_zones() {
        std::set<std::string> zones;
        for (const NodeObject& node : census_.nodes) {
            const std::string zone = first_label(node, zone_labels).second;
            plan_.zone_of[node.name] = zone.empty() ? zone : name_from(zone);
            if (!zone.empty()) zones.insert(plan_.zone_of[node.name]);
        }
        if (zones.size() > most_zones) {
            notes_.left_out("", "metadata.labels topology.kubernetes.io/zone",
                            "more than " + std::to_string(most_zones) + " zones: the scenario has one");
            for (auto& [node, zone] : plan_.zone_of) zone.clear();
        } else if (!zones.empty()) {
            for (const NodeObject& node : census_.nodes) {
                if (plan_.zone_of[node.name].empty())
                    notes_.assumed("Node " + printable(node.name), "metadata.labels topology.kubernetes.io/zone",
                                   "not given: nodes without a zone take the cluster's zones in turn");
            }
        }
    }

    Group group_of(const NodeObject& node) {
        Group group{.pool = {}, .labels = {}, .kube_proxy = proxies_[node.name]};
        for (const std::string_view key : policy_labels) {
            if (const auto at = node.labels.find(std::string(key)); at != node.labels.end()) group.labels.insert(*at);
        }
        auto [key, pool] = first_label(node, pool_labels);
        if (pool.empty() && node.labels.contains("node-role.kubernetes.io/control-plane"))
            std::tie(key, pool) = std::pair<std::string, std::string>("node-role.kubernetes.io/control-plane", "control-plane");
        if (pool.empty()) {
            std::tie(key, pool) = first_label(node, instance_type_labels);
            notes_.assumed("Node " + printable(node.name), "metadata.labels",
                           pool.empty() ? "no label names a node pool: taken into the pool \"nodes\""
                                        : "no label names a node pool: nodes of one instance type are taken as a pool");
            if (pool.empty()) pool = "nodes";
        }
        from_.try_emplace(pool, key.empty() ? std::string("no label") : key + "=" + pool);
        group.pool = pool;
        return group;
    }

    void merge_groups() {
        notes_.assumed("", "metadata.labels", "more than " + std::to_string(most_pools) + " node pools: all nodes are taken as one");
        groups_.clear();
        for (const NodeObject& node : census_.nodes) {
            plan_.zone_of[node.name].clear();
            groups_[{.pool = "nodes", .labels = {}, .kube_proxy = plan_.kube_proxy}].push_back(&node);
        }
    }

    /// True where node i can stand in zone i mod n, zones with more nodes first.
    static bool is_even(const std::vector<std::pair<std::string, std::vector<const NodeObject*>>>& zones) {
        return zones.size() <= most_zones && zones.front().second.size() - zones.back().second.size() <= 1;
    }

    void add_group(const Group& group, const std::vector<const NodeObject*>& nodes) {
        std::map<std::string, std::vector<const NodeObject*>> by_zone;
        for (const NodeObject* node : nodes) {
            std::vector<const NodeObject*>& here = by_zone[plan_.zone_of[node->name]];
            if (!census_.added.contains(node->name)) here.push_back(node);
        }
        std::vector<std::pair<std::string, std::vector<const NodeObject*>>> zones(by_zone.begin(), by_zone.end());
        std::stable_sort(zones.begin(), zones.end(),
                         [](const auto& x, const auto& y) { return x.second.size() > y.second.size(); });
        const bool is_split = zones.size() > 1 && (by_zone.contains("") || !is_even(zones));
        if (is_split) {
            for (auto& zone : zones) add_pool(group, {zone}, zone.first);
        } else {
            add_pool(group, zones, "");
        }
        for (const NodeObject* node : nodes) {
            plan_.pool_of[node->name] = pool_at_[is_split ? plan_.zone_of[node->name] : std::string()];
        }
        pool_at_.clear();
    }

    void add_pool(const Group& group, const std::vector<std::pair<std::string, std::vector<const NodeObject*>>>& zones,
                  const std::string& zone_suffix) {
        PlannedPool pool;
        pool.name = group.pool;
        if (group.labels.contains(std::string(policy::exclusion_label_key))) pool.name += "-excluded";
        if (group.kube_proxy != plan_.kube_proxy) pool.name += "-kube-proxy-" + to_string(group.kube_proxy);
        if (!zone_suffix.empty()) pool.name += "-" + zone_suffix;
        pool.name = unique(name_from(pool.name));
        pool.from = from_[group.pool];
        pool.labels = group.labels;
        if (group.kube_proxy != plan_.kube_proxy) pool.kube_proxy = group.kube_proxy;
        std::size_t longest = 0;
        for (const auto& [zone, nodes] : zones) {
            if (!zone.empty()) pool.zones.push_back(zone);
            longest = std::max(longest, nodes.size());
        }
        for (std::size_t i = 0; i < longest; ++i) {
            for (const auto& [zone, nodes] : zones) {
                if (i >= nodes.size()) continue;
                plan_.name_of[nodes[i]->name] = pool.name + "-" + std::to_string(pool.nodes.size());
                pool.nodes.push_back(nodes[i]->name);
            }
        }
        pool_at_[zone_suffix] = plan_.pools.size();
        plan_.pools.push_back(std::move(pool));
    }

    std::string unique(const std::string& name) {
        std::string out = name;
        for (std::size_t n = 2; !taken_.insert(out).second; ++n) out = name.substr(0, 190) + "_" + std::to_string(n);
        return out;
    }

    const Census& census_;
    ImportNotes& notes_;
    NodePlan plan_;
    std::map<std::string, Release> proxies_;
    std::map<std::string, std::string> from_;
    std::map<Group, std::vector<const NodeObject*>> groups_;
    std::map<std::string, std::size_t> pool_at_;  ///< of the group that is added, by zone suffix
    std::set<std::string> taken_;
};

}  // namespace

NodePlan plan_nodes(const Census& census, ImportNotes& notes) { return Planner(census, notes).plan(); }

std::string name_from(const std::string& text) {
    std::string name = text.substr(0, 190);
    for (char& c : name) {
        if (!is_name(std::string{'_', c})) c = '_';
    }
    if (!is_name(name)) name.insert(0, "_");
    return name;
}

}  // namespace lbsim::io
