// SPDX-License-Identifier: Apache-2.0
// The control plane of a cloud as plain data: which calls an integration makes, how long they take, what limits them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/scenario/distribution.hpp"

namespace lbsim::scenario {

/// What kind of call this is: quotas, latencies and faults are given by class.
enum class CallClass : std::uint8_t {
    describe,   ///< reads of load-balancer state: Describe…, Get…, List…
    membership, ///< Register…, Deregister…, Add…, Remove…, Attach…, Detach…; spelt "register"
    modify,     ///< changes of settings
    write,      ///< other creations and whole-object PUTs
    removal,    ///< deletions of objects; spelt "delete"
    poll,       ///< asking whether a long operation is done
    instance,   ///< the compute API: InstanceExists, InstanceShutdown, DeleteNodes
    count_,
};
inline constexpr std::size_t call_class_count = static_cast<std::size_t>(CallClass::count_);
/// As files spell it.
std::string_view to_string(CallClass call_class);
std::optional<CallClass> find_call_class(std::string_view text);

/// A token bucket that starts full. Units: rate in tokens per second, burst in tokens.
struct Bucket {
    enum class WhenEmpty : std::uint8_t {
        wait,      ///< the client waits for its turn, first come first served
        reject,    ///< the client's own limiter fails the call without sending it
        throttle,  ///< the cloud answers 429
    };
    double rate = 1.0;
    double burst = 1.0;
    WhenEmpty when_empty = WhenEmpty::wait;
    friend bool operator==(const Bucket&, const Bucket&) = default;
};

/// What a client does with a call that was throttled or failed, before it gives the error to its controller.
struct ClientRetry {
    std::uint32_t attempts = 1;       ///< tries of one call in all; 1: none is repeated
    Duration first_delay{};           ///< before the second try
    double factor = 1.0;              ///< from one delay to the next
    Duration max_delay{};             ///< 0: no limit
    double jitter = 0.0;              ///< a delay is multiplied by 1 + jitter x uniform(0, 1)
    bool on_throttle = true;
    bool on_failure = true;
    /// After a 429 all calls of that class are rejected locally for this long (Azure's Retry-After gate); 0: no gate.
    Duration gate_after_throttle{};
    /// AWS: every call waits 60 s x the recent share of throttled calls, see cloud/cross_request_delay.
    bool cross_request_delay = false;
    friend bool operator==(const ClientRetry&, const ClientRetry&) = default;
};

/// Which calls an Ensure, Update or Delete expands to; see models/cloud/call_sequences.
enum class CallSequence : std::uint8_t {
    single,              ///< neutral: one mutating call
    none,                ///< no cloud API: what configures the load balancer talks to nobody
    aws_clb,
    aws_nlb,
    aws_target_groups,   ///< AWS Load Balancer Controller, instance targets
    aws_ip_targets,      ///< AWS Load Balancer Controller, ip targets: a node change costs nothing
    gce_target_pool,
    gce_instance_group,  ///< in-tree internal load balancer on shared groups
    gce_shared_groups,   ///< backend service on shared groups
    gce_neg_vm_ip,       ///< subsetting
    gce_neg_pods,        ///< container-native: a node change costs nothing
    azure_nic,
    azure_ip,
    octavia,
    digitalocean,
    hetzner,
};
std::string_view to_string(CallSequence sequence);
std::optional<CallSequence> find_call_sequence(std::string_view text);

/// What must be held while an Ensure, Update or Delete runs.
enum class CallLock : std::uint8_t {
    none,
    account,        ///< one at a time for all load balancers (Azure, in-tree GCE internal)
    load_balancer,  ///< a load balancer is immutable while it changes (Octavia): other calls for it fail
};

/// Calls that fail or take longer.
struct CloudFault {
    std::vector<std::string> operations;     ///< names of calls; empty: all
    double error_rate = 0.0;                 ///< share of calls that fail, 0 to 1
    std::optional<Distribution> latency;     ///< instead of the calls' own
    friend bool operator==(const CloudFault&, const CloudFault&) = default;
};

/// One account at one cloud. All load balancers of a profile share it.
struct CloudApi {
    std::string profile;                                          ///< "" for the neutral cloud
    CallSequence sequence = CallSequence::single;
    std::array<Distribution, call_class_count> latency{};         ///< of one call, by class
    /// Shape: by class; the last entry holds for all classes together. A call needs a token of each.
    std::array<std::vector<Bucket>, call_class_count + 1> quota{};
    CallLock lock = CallLock::none;
    std::uint32_t batch = 0;                                      ///< objects in one membership call; 0: any number
    std::uint32_t create_batch = 0;                               ///< same, of a creation; 0: as batch
    std::optional<Distribution> operation_time;                   ///< a mutating call starts an operation of this length
    Duration poll_every{};                                        ///< between polls of an operation; 0: none is polled
    double poll_factor = 1.0;                                     ///< from one distance to the next
    std::uint32_t poll_limit = 0;                                 ///< polls before the client gives up; 0: no limit
    std::optional<Distribution> service_time;                     ///< an Ensure or Update takes at least this
    ClientRetry retry;
    std::vector<CloudFault> faults;                               ///< for the whole run
    friend bool operator==(const CloudApi&, const CloudApi&) = default;
};

/// How many targets a load balancer takes, and what happens to more.
struct TargetLimit {
    enum class Kind : std::uint8_t {
        none,
        reject,    ///< the call fails
        truncate,  ///< the first ones by node index are taken
        subset,    ///< on purpose: a keyed choice of that many for each load balancer
    };
    Kind kind = Kind::none;
    std::uint32_t most = 0;
    friend bool operator==(const TargetLimit&, const TargetLimit&) = default;
};

}  // namespace lbsim::scenario
