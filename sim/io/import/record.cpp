// SPDX-License-Identifier: Apache-2.0
// Reads Events of Nodes, core/v1 and events.k8s.io/v1.
#include "sim/io/import/record.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "sim/io/import/field.hpp"

namespace lbsim::io {

namespace {

constexpr std::int64_t most_repetitions = 2'147'483'647;

struct Reason {
    std::string_view reason;
    NodeNews news;
};
/// Source: kubernetes/kubernetes pkg/kubelet/events/event.go (kubelet), pkg/controller/nodelifecycle (RegisteredNode,
/// RemovingNode, NodeNotReady); kubernetes/cloud-provider controllers/nodelifecycle (DeletingNode); kubernetes/autoscaler
/// cluster-autoscaler/core/scaledown/actuation (ScaleDown, ScaleDownFailed).
constexpr Reason reasons[] = {{"NodeReady", NodeNews::ready},
                              {"NodeNotReady", NodeNews::unknown},
                              {"RegisteredNode", NodeNews::registered},
                              {"RemovingNode", NodeNews::removed},
                              {"DeletingNode", NodeNews::gone_from_cloud},
                              {"NodeNotSchedulable", NodeNews::cordoned},
                              {"NodeSchedulable", NodeNews::uncordoned},
                              {"Rebooted", NodeNews::rebooted},
                              {"ScaleDown", NodeNews::scale_down},
                              {"ScaleDownFailed", NodeNews::scale_down_failed}};

/// Who sent it, wherever its version of the API has it.
std::string sender(const Field& event) {
    for (const Field& field : {event["source"]["component"], event["reportingComponent"], event["reportingController"],
                               event["deprecatedSource"]["component"]}) {
        if (std::string text = field.text_or_empty(); !text.empty()) return text;
    }
    return {};
}

/// The first and the last time of an Event, one and the same where it happened once; nullopt where it has none.
struct Times {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::int64_t count = 1;
};
std::optional<Times> times_of(const Field& event) {
    const auto first_of = [](std::initializer_list<Field> fields) {
        std::optional<std::int64_t> at;
        for (const Field& field : fields) {
            if (const std::optional<std::int64_t> here = field.instant(); here && !at) at = here;
        }
        return at;
    };
    const std::optional<std::int64_t> first =
        first_of({event["eventTime"], event["firstTimestamp"], event["deprecatedFirstTimestamp"]});
    const std::optional<std::int64_t> last =
        first_of({event["series"]["lastObservedTime"], event["lastTimestamp"], event["deprecatedLastTimestamp"]});
    Times out;
    for (const Field& field : {event["series"]["count"], event["count"], event["deprecatedCount"]})
        out.count = std::max(out.count, field.whole(0, most_repetitions).value_or(1));
    if (!first && !last) {
        const std::optional<std::int64_t> created = event["metadata"]["creationTimestamp"].instant();
        if (!created) return std::nullopt;
        out.first = out.last = *created;
        return out;
    }
    out.first = first ? *first : *last;
    out.last = std::max(last.value_or(out.first), out.first);
    if (out.count == 1) out.last = out.first;
    return out;
}

class EventReader {
public:
    EventReader(ImportNotes& notes, ProblemSink& sink) : notes_(notes), sink_(sink) {}

    void document(const JsonValue& value, const std::string& pointer) {
        const Field any(&value, pointer, "an item", sink_);
        if (value.is(JsonValue::Kind::null)) return;
        if (!value.is(JsonValue::Kind::object)) return any.refuse("an Event, or a List of Events (kubectl get events -o json)");
        const std::string kind = any["kind"].text().value_or("Event");
        if (value.find("items") != nullptr) {
            const Field list = any["items"];
            if (!list.is_present()) return;
            if (!list.value()->is(JsonValue::Kind::array)) return list.refuse("an array of Events");
            for (std::size_t i = 0; i < list.value()->items.size(); ++i)
                document(list.value()->items[i], pointer + "/items/" + std::to_string(i));
        } else if (kind == "Event") {
            event(value, pointer);
        } else {
            ++others_[printable(kind) + " objects"];
        }
    }

    std::vector<NodeEvent> take() {
        for (const auto& [what, count] : others_)
            notes_.left_out("", what, "no verb replays them (" + std::to_string(count) + ")");
        return std::move(events_);
    }

private:
    void event(const JsonValue& value, const std::string& pointer) {
        const Field anonymous(&value, pointer, "an Event", sink_);
        const Field event(&value, pointer, "Event " + printable(anonymous["metadata"]["name"].text_or_empty()), sink_);
        Field about = event["involvedObject"];
        if (!about.is_present()) about = event["regarding"];
        const std::string kind = about["kind"].text_or_empty();
        if (kind != "Node") {
            ++others_["Events of " + (kind.empty() ? std::string("unnamed") : printable(kind)) + " objects"];
            return;
        }
        const std::string node = about["name"].text_or_empty();
        const std::string reason = event["reason"].text_or_empty();
        const std::optional<NodeNews> news = news_of(event, reason);
        if (!news) {
            ++others_["Events of Nodes, reason " + (reason.empty() ? std::string("none") : printable(reason))];
            return;
        }
        if (node.empty()) return about["name"].refuse("the name of a Node");
        const std::optional<Times> times = times_of(event);
        if (!times) {
            // A time that is no time has been reported where it stands.
            if (!sink_.has_under(pointer)) event["lastTimestamp"].refuse("a time: none of the Event's fields has one");
            return;
        }
        events_.push_back({.us = times->first, .node = node, .news = *news});
        if (times->last > times->first) events_.push_back({.us = times->last, .node = node, .news = *news});
        if (times->count > 2)
            notes_.left_out("Node " + printable(node), "Event count, reason " + printable(reason),
                            "an Event that stands for several: its first and its last time are replayed, those between are not known");
    }

    std::optional<NodeNews> news_of(const Field& event, const std::string& reason) {
        // Before it had a reason of its own, the cloud controller put its sentence there.
        if (reason.starts_with("Deleting Node ")) return NodeNews::gone_from_cloud;
        const auto* const known = std::find_if(std::begin(reasons), std::end(reasons),
                                               [&](const Reason& r) { return r.reason == reason; });
        if (known == std::end(reasons)) return std::nullopt;
        const std::string from = sender(event);
        if (reason == "NodeNotReady") {
            if (from == "kubelet") return NodeNews::not_ready;
            if (from.empty())
                notes_.assumed(event.object(), "source.component", "not given: NodeNotReady is taken to be the node lifecycle controller's");
        }
        if (reason == "ScaleDown" && event["message"].text_or_empty().starts_with("node removed")) return std::nullopt;
        return known->news;
    }

    ImportNotes& notes_;
    ProblemSink& sink_;
    std::vector<NodeEvent> events_;
    std::map<std::string, std::size_t> others_;
};

}  // namespace

Record read_record(const ImportInput& input, ImportNotes& notes, std::vector<Problem>& problems) {
    std::string_view start = input.text;
    if (start.starts_with("\xef\xbb\xbf")) start.remove_prefix(3);
    const std::size_t first = start.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && start[first] != '{' && start[first] != '[') return read_samples(input, problems);
    Record record;
    ProblemSink sink(input.name);
    if (const std::optional<JsonValue> root = parse_json(input.text, Origin::Source::file, sink, unread_keys)) {
        EventReader reader(notes, sink);
        reader.document(*root, "");
        record.events = reader.take();
        if (record.events.empty() && sink.empty())
            sink.add({.line = 1}, "", "no Event of a Node's life",
                     "Events such as NodeNotReady, NodeReady, RegisteredNode (kubectl get events -A -o json)");
    }
    problems.insert(problems.end(), sink.problems().begin(), sink.problems().end());
    std::stable_sort(record.events.begin(), record.events.end(), [](const NodeEvent& x, const NodeEvent& y) { return x.us < y.us; });
    return record;
}

}  // namespace lbsim::io
