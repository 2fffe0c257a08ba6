// SPDX-License-Identifier: Apache-2.0
// Which nodes each variant wants behind a load balancer.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
/// One node per question; the expected rows below answer in this order.
std::vector<NodeFacts> questions() {
    std::vector<NodeFacts> nodes(10, healthy_node(0));  // 0: healthy
    nodes[1].ready = ConditionStatus::is_false;
    nodes[2].ready = ConditionStatus::absent;  // other conditions only
    nodes[3].ready = ConditionStatus::absent;
    nodes[3].has_conditions = false;
    nodes[4].autoscaler_tainted = true;
    nodes[5].exclusion = exclusion_label_of("");
    nodes[6].exclusion = exclusion_label_of("false");
    nodes[7].is_deleting = true;
    nodes[8].provider_id = 0;
    nodes[9].unschedulable = true;
    return nodes;
}

std::string answers(std::string_view release, TrafficPolicy policy, const FeatureGates& gates) {
    std::string row;
    for (const NodeFacts& node : questions()) {
        row += is_desired_target(node, policy, release_named(release), gates) ? 'Y' : '-';
    }
    return row;
}

struct Row {
    const char* release;
    const char* cluster;
    const char* local;
};

void check_rows(const std::vector<Row>& rows, const FeatureGates& gates) {
    for (const Row& row : rows) {
        CAPTURE(row.release);
        CHECK(answers(row.release, TrafficPolicy::cluster, gates) == row.cluster);
        CHECK(answers(row.release, TrafficPolicy::local, gates) == row.local);
    }
}
}  // namespace

// Columns: healthy, NotReady, no Ready condition, no condition at all, CA taint, label "", label "false", deleting,
// no providerID, cordoned.
TEST_CASE("predicate: each variant answers as its table says where the gate is off or not yet there") {
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    check_rows(
        {
            {"1.19", "Y-Y-Y--YYY", "Y-Y-Y--YYY"},     // A: no taint counts
            {"1.22.3", "Y-Y-Y--YYY", "Y-Y-Y--YYY"},   // B
            {"1.21.7", "Y-Y----YYY", "Y-Y----YYY"},   // C: the autoscaler's taint does
            {"1.25.0", "Y------YYY", "YYYY---YYY"},   // D: as E
            {"1.24.0", "Y-Y----YYY", "Y-Y----YYY"},   // C: old readiness, the deleting and the nameless stay
            {"1.25.16", "Y-Y----YYY", "Y-Y----YYY"},  // C
            {"1.26.0", "Y------YYY", "YYYY---YYY"},   // E: Local does not ask for readiness
            {"1.26.5", "Y------Y-Y", "YYYY---Y-Y"},   // F: providerID needed
            {"1.26.11", "Y------Y-Y", "Y------Y-Y"},  // G: readiness is back for Local
            {"1.27.0", "Y------YYY", "YYYY---YYY"},   // H off: as E
            {"1.27.2", "Y------Y-Y", "YYYY---Y-Y"},   // I off: E and providerID
            {"1.27.8", "Y------Y-Y", "Y------Y-Y"},   // J off: as G
            {"1.28.0", "Y------YYY", "YYYY---YYY"},   // K off
            {"1.28.4", "Y------YYY", "Y------YYY"},   // L off
            {"1.29", "Y------YYY", "Y------YYY"},     // M off
        },
        off);
}

TEST_CASE("predicate: the stable set asks neither for readiness nor, but in 1.27.2 on, for a providerID") {
    check_rows(
        {
            {"1.27.0", "YYYY----YY", "YYYY----YY"},   // H
            {"1.27.2", "YYYY-----Y", "YYYY-----Y"},   // I
            {"1.27.16", "YYYY-----Y", "YYYY-----Y"},  // J
            {"1.28.0", "YYYY----YY", "YYYY----YY"},   // K
            {"1.28.15", "YYYY----YY", "YYYY----YY"},  // L
            {"1.29.0", "YYYY----YY", "YYYY----YY"},   // M
            {"1.31", "YYYY----YY", "YYYY----YY"},     // M
            {"1.32", "YYYY----YY", "YYYY----YY"},     // N
            {"1.33", "YYYY----YY", "YYYY----YY"},     // N
            {"1.34.0", "YYYY--Y-YY", "YYYY--Y-YY"},   // O: a label that says false does not exclude
            {"1.36", "YYYY--Y-YY", "YYYY--Y-YY"},     // O
        },
        {});
}

TEST_CASE("predicate: a locked or removed gate cannot be switched off") {
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    check_rows({{"1.30", "YYYY----YY", "YYYY----YY"}, {"1.32", "YYYY----YY", "YYYY----YY"}}, off);
}

TEST_CASE("predicate: upstream's respectsPredicates table holds for the legacy list") {
    // The legacy list included, untainted, ready is L's with the gate off. Up to 1.33 the label's presence counts.
    const Release release = release_named("1.28.15");
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    const auto respects = [&](const NodeFacts& node) {
        return is_desired_target(node, TrafficPolicy::cluster, release, off);
    };
    const NodeFacts ready = healthy_node(0);
    CHECK_FALSE(respects(NodeFacts{}));
    CHECK(respects(ready));
    NodeFacts node = ready;
    node.ready = ConditionStatus::is_false;
    CHECK_FALSE(respects(node));
    node.ready = ConditionStatus::unknown;
    CHECK_FALSE(respects(node));
    for (const auto* value : {"", "false", "true", "foo"}) {
        CAPTURE(value);
        node = ready;
        node.exclusion = exclusion_label_of(value);
        CHECK_FALSE(respects(node));
    }
    node = ready;
    node.autoscaler_tainted = true;
    CHECK_FALSE(respects(node));
}

TEST_CASE("predicate: only the texts that Go reads as false parse as false") {
    CHECK(exclusion_label_of(std::nullopt) == ExclusionLabel::absent);
    for (const auto* value : {"0", "f", "F", "false", "False", "FALSE"}) {
        CAPTURE(value);
        CHECK(exclusion_label_of(value) == ExclusionLabel::parses_as_false);
    }
    for (const auto* value : {"", "1", "t", "true", "fALSE", "no", "off", " false", "00"}) {
        CAPTURE(value);
        CHECK(exclusion_label_of(value) == ExclusionLabel::excludes);
    }
}
