// SPDX-License-Identifier: Apache-2.0
// How files spell the kinds of calls and call sequences.
#include "lbsim/scenario/cloud.hpp"


namespace lbsim::scenario {

namespace {

constexpr std::array<std::string_view, call_class_count> class_texts{"describe", "register", "modify", "write",
                                                                     "delete",   "poll",     "instance"};

constexpr std::array<std::string_view, 16> sequence_texts{
    "single",        "none",         "aws_clb",   "aws_nlb",  "aws_target_groups", "aws_ip_targets", "gce_target_pool", "gce_instance_group",
    "gce_shared_groups", "gce_neg_vm_ip", "gce_neg_pods", "azure_nic", "azure_ip", "octavia", "digitalocean", "hetzner"};

template <class Enum, std::size_t n>
std::optional<Enum> find(const std::array<std::string_view, n>& texts, std::string_view text) {
    for (std::size_t i = 0; i < n; ++i) {
        if (texts[i] == text) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_string(CallClass call_class) { return class_texts.at(static_cast<std::size_t>(call_class)); }
std::optional<CallClass> find_call_class(std::string_view text) { return find<CallClass>(class_texts, text); }
std::string_view to_string(CallSequence sequence) { return sequence_texts.at(static_cast<std::size_t>(sequence)); }
std::optional<CallSequence> find_call_sequence(std::string_view text) {
    return find<CallSequence>(sequence_texts, text);
}

}  // namespace lbsim::scenario
