// SPDX-License-Identifier: Apache-2.0
// From a record of events to a timeline of verbs that replays it.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lbsim/core/time.hpp"
#include "sim/io/import/node_plan.hpp"
#include "sim/io/import/record.hpp"

namespace lbsim::io {

/// Who is there: the nodes of the dump without those that register during the record, and with those that only the record
/// knows, each taken to be as the node of the dump whose name is most like its own. Pre: a node in the dump.
Census take_census(const std::vector<NodeObject>& nodes, const Record& record, ImportNotes& notes);

/// What one verb does to one node, at an instant of the record.
struct NodeAct {
    std::int64_t us = 0;
    std::string verb;
    std::string keys;           ///< the verb's other keys as JSON text; equal acts of one instant become one entry
    std::string node;           ///< in the cluster
    std::size_t life = 0;       ///< 0: the node of the start; n: as it was registered the n-th time in the record
};

/// When a replay begins, and after how long a silent node turns Unknown.
struct ReplayClock {
    std::int64_t zero_us = 0;
    Duration grace_period{};
};

/// The verbs that replay what the record says of each node.
std::vector<NodeAct> acts_of(const Record& record, const Census& census, const ReplayClock& clock, ImportNotes& notes);

/// The verbs, at the earliest instant there is, that bring nodes into the state in which the dump has them, for what the
/// record does not tell.
std::vector<NodeAct> acts_at_start(const Record& record, const Census& census, ImportNotes& notes);

/// A node of the cluster and the names it has in the scenario: more than one where it was registered again.
struct NodeAlias {
    std::string cluster;
    std::vector<std::string> names;
    std::string pool_from;
    std::string zone;
};

struct Timeline {
    std::vector<std::string> entries;  ///< JSON texts
    Duration last{};                   ///< when the last one is
    std::vector<NodeAlias> aliases;    ///< in order of names in the cluster
};

/// Puts acts in order, gives added nodes their numbers, and spells entries. Those before zero happen at zero.
Timeline timeline_of(std::vector<NodeAct> acts, std::int64_t zero_us, const NodePlan& plan);

}  // namespace lbsim::io
