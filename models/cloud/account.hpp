// SPDX-License-Identifier: Apache-2.0
// One account at a cloud: makes calls one by one, with the waits, answers and repetitions that its limits lead to.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "lbsim/core/rng.hpp"
#include "lbsim/scenario/sampling.hpp"
#include "models/cloud/cross_request_delay.hpp"
#include "models/cloud/ticket_lock.hpp"
#include "models/cloud/token_bucket.hpp"
#include "models/cluster/api_server.hpp"

namespace lbsim::cloud {

/// One call to make. Texts are static.
struct CallRequest {
    std::string_view controller;
    std::string_view operation;
    scenario::CallClass call_class{};
    bool mutates = false;
    ServiceId service;  ///< object, where it is a load balancer
    NodeId node;        ///< object, where it is an instance
    std::optional<Duration> latency{};  ///< instead of the account's
    bool is_refused = false;            ///< the cloud says no (too many targets): a failure that no repetition mends
};

/// Faults that the timeline switches on and off, for all accounts.
class FaultWindows {
public:
    std::uint64_t begin(const scenario::CloudFault& fault);
    void end(std::uint64_t number) { open_.erase(number); }
    const std::map<std::uint64_t, scenario::CloudFault>& open() const { return open_; }

private:
    std::map<std::uint64_t, scenario::CloudFault> open_;  ///< by number of their beginning
    std::uint64_t next_ = 0;
};

/// Order of what may hold a call up: the client's delay for all calls, the gate after a 429, its buckets; then, at the
/// cloud, its buckets, then faults. Every try is a row of api_calls.csv, filed when it is sent (or rejected).
class Account {
public:
    Account(cluster::Journal& journal, const scenario::CloudApi& api, const FaultWindows& faults, StreamKey key);

    /// The last answer to a call, and what it took to get it.
    struct Answer {
        history::CallResult result{};
        std::uint32_t tries = 0;
        Duration wait{};
    };
    /// Makes a call, again where the client does that by itself; blocks the calling actor until it is answered.
    /// With `tail` the latency of a good answer is not waited for but left there.
    Answer call(const CallRequest& request, Duration* tail = nullptr);
    /// Waits for the operation that a call has started, and polls it; `request` names the poll. The answer is failed
    /// where it took too long, else that of the last poll. With `tail` as above.
    Answer await_operation(const CallRequest& request, Duration* tail = nullptr);
    /// How long an operation takes.
    Duration draw_operation_time(ServiceId service);
    /// What an Ensure or Update takes at least.
    Duration draw_service_time(ServiceId service);

    const scenario::CloudApi& api() const { return *api_; }
    TicketLock& lock() { return lock_; }
    /// Blocks the calling actor; t <= now returns at once.
    void sleep_for(Duration d) { journal_->engine().sleep_for(d); }

    /// What became of the calls of one class. Once everybody who called has gone, asked = answered + cut_off.
    struct Balance {
        std::uint64_t asked = 0;
        std::uint64_t sent = 0;      ///< rows of api_calls.csv: those sent or rejected
        std::uint64_t answered = 0;  ///< their latency is over, or left to the caller
        std::uint64_t cut_off = 0;   ///< the run or the caller's controller ended before
    };
    /// By CallClass.
    const std::vector<Balance>& balances() const { return balances_; }

private:
    struct Attempt {
        history::CallResult result{};
        Duration latency{};
        Duration wait{};
    };
    Attempt attempt(const CallRequest& request, Duration* tail);
    Attempt send(const CallRequest& request);
    Attempt answer(const CallRequest& request);
    Duration wait_for_turn(const CallRequest& request);
    bool gets_token(std::vector<TokenBucket>& buckets, scenario::Bucket::WhenEmpty when_empty);
    void record(const CallRequest& request, const Attempt& attempt);
    Duration delay_before_try(std::uint32_t tries, const CallRequest& request);
    Words draw(ServiceId service);
    std::size_t class_of(const CallRequest& request) const { return static_cast<std::size_t>(request.call_class); }

    cluster::Journal* journal_;
    const scenario::CloudApi* api_;
    const FaultWindows* faults_;
    StreamKey key_;
    std::vector<std::vector<TokenBucket>> buckets_;  ///< by class; the last one is for all classes
    std::vector<scenario::Sampler> latency_;         ///< by class
    scenario::Sampler operation_time_;
    scenario::Sampler service_time_;
    std::vector<Time> gate_until_;                   ///< by class: calls are rejected until then
    CrossRequestDelay cross_request_;
    TicketLock lock_;
    std::vector<std::uint64_t> draws_;               ///< by service, moved by one: how many draws it has had
    std::vector<Balance> balances_;
};

}  // namespace lbsim::cloud
