// SPDX-License-Identifier: Apache-2.0
// Which updates of a node start a pass, by variant, and upstream's tables of them.
#include "controller_driver.hpp"
#include "support/catch.hpp"

using namespace lbsim::policy;

namespace {
struct Update {
    NodeFacts before;
    NodeFacts after;
};

NodeFacts with(NodeFacts node, void (*change)(NodeFacts&)) {
    change(node);
    return node;
}

void set_excluded(NodeFacts& n) { n.exclusion = ExclusionLabel::excludes, n.labels_digest = 7; }
void set_not_ready(NodeFacts& n) { n.ready = ConditionStatus::is_false; }
void set_unknown(NodeFacts& n) { n.ready = ConditionStatus::unknown; }
void set_no_ready(NodeFacts& n) { n.ready = ConditionStatus::absent; }
void set_tainted(NodeFacts& n) { n.autoscaler_tainted = true; }
void set_deleting(NodeFacts& n) { n.is_deleting = true; }
void set_other_id(NodeFacts& n) { n.provider_id = 99; }
void set_no_id(NodeFacts& n) { n.provider_id = 0; }
void set_other_label(NodeFacts& n) { n.labels_digest = 5; }
void set_cordoned(NodeFacts& n) { n.unschedulable = true; }

/// One update per question; the expected rows below answer in this order.
std::vector<Update> questions() {
    const NodeFacts base = healthy_node(0);
    return {{base, base},
            {base, with(base, set_cordoned)},
            {base, with(base, set_other_label)},
            {base, with(base, set_excluded)},
            {base, with(base, set_not_ready)},
            {base, with(base, set_unknown)},
            {base, with(base, set_tainted)},
            {base, with(base, set_deleting)},
            {base, with(base, set_other_id)},
            {base, with(base, set_no_id)},
            {with(base, set_not_ready), with(base, set_unknown)}};
}

std::string answers(std::string_view release, const FeatureGates& gates) {
    std::string forward;
    std::string backward;
    for (const Update& u : questions()) {
        forward += update_triggers_sync(u.before, u.after, release_named(release), gates) ? 'Y' : '-';
        backward += update_triggers_sync(u.after, u.before, release_named(release), gates) ? 'Y' : '-';
    }
    CHECK(forward == backward);  // every trigger compares, so it knows no direction
    return forward;
}
}  // namespace

// Columns: nothing, cordon, other label, exclusion label, Ready to False, Ready to Unknown, CA taint,
// deletionTimestamp, other providerID, no providerID, Ready False to Unknown.
TEST_CASE("trigger: each variant answers as its table says where the gate is off or not yet there") {
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    CHECK(answers("1.24", off) == "-YYYYY----Y");     // C
    CHECK(answers("1.25", off) == "-YYYYY----Y");     // C
    CHECK(answers("1.26.0", off) == "---YYYY----");   // E
    CHECK(answers("1.26.5", off) == "---YYYY--Y-");   // F
    CHECK(answers("1.26.11", off) == "---YYYY--Y-");  // G
    CHECK(answers("1.27.0", off) == "---YYYY----");   // H off: as D
    CHECK(answers("1.27.2", off) == "---YYYY--Y-");   // I off: as F
    CHECK(answers("1.27.8", off) == "---YYYY--Y-");   // J off: as G
    CHECK(answers("1.28.0", off) == "---YYYY-YY-");   // K off
    CHECK(answers("1.28.4", off) == "---YYYY-YY-");   // L off
    CHECK(answers("1.29", off) == "---YYYY-YY-");     // M off
}

TEST_CASE("trigger: the stable set reads only the exclusion label and the providerID") {
    CHECK(answers("1.27.0", {}) == "---Y-------");   // H
    CHECK(answers("1.27.2", {}) == "---Y-----Y-");   // I
    CHECK(answers("1.27.16", {}) == "---Y-----Y-");  // J
    CHECK(answers("1.28.0", {}) == "---Y----YY-");   // K
    CHECK(answers("1.28.15", {}) == "---Y----YY-");  // L
    CHECK(answers("1.29", {}) == "---Y----YY-");     // M
    CHECK(answers("1.30", {}) == "---Y----YY-");     // M
    CHECK(answers("1.31", {}) == "---Y----YY-");     // M
    CHECK(answers("1.32", {}) == "---Y----YY-");     // N
    CHECK(answers("1.33", {}) == "---Y----YY-");     // N
}

TEST_CASE("trigger: upstream's table of 21 individual changes holds from 1.31 on") {
    // Test_shouldSyncUpdatedNode_individualPredicates: 6 changes trigger, 15 do not. Other taints and other conditions
    // are no facts of this library, so their rows compare equal nodes.
    const NodeFacts base = healthy_node(0);
    const NodeFacts no_id = with(base, set_no_id);
    const std::vector<Update> yes{{base, with(base, set_excluded)}, {with(base, set_excluded), base},
                                  {no_id, base},                    {base, no_id},
                                  {base, with(base, set_other_id)}, {with(base, set_other_id), base}};
    const std::vector<Update> no{
        {base, base},                                                          // nothing
        {with(base, set_excluded), with(base, set_excluded)},                  // excluded stays
        {base, with(base, set_tainted)},                                       // CA taint on
        {with(base, set_tainted), base},                                       // CA taint off
        {with(base, set_tainted), with(base, set_tainted)},                    // CA taint stays
        {base, base},                                                          // other taint
        {base, with(base, set_other_label)},                                   // other label on
        {with(base, set_other_label), base},                                   // other label off
        {base, with(base, set_not_ready)},                                     // Ready to False
        {with(base, set_not_ready), base},                                     // and back
        {base, with(base, set_no_ready)},                                      // Ready condition gone
        {with(base, set_no_ready), base},                                      // and there again
        {with(base, set_not_ready), with(base, set_unknown)},                  // False to Unknown
        {base, base},                                                          // other condition
        {base, with(base, set_deleting)},                                      // deletionTimestamp
    };
    REQUIRE(yes.size() == 6);
    REQUIRE(no.size() == 15);
    for (const auto* release : {"1.31", "1.32", "1.33"}) {
        CAPTURE(release);
        for (const Update& u : yes) CHECK(update_triggers_sync(u.before, u.after, release_named(release), {}));
        for (const Update& u : no) CHECK_FALSE(update_triggers_sync(u.before, u.after, release_named(release), {}));
    }
}

TEST_CASE("trigger: upstream's table of 27 compound changes holds from 1.31 on") {
    // Test_shouldSyncUpdatedNode_compoundedPredicates: a held property, then a change both ways. Exclusion and
    // providerID trigger, taint and readiness do not: 15 yes, 12 no.
    using Change = void (*)(NodeFacts&);
    const auto both_ways = [](Change held, Change change) {
        const NodeFacts before = with(healthy_node(0), held);
        return std::vector<Update>{{before, with(before, change)}, {with(before, change), before}};
    };
    std::vector<Update> yes;
    std::vector<Update> no;
    const auto append = [](std::vector<Update>& to, const std::vector<Update>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    const auto id_set_unset_changed = [&](Change held) {
        append(yes, both_ways(held, set_no_id));
        append(yes, {both_ways(held, set_other_id)[0]});
    };
    append(yes, both_ways(set_tainted, set_excluded));
    id_set_unset_changed(set_tainted);
    append(no, both_ways(set_tainted, set_not_ready));
    append(no, both_ways(set_excluded, set_tainted));
    append(no, both_ways(set_excluded, set_not_ready));
    id_set_unset_changed(set_excluded);
    append(no, both_ways(set_not_ready, set_tainted));
    append(yes, both_ways(set_not_ready, set_excluded));
    id_set_unset_changed(set_not_ready);
    append(yes, both_ways(set_no_id, set_excluded));
    append(no, both_ways(set_no_id, set_not_ready));
    append(no, both_ways(set_no_id, set_tainted));
    // tainted 2+3, excluded 3, not ready 2+3, no id 2 make 15; the noes are six pairs.
    REQUIRE(yes.size() == 15);
    REQUIRE(no.size() == 12);
    for (const auto* release : {"1.31", "1.32", "1.33"}) {
        CAPTURE(release);
        for (const Update& u : yes) CHECK(update_triggers_sync(u.before, u.after, release_named(release), {}));
        for (const Update& u : no) CHECK_FALSE(update_triggers_sync(u.before, u.after, release_named(release), {}));
    }
}

TEST_CASE("trigger: a node without the providerID that F, G, I and J ask for is not eligible, so turning Ready is nothing") {
    // Upstream's list of all predicates holds the providerID in these variants; its traces of 1.26.10 and 1.27.7 showed it.
    const FeatureGates off{{"StableLoadBalancerNodeSet", false}};
    NodeFacts unready = healthy_node(0);
    unready.provider_id = 0;
    unready.ready = ConditionStatus::is_false;
    NodeFacts turned = unready;
    turned.ready = ConditionStatus::is_true;
    for (const auto* release : {"1.26.5", "1.26.15", "1.27.2", "1.27.16"}) {
        CAPTURE(release);
        CHECK_FALSE(update_triggers_sync(unready, turned, release_named(release), off));
    }
    for (const auto* release : {"1.25.0", "1.26.0", "1.27.0", "1.28.0", "1.28.15", "1.29"}) {
        CAPTURE(release);
        CHECK(update_triggers_sync(unready, turned, release_named(release), off));
    }
}
