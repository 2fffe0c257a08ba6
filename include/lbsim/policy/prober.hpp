// SPDX-License-Identifier: Apache-2.0
// A health checker's thresholds: when do answers turn a target failing or passing?
#pragma once

#include <cstdint>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// Consecutive results that flip a target. Units: probes.
/// Source: each cloud's own health check; see the profile that sets the numbers. A 0 acts as 1.
struct ProbeThresholds {
    std::uint32_t unhealthy = 3;
    std::uint32_t healthy = 1;
};

/// What one prober thinks of one target. A result that agrees with the verdict ends a run against it.
/// Source: the threshold rule that the clouds of spec cloud-load-balancers.md share (consecutive successes and
/// failures).
class ProbeState {
public:
    enum class Verdict : std::uint8_t { failing, passing };

    explicit ProbeState(Verdict initial) : verdict_(initial) {}

    /// Counts one completed probe; returns true where the verdict flipped.
    bool record(bool success, const ProbeThresholds& thresholds);
    /// Which of the next results, all equal to `success`, would flip the verdict: 1 for the first, 0 for none ever.
    std::uint64_t results_to_flip(bool success, const ProbeThresholds& thresholds) const;
    /// Counts `results` probes that all ended alike. Pre: none but the last of them flips.
    void record_run(bool success, std::uint64_t results, const ProbeThresholds& thresholds);
    Verdict verdict() const { return verdict_; }
    /// True where further results equal to `success` can never flip the verdict.
    bool is_settled(bool success) const {
        return (verdict_ == Verdict::passing) == success;
    }

private:
    Verdict verdict_;
    std::uint32_t run_ = 0;        ///< consecutive results against the verdict
};

}  // namespace lbsim::policy
#pragma GCC visibility pop
