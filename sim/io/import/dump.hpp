// SPDX-License-Identifier: Apache-2.0
// What `kubectl get -o json` printed, as far as an import looks at it: plain data, null and absent fields alike.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/node_facts.hpp"
#include "sim/io/import/notes.hpp"
#include "sim/io/scenario/problems.hpp"

namespace lbsim::io {

using Labels = std::map<std::string, std::string>;

/// A label selector. Source: kubernetes/apimachinery pkg/apis/meta/v1 LabelSelectorAsSelector.
struct Selector {
    struct Requirement {
        std::string key;
        std::string op;  ///< In, NotIn, Exists, DoesNotExist
        std::vector<std::string> values;
    };
    bool is_given = false;  ///< one that is not given selects nothing; an empty one everything
    Labels match_labels;
    std::vector<Requirement> requirements;

    bool selects(const Labels& labels) const;
};

/// An IntOrString: 3 or "25%".
struct Scaled {
    std::int64_t value = 0;
    bool is_percent = false;
};

struct NodeObject {
    struct Taint {
        std::string key, value, effect;
    };
    std::string name;
    Labels labels;
    std::string provider_id;
    bool unschedulable = false;
    std::vector<Taint> taints;
    std::string kubelet_version;
    std::string kube_proxy_version;
    policy::ConditionStatus ready = policy::ConditionStatus::absent;  ///< absent: there is no condition Ready
    std::optional<std::int64_t> created_us;        ///< since 1970
};

/// A Service of type LoadBalancer.
struct ServiceObject {
    std::string space, name;
    std::string load_balancer_class;
    bool is_local = false;       ///< externalTrafficPolicy Local
    std::size_t ports = 0;
    std::size_t udp_ports = 0;   ///< ports of another protocol than TCP
    bool has_health_check_node_port = false;
    bool has_client_affinity = false;
    Labels selector;
    Labels annotations;
    std::vector<std::string> finalizers;

    std::string object() const { return "Service " + space + "/" + name; }
};

/// An endpoint of an EndpointSlice.
struct Endpoint {
    std::string id;    ///< the pod, or the first address: the same in the slices of two address families
    std::string node;  ///< "" where it is not given
    bool is_ready = true;
};

/// A Deployment, DaemonSet or StatefulSet.
struct WorkloadObject {
    std::string kind, space, name;
    std::int64_t replicas = 1;
    Labels labels;                        ///< of its pods
    std::optional<std::int64_t> grace_period_s;
    std::optional<Duration> pre_stop;     ///< absent: no hook, or one whose length cannot be told
    std::int64_t min_ready_s = 0;
    std::string strategy;                 ///< RollingUpdate, Recreate, OnDelete; "" where it is not given
    std::optional<Scaled> max_surge;
    std::optional<Scaled> max_unavailable;

    std::string object() const { return kind + " " + space + "/" + name; }
};

/// A PodDisruptionBudget.
struct BudgetObject {
    std::string space, name;
    Selector selector;
    std::optional<Scaled> min_available;
    std::optional<Scaled> max_unavailable;

    std::string object() const { return "PodDisruptionBudget " + space + "/" + name; }
};

struct Dump {
    std::vector<NodeObject> nodes;
    std::vector<ServiceObject> services;
    /// By namespace and name of the Service.
    std::map<std::pair<std::string, std::string>, std::vector<Endpoint>> endpoints;
    std::map<std::string, std::vector<WorkloadObject>> workloads;  ///< by namespace
    std::map<std::string, std::vector<BudgetObject>> budgets;      ///< by namespace
};

/// A file of the user and its bytes.
struct ImportInput {
    std::string name;
    std::string text;
};

/// Reads the documents of a dump, one after the other; what is wrong is reported and passed by.
class DumpReader {
public:
    explicit DumpReader(ImportNotes& notes) : notes_(notes) {}

    void read(const ImportInput& input, std::vector<Problem>& problems);
    /// What was read. Notes what was passed by.
    Dump take();

private:
    class OneFile;
    ImportNotes& notes_;
    Dump dump_;
    std::map<std::string, std::string> seen_;            ///< object to the file that had it
    std::map<std::string, std::size_t> passed_by_;       ///< kind to how many
    std::size_t other_services_ = 0;
};

/// Keys of API objects that an import never looks at; of a large cluster they are most of the dump.
inline constexpr std::string_view unread_keys[] = {"managedFields", "images", "volumesInUse", "volumesAttached",
                                                   "env",           "volumes"};

}  // namespace lbsim::io
