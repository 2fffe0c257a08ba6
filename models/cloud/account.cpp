// SPDX-License-Identifier: Apache-2.0
// From a call to its answer.
#include "models/cloud/account.hpp"

#include <algorithm>

#include "lbsim/core/arithmetic.hpp"

namespace lbsim::cloud {

using history::CallResult;
using WhenEmpty = scenario::Bucket::WhenEmpty;

namespace {

/// Words of a draw, by what they decide.
enum Word : std::size_t { word_latency, word_error, word_time, word_jitter };

bool concerns(const scenario::CloudFault& fault, std::string_view operation) {
    return fault.operations.empty() ||
           std::find(fault.operations.begin(), fault.operations.end(), operation) != fault.operations.end();
}

}  // namespace

std::uint64_t FaultWindows::begin(const scenario::CloudFault& fault) {
    open_.emplace(next_, fault);
    return next_++;
}

Account::Account(cluster::Journal& journal, const scenario::CloudApi& api, const FaultWindows& faults, StreamKey key)
    : journal_(&journal), api_(&api), faults_(&faults), key_(key), lock_(journal.engine()) {
    for (const std::vector<scenario::Bucket>& quota : api.quota) {
        buckets_.emplace_back();
        for (const scenario::Bucket& bucket : quota) buckets_.back().emplace_back(bucket);
    }
    for (const scenario::Distribution& latency : api.latency) latency_.emplace_back(latency);
    if (api.operation_time) operation_time_ = scenario::Sampler(*api.operation_time);
    if (api.service_time) service_time_ = scenario::Sampler(*api.service_time);
    gate_until_.resize(scenario::call_class_count);
    balances_.resize(scenario::call_class_count);
}

/// A service's draws depend only on how many it has had, so no other service's calls move them.
Words Account::draw(ServiceId service) {
    const std::size_t owner = service.is_valid() ? service.index() + 1 : 0;
    if (draws_.size() <= owner) draws_.resize(owner + 1);
    return key_.block(draws_[owner]++, static_cast<std::uint32_t>(owner));
}

Account::Answer Account::call(const CallRequest& request, Duration* tail) {
    Answer answer;
    for (;;) {
        const Attempt last = attempt(request, tail);
        answer.result = last.result;
        answer.wait += last.wait;
        ++answer.tries;
        const bool is_good = last.result == CallResult::ok;
        const bool repeats = last.result == CallResult::failed ? api_->retry.on_failure : api_->retry.on_throttle;
        if (is_good || !repeats || request.is_refused || answer.tries >= api_->retry.attempts) return answer;
        sleep_for(delay_before_try(answer.tries, request));
    }
}

Duration Account::delay_before_try(std::uint32_t tries, const CallRequest& request) {
    const scenario::ClientRetry& retry = api_->retry;
    double delay = static_cast<double>(retry.first_delay.count());
    for (std::uint32_t i = 1; i < tries; ++i) delay *= retry.factor;
    if (retry.max_delay > Duration{0}) delay = std::min(delay, static_cast<double>(retry.max_delay.count()));
    if (retry.jitter > 0.0) delay *= 1.0 + retry.jitter * uniform_of(draw(request.service)[word_jitter]);
    return Duration{round_to_integer(std::min(delay, static_cast<double>(scenario::longest_draw.count())))};
}

/// One call from the first wait to the end of its latency.
Account::Attempt Account::attempt(const CallRequest& request, Duration* tail) {
    Balance& balance = balances_[class_of(request)];
    ++balance.asked;
    try {
        const Attempt result = send(request);
        if (result.result == CallResult::ok && tail != nullptr) {
            *tail = result.latency;
        } else {
            sleep_for(result.latency);
        }
        ++balance.answered;
        return result;
    } catch (const engine::Cancelled&) {
        ++balance.cut_off;
        throw;
    }
}

/// Waits until the call may be sent, and files it.
Account::Attempt Account::send(const CallRequest& request) {
    const Time asked = journal_->now();
    if (api_->retry.cross_request_delay) sleep_for(cross_request_.before_call(journal_->now()));
    Attempt result{.result = CallResult::rejected, .latency = {}, .wait = {}};
    const bool is_let_through = journal_->now() >= gate_until_[class_of(request)] &&
                                gets_token(buckets_[class_of(request)], WhenEmpty::reject) &&
                                gets_token(buckets_.back(), WhenEmpty::reject);
    if (is_let_through) {
        sleep_for(wait_for_turn(request));
        result = answer(request);
    }
    result.wait = journal_->now() - asked;
    record(request, result);
    return result;
}

/// Tokens of every bucket that makes the client wait, one after the other.
Duration Account::wait_for_turn(const CallRequest& request) {
    Time turn = journal_->now();
    for (std::vector<TokenBucket>* buckets : {&buckets_[class_of(request)], &buckets_.back()}) {
        for (TokenBucket& bucket : *buckets) {
            if (bucket.when_empty() == WhenEmpty::wait) turn = bucket.reserve(turn);
        }
    }
    return turn - journal_->now();
}

bool Account::gets_token(std::vector<TokenBucket>& buckets, WhenEmpty when_empty) {
    return std::all_of(buckets.begin(), buckets.end(), [&](TokenBucket& bucket) {
        return bucket.when_empty() != when_empty || bucket.try_take(journal_->now());
    });
}

/// What the cloud makes of a call that reaches it now.
Account::Attempt Account::answer(const CallRequest& request) {
    const scenario::Sampler& own = latency_[class_of(request)];
    const bool is_drawn = !request.latency && !own.distribution().is_fixed();
    const bool draws = is_drawn || !api_->faults.empty() || !faults_->open().empty();
    const Words words = draws ? draw(request.service) : Words{};
    Attempt result{.result = CallResult::ok,
                   .latency = request.latency.value_or(own.draw(words[word_latency])),
                   .wait = {}};
    if (!gets_token(buckets_[class_of(request)], WhenEmpty::throttle) || !gets_token(buckets_.back(), WhenEmpty::throttle)) {
        result.result = CallResult::throttled;
        if (api_->retry.cross_request_delay) cross_request_.throttled();
        if (api_->retry.gate_after_throttle > Duration{0}) {
            gate_until_[class_of(request)] = saturating_add(journal_->now(), api_->retry.gate_after_throttle);
        }
        return result;
    }
    double error_rate = 0.0;
    const auto apply = [&](const scenario::CloudFault& fault) {
        if (!concerns(fault, request.operation)) return;
        error_rate = std::max(error_rate, fault.error_rate);
        if (fault.latency) result.latency = scenario::Sampler(*fault.latency).draw(words[word_latency]);
    };
    for (const scenario::CloudFault& fault : api_->faults) apply(fault);
    for (const auto& [number, fault] : faults_->open()) apply(fault);
    const bool is_unlucky = error_rate > 0.0 && uniform_of(words[word_error]) <= error_rate;
    if (is_unlucky || request.is_refused) result.result = CallResult::failed;
    return result;
}

void Account::record(const CallRequest& request, const Attempt& attempt) {
    ++balances_[class_of(request)].sent;
    journal_->history().api_calls.push_back({.t = journal_->now(),
                                             .controller = request.controller,
                                             .operation = request.operation,
                                             .mutates = request.mutates,
                                             .service = request.service,
                                             .node = request.node,
                                             .result = attempt.result,
                                             .wait = attempt.wait,
                                             .latency = attempt.latency});
}

Duration Account::draw_operation_time(ServiceId service) {
    return api_->operation_time ? operation_time_.draw(draw(service)[word_time]) : Duration{0};
}

Account::Answer Account::await_operation(const CallRequest& request, Duration* tail) {
    const Duration length = draw_operation_time(request.service);
    const Time done = saturating_add(journal_->now(), length);
    Answer answer;
    if (api_->poll_every == Duration{0}) {
        if (tail != nullptr) {
            *tail = length;
        } else {
            sleep_for(length);
        }
        return answer;
    }
    double distance = static_cast<double>(api_->poll_every.count());
    for (std::uint32_t polls = 1;; ++polls) {
        sleep_for(Duration{round_to_integer(distance)});
        distance *= api_->poll_factor;
        const bool is_last = journal_->now() >= done;
        const Answer poll = call(request, is_last ? tail : nullptr);
        answer.result = poll.result;
        answer.tries += poll.tries;
        answer.wait += poll.wait;
        if (is_last || poll.result != CallResult::ok) return answer;
        if (api_->poll_limit > 0 && polls >= api_->poll_limit) {
            answer.result = CallResult::failed;
            return answer;
        }
    }
}

Duration Account::draw_service_time(ServiceId service) {
    return api_->service_time ? service_time_.draw(draw(service)[word_time]) : Duration{0};
}

}  // namespace lbsim::cloud
