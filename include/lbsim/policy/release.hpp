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

/// Why a text names no release.
enum class ReleaseError { malformed, unknown };

/// What parse_release found: a release, or why there is none.
struct ParsedRelease {
    std::optional<Release> release;
    ReleaseError error = ReleaseError::malformed;  ///< meaningful only without a release
};

/// Reads "1.30" (its last patch release) or "1.28.3".
/// Source: kubernetes/cloud-provider release tags v0.19.0 to v0.36.6.
ParsedRelease parse_release(std::string_view text);

/// The minors that parse_release accepts, as texts such as "1.24", oldest first.
/// Source: kubernetes/cloud-provider release tags.
std::span<const std::string_view> modelled_releases();

/// The letter of the service controller's variant at this release, such as "G". Pre: the release exists.
/// Source: blobs of controllers/service/controller.go, kubernetes/cloud-provider.
std::string_view service_controller_variant(Release release);

/// Feature gates set by the user, name to value; gates not named have the release's default.
using FeatureGates = std::map<std::string, bool, std::less<>>;

/// The component whose release decides whether a gate exists and what it does. The kubelet stands for
/// kube-controller-manager too: the two share a release here.
enum class Component { service_controller, kube_proxy, kubelet };

/// How a gate stands at a release. Alpha and beta gates can be set; a gate that is called deprecated and can still be
/// set is beta here.
enum class GateStage { absent, alpha, beta, stable_locked, removed };

/// One feature gate as lbsim knows it.
struct GateState {
    GateStage stage = GateStage::absent;
    bool default_value = false;
};

/// The gates that a scenario may set: those read by rules that act in a run. Of the others a setting would change
/// nothing, and nobody would be told.
std::span<const std::string_view> modelled_gates();
/// Every gate that some rule of this library reads or that the notes on load balancers name.
std::span<const std::string_view> known_gates();
/// The component that owns the gate; for gates of the API server, the one whose behaviour they change.
/// Pre: `gate` is one of known_gates().
Component gate_owner(std::string_view gate);
/// Stage and default of a gate at its owner's release; a removed gate keeps its last default.
/// Pre: `gate` is one of known_gates().
/// Source: kubernetes/kubernetes pkg/features/kube_features.go, 1.19 to 1.36; kep.yaml of each gate's KEP;
/// kubernetes/website content/en/docs/reference/command-line-tools-reference/feature-gates.
GateState gate_state(std::string_view gate, Release release);
/// The gate's value at this release under the user's settings, which count only where the gate is alpha or beta.
/// Pre: `gate` is one of known_gates().
/// Source: kubernetes/component-base featuregate, LockToDefault.
bool gate_value(std::string_view gate, Release release, const FeatureGates& gates);

}  // namespace lbsim::policy
#pragma GCC visibility pop
