// SPDX-License-Identifier: Apache-2.0
// The inputs and golden traces of the service controller harness (format: README.md), as plain data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/service_controller.hpp"
#include "lbsim/policy/service_spec.hpp"

namespace lbsim::upstream {

/// One write to the API: a node or a service is set, deleted, or removed without its clean-up.
struct Event {
    Time t;
    std::optional<policy::NodeKey> node;
    std::optional<policy::ServiceKey> service;
    std::optional<policy::NodeFacts> node_state;
    std::optional<policy::ServiceSpec> service_state;
    bool is_delete = false;
    bool is_vanish = false;
};

/// How one cloud call goes. `kind` is nullopt where the cloud's own state decides (a Get without a script).
struct Answer {
    Duration latency{};
    std::optional<policy::CloudResult::Kind> kind;
    Duration retry_after{};
};

/// Answers by operation letter (E, U, G, D), in the order of the calls.
using CallScript = std::map<char, std::vector<Answer>>;

struct History {
    std::string name;
    std::uint32_t workers = 1;
    bool gate_off = false;  ///< StableLoadBalancerNodeSet=false
    Time until;
    std::vector<Event> events;
    std::map<policy::ServiceKey, CallScript> cloud;
    std::map<char, Duration> default_latency;
    std::size_t service_count() const;
};

/// One call to the cloud: what is compared.
struct Call {
    Time t;
    char operation = 0;
    policy::ServiceKey service = 0;
    std::vector<policy::NodeKey> nodes;  ///< of E and U, ascending
    friend auto operator<=>(const Call&, const Call&) = default;
};
std::string to_string(const Call& call);

/// What the real controller did with one history.
struct Trace {
    std::string name;
    bool is_race = false;     ///< the Go scheduler decided: the real controller itself gives other traces
    std::vector<Call> calls;  ///< ascending
};

/// The traces of one release.
struct Golden {
    std::string release;
    std::vector<Trace> traces;
    std::size_t call_count() const;
};

/// The first line of a file of traces.
struct GoldenHeader {
    std::string release;
    std::size_t histories = 0;  ///< without those that upstream leaves open
    std::size_t calls = 0;
};

/// Throws: std::runtime_error that names file and line.
std::map<std::string, History> read_histories(const std::filesystem::path& file);
GoldenHeader read_golden_header(const std::filesystem::path& file);
Golden read_golden(const std::filesystem::path& file);

}  // namespace lbsim::upstream
