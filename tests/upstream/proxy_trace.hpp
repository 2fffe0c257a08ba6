// SPDX-License-Identifier: Apache-2.0
// Golden traces of real kube-proxies: reading them, and what a replay of one case must say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lbsim/core/time.hpp"
#include "lbsim/policy/kube_proxy.hpp"
#include "sim/io/scenario/json_document.hpp"

namespace lbsim::upstream {

using io::JsonValue;

/// Whole number of a value, `otherwise` where there is none.
std::int64_t number_of(const JsonValue* value, std::int64_t otherwise = 0);
std::int64_t number_at(const JsonValue& object, const char* key, std::int64_t otherwise = 0);
/// Text of a member, empty where there is none.
std::string text_at(const JsonValue& object, const char* key);
bool truth_at(const JsonValue& object, const char* key);
/// Items of a member, none where there is no such member.
const std::vector<JsonValue>& items_at(const JsonValue& object, const char* key);
/// Members of a member, none where there is no such member.
const std::vector<io::JsonMember>& members_at(const JsonValue& object, const char* key);
std::vector<std::string> texts_at(const JsonValue& object, const char* key);
std::vector<std::int64_t> numbers_at(const JsonValue& object, const char* key);

/// One line of a trace.
struct TraceCase {
    std::string kind;
    std::string name;
    JsonValue in;
    JsonValue out;
};
/// One file of traces.
struct Trace {
    policy::Release release;
    std::vector<TraceCase> cases;
};
/// All traces of the folder, oldest release first. Throws: std::runtime_error where one cannot be read.
std::vector<Trace> read_traces(const std::string& folder);

/// How a replay of one case differs from the record; empty where it does not.
using Difference = std::string;
Difference replay_healthz(policy::Release release, const TraceCase& c);
Difference replay_node_eligibility(policy::Release release, const TraceCase& c);
Difference replay_service_health(policy::Release release, const TraceCase& c);
Difference replay_categorize(policy::Release release, const TraceCase& c);
Difference replay_runner(policy::Release release, const TraceCase& c);

// ---- shared by the replays of health servers ----

/// 2000-01-01 00:00:00 UTC, the start of every script. Units: microseconds since the Unix epoch.
inline constexpr std::int64_t script_start_us = 946'684'800'000'000;

policy::IpFamily family_of(const JsonValue& step);
/// Feeds `queued` and `updated` to the proxy's health; false where the step is another.
bool feed(policy::ProxySyncHealth& health, const JsonValue& step);
/// Feeds events of the node; false where the step is another.
bool feed(policy::NodeEligibility& node, const JsonValue& step);
/// Compares an answer with the record of it.
Difference compare(const policy::HttpAnswer& answer, const JsonValue& recorded, const JsonValue& out);

}  // namespace lbsim::upstream
