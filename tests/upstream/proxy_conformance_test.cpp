// SPDX-License-Identifier: Apache-2.0
// Holds the policy library against what the real kube-proxy of each release did: every golden line is replayed.
#include <algorithm>
#include <cstdio>
#include <string>

#include "proxy_trace.hpp"
#include "support/catch.hpp"

using namespace lbsim;
using namespace lbsim::upstream;

namespace {
const std::vector<Trace>& traces() {
    static const std::vector<Trace> all = read_traces(std::string(LBSIM_SOURCE_DIR) + "/tests/upstream/proxy/golden");
    return all;
}

using Replay = Difference (*)(policy::Release, const TraceCase&);

/// Replays every case of a kind and says per release how many there were.
void check_all(const std::string& kind, Replay replay) {
    std::size_t all = 0;
    for (const Trace& trace : traces()) {
        std::size_t count = 0;
        for (const TraceCase& c : trace.cases) {
            if (c.kind != kind) continue;
            ++count;
            const Difference difference = replay(trace.release, c);
            if (!difference.empty()) FAIL_CHECK(to_string(trace.release) << " " << c.name << ": " << difference);
        }
        std::printf("%s %s: %zu cases\n", kind.c_str(), to_string(trace.release).c_str(), count);
        all += count;
    }
    CHECK(all > 0);
}
}  // namespace

TEST_CASE("upstream proxy: there are traces, and every kind of case is replayed") {
    const std::vector<std::string> kinds{"healthz", "node_eligibility", "service_health", "categorize", "runner"};
    CHECK(traces().size() > 1);
    for (const Trace& trace : traces()) {
        for (const TraceCase& c : trace.cases) {
            if (std::find(kinds.begin(), kinds.end(), c.kind) == kinds.end()) FAIL_CHECK("nobody replays " << c.kind);
        }
    }
}

TEST_CASE("upstream proxy: answers of /healthz and /livez") { check_all("healthz", replay_healthz); }

TEST_CASE("upstream proxy: eligibility of the node") { check_all("node_eligibility", replay_node_eligibility); }

TEST_CASE("upstream proxy: answers of health ports") { check_all("service_health", replay_service_health); }

TEST_CASE("upstream proxy: cached endpoints and their lists") { check_all("categorize", replay_categorize); }

TEST_CASE("upstream proxy: starts of the sync runner") { check_all("runner", replay_runner); }
