// SPDX-License-Identifier: Apache-2.0
// A recorded stream of what happened to nodes: Events of the API, or samples of Ready.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/io/import/dump.hpp"

namespace lbsim::io {

/// What one line of a record says of a node.
enum class NodeNews : std::uint8_t {
    ready,
    not_ready,          ///< the kubelet reported Ready=False
    unknown,            ///< the node lifecycle controller heard nothing for too long
    registered,
    removed,            ///< the node lifecycle controller found the Node object gone
    gone_from_cloud,    ///< the cloud node lifecycle controller deletes it: there is no machine any more
    cordoned,
    uncordoned,
    rebooted,           ///< the kubelet is back after a reboot
    scale_down,         ///< the autoscaler set its taint
    scale_down_failed,  ///< … and took it away again
};

struct NodeEvent {
    std::int64_t us = 0;  ///< since 1970, or since the record's own zero
    std::string node;
    NodeNews news = NodeNews::ready;
};

struct Record {
    std::vector<NodeEvent> events;  ///< in order of time, equals as in the file
    bool is_of_samples = false;     ///< each line is a state, not a change, and nodes neither come nor go
};

/// Reads `kubectl get events -o json` or, where the text does not begin as JSON does, lines of node,time,Ready.
/// What says nothing of a node's life is passed by with a note.
Record read_record(const ImportInput& input, ImportNotes& notes, std::vector<Problem>& problems);

/// node,time,Ready: a time of RFC 3339 or a number of seconds; True, False or Unknown. A header and empty lines are skipped.
Record read_samples(const ImportInput& input, std::vector<Problem>& problems);

}  // namespace lbsim::io
