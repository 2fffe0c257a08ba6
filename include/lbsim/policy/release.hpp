// SPDX-License-Identifier: Apache-2.0
// Kubernetes releases and feature gates: which rules a component of a given release follows.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#pragma GCC visibility push(default)
namespace lbsim::policy {

/// A Kubernetes patch release, 1.minor.patch.
struct Release {
    int minor = 0;
    int patch = 0;
    friend auto operator<=>(const Release&, const Release&) = default;
};

/// "1.30.14"
std::string to_string(Release release);

/// Why a text names no release that this version of lbsim acts on.
enum class ReleaseError { malformed, unknown, not_yet_modelled };

/// What parse_release found: a release, or why there is none.
struct ParsedRelease {
    std::optional<Release> release;
    ReleaseError error = ReleaseError::malformed;  ///< meaningful only without a release
};

/// Reads "1.30" (its last patch release) or "1.28.3".
/// Source: kubernetes/cloud-provider release tags v0.19.0 to v0.36.2.
ParsedRelease parse_release(std::string_view text);

/// The minors that parse_release accepts, as texts such as "1.24", oldest first. Of 1.25 only 1.25.3 and later are.
/// Source: kubernetes/cloud-provider release tags, by the variants that are modelled.
std::span<const std::string_view> modelled_releases();

/// The letter of the service controller's variant at this release, such as "G". Pre: the release is modelled.
/// Source: blobs of controllers/service/controller.go, kubernetes/cloud-provider.
std::string_view service_controller_variant(Release release);

/// Feature gates set by the user, name to value; gates not named have the release's default.
using FeatureGates = std::map<std::string, bool, std::less<>>;

/// The component whose release decides whether a gate exists and what it does.
enum class Component { service_controller, kube_proxy, kubelet };

/// How a gate stands at a release.
enum class GateStage { absent, alpha, beta, stable_locked, removed };

/// One feature gate as lbsim knows it.
struct GateState {
    GateStage stage = GateStage::absent;
    bool default_value = false;
};

/// The gates that some modelled rule reads, by name.
std::span<const std::string_view> modelled_gates();
/// The component that owns the gate. Pre: `gate` is one of modelled_gates().
Component gate_owner(std::string_view gate);
/// Stage and default of a gate at its owner's release; a removed gate keeps its last default. Pre: `gate` is one of
/// modelled_gates().
/// Source: kep.yaml of KEP-3458, KEP-3836, KEP-1669; kubernetes/website content/en/docs/reference/
/// command-line-tools-reference/feature-gates.
GateState gate_state(std::string_view gate, Release release);
/// The gate's value at this release under the user's settings, which count only where the gate is alpha or beta.
/// Pre: `gate` is one of modelled_gates().
/// Source: kubernetes/component-base featuregate, LockToDefault.
bool gate_value(std::string_view gate, Release release, const FeatureGates& gates);

}  // namespace lbsim::policy
#pragma GCC visibility pop
