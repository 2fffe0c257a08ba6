// SPDX-License-Identifier: Apache-2.0
// What a health server sends back, and points of wall-clock time as Go programs print them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Status, headers and body of an HTTP response, without what the HTTP library adds itself (Date, Content-Length).
struct HttpAnswer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;  ///< in the order of their names
    std::string body;
    friend bool operator==(const HttpAnswer&, const HttpAnswer&) = default;
};

/// 200 or 503 and the two headers that every health answer of kube-proxy carries; no body yet.
/// Source: kubernetes/kubernetes pkg/proxy/healthcheck/proxier_health.go and service_health.go, 1.19 to 1.36.
HttpAnswer health_answer(bool is_ok);
/// What Go's request router answers for a path that nobody serves.
/// Source: golang/go src/net/http/server.go, NotFound.
HttpAnswer not_found_answer();

/// A reading of the wall clock, given by the caller: policies have no clock.
/// Units: microseconds since the Unix epoch, UTC.
struct WallTime {
    std::int64_t us_since_epoch = 0;
    /// Microseconds of the process's monotonic clock, where the reading has one: a kube-proxy's own readings do, those
    /// of a fake clock do not. Only the text up to 1.32 shows it.
    std::optional<std::int64_t> monotonic_us;
    friend bool operator==(const WallTime&, const WallTime&) = default;
};

/// "2000-01-01 00:00:25.5 +0000 UTC", with " m=+25.500000000" after it where the reading is monotonic too; without a
/// time Go's zero time of year 1.
/// Source: golang/go src/time/format.go, Time.String.
std::string go_text(const std::optional<WallTime>& time);
/// "2000-01-01T00:00:25.5Z"; without a time Go's zero time of year 1.
/// Source: golang/go src/time/time.go, Time.MarshalJSON (RFC 3339, fraction without trailing zeros).
std::string rfc3339_text(const std::optional<WallTime>& time);

}  // namespace lbsim::policy
#pragma GCC visibility pop
