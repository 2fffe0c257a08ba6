// SPDX-License-Identifier: Apache-2.0
// What a record says of one node, told again in verbs.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "sim/io/import/replay.hpp"
#include "sim/io/import/timestamp.hpp"

namespace lbsim::io {

namespace {

using Json = nlohmann::ordered_json;

/// How long a machine is off that reboots before anybody notices; also the format's default of `reboot`.
constexpr std::int64_t unseen_reboot_us = 60'000'000;

/// Goes through the events of one node once, looking ahead for how an outage or a scale-down ends.
class NodeStory {
public:
    NodeStory(std::string node, std::vector<NodeEvent> events, bool exists, const ReplayClock& clock, ImportNotes& notes)
        : node_(std::move(node)), events_(std::move(events)), exists_(exists), clock_(clock), notes_(notes) {}

    std::vector<NodeAct> tell() {
        for (now_ = 0; now_ < events_.size(); ++now_) tell_event(events_[now_]);
        return std::move(acts_);
    }

private:
    enum class Outage { none, held, off };  ///< held: by set_ready; off: the machine, by vm_off or reboot

    void tell_event(const NodeEvent& event) {
        if (event.news == NodeNews::registered) return registered(event);
        if (!exists_) return;
        if (is_scaled_down_) {
            exists_ = event.news != NodeNews::removed && event.news != NodeNews::gone_from_cloud;
            return;
        }
        switch (event.news) {
            case NodeNews::registered: return;
            case NodeNews::ready: return ready(event);
            case NodeNews::not_ready:
            case NodeNews::unknown: return not_ready(event);
            case NodeNews::removed: return removed(event);
            case NodeNews::gone_from_cloud: return gone(event);
            case NodeNews::cordoned:
            case NodeNews::uncordoned: return cordon(event);
            case NodeNews::rebooted: return rebooted(event);
            case NodeNews::scale_down: return scale_down(event);
            case NodeNews::scale_down_failed: return scale_down_failed(event);
        }
    }

    /// Acts of one node stay in the order of its events, however far one of them reaches back.
    std::int64_t not_too_early(std::int64_t us) const {
        return std::max({us, clock_.zero_us, acts_.empty() ? clock_.zero_us : acts_.back().us});
    }
    void act(std::int64_t us, const char* verb, const Json& keys) {
        acts_.push_back({.us = not_too_early(us), .verb = verb, .keys = keys.dump(), .node = node_, .life = life_});
    }
    std::string object() const { return "Node " + printable(node_); }

    void registered(const NodeEvent& event) {
        if (exists_) {
            notes_.left_out(object(), "Event RegisteredNode", "of a node that exists: the controller was restarted, which no verb replays");
            return;
        }
        ++life_;
        exists_ = true;
        is_scaled_down_ = is_tainted_ = is_cordoned_ = knows_cordon_ = false;
        outage_ = Outage::none;
        Json keys{{"boot_time", "0s"}};
        const NodeEvent* first = first_readiness();
        is_booting_ = first != nullptr;
        if (first == nullptr) notes_.assumed(object(), "Event NodeReady", "none after its registration: ready at once");
        else if (first->us > event.us) keys["ready_after"] = duration_text(Duration{first->us - event.us});
        knows_readiness_ = true;
        act(event.us, "add_nodes", keys);
    }

    /// The event by which a node that is registered now becomes ready, some seconds later.
    const NodeEvent* first_readiness() const {
        for (std::size_t i = now_ + 1; i < events_.size(); ++i) {
            const NodeNews news = events_[i].news;
            if (news == NodeNews::ready) return &events_[i];
            const bool goes_on = news == NodeNews::not_ready || news == NodeNews::unknown || news == NodeNews::cordoned ||
                                 news == NodeNews::uncordoned;
            if (!goes_on) return nullptr;
        }
        return nullptr;
    }

    void ready(const NodeEvent& event) {
        if (outage_ == Outage::held && held_.has_value()) {
            NodeAct& last = acts_[*held_];
            Json keys = Json::parse(last.keys);
            // Events have whole seconds; an outage within one is the shortest there is.
            keys["for"] = duration_text(Duration{std::max<std::int64_t>(1, event.us - last.us)});
            last.keys = keys.dump();
        } else if (outage_ == Outage::none && !knows_readiness_ && event.us > clock_.zero_us) {
            notes_.assumed(object(), "Event NodeReady", "the first word of it: taken as NotReady from time 0 until then");
            act(clock_.zero_us, "set_ready",
                {{"status", "False"}, {"for", duration_text(Duration{event.us - clock_.zero_us})}});
        }
        outage_ = Outage::none;
        held_.reset();
        knows_readiness_ = true;
        is_booting_ = false;
    }

    /// The event that ends the outage which begins now.
    const NodeEvent* end_of_outage() const {
        for (std::size_t i = now_ + 1; i < events_.size(); ++i) {
            switch (events_[i].news) {
                case NodeNews::ready:
                case NodeNews::removed:
                case NodeNews::gone_from_cloud:
                case NodeNews::rebooted:
                case NodeNews::scale_down: return &events_[i];
                default: break;
            }
        }
        return nullptr;
    }

    void not_ready(const NodeEvent& event) {
        knows_readiness_ = true;
        if (outage_ == Outage::off || is_booting_) return;
        const bool is_unknown = event.news == NodeNews::unknown;
        const NodeEvent* end = end_of_outage();
        // A silent node was silent for the grace period before anybody said so.
        const std::int64_t since = not_too_early(event.us - (is_unknown ? clock_.grace_period.count() : 0));
        if (outage_ == Outage::none && end != nullptr && end->news == NodeNews::rebooted) {
            outage_ = Outage::off;
            return act(since, "reboot", {{"for", duration_text(Duration{std::max<std::int64_t>(1, end->us - since)})}});
        }
        if (outage_ == Outage::none && is_unknown && end != nullptr && end->news == NodeNews::gone_from_cloud) {
            outage_ = Outage::off;
            return act(since, "vm_off", {{"instance", "gone"}});
        }
        outage_ = Outage::held;
        act(event.us, "set_ready", {{"status", is_unknown ? "Unknown" : "False"}});
        held_ = acts_.size() - 1;
    }

    void removed(const NodeEvent& event) {
        exists_ = false;
        if (outage_ == Outage::off) return;
        act(event.us, "delete_node_object", Json::object());
        notes_.assumed(object(), "Event RemovingNode",
                       "only its Node object goes, the machine stays on: if it went off, too, use \"vm_off\"");
    }

    /// The cloud had no machine any more. Who was not silent before went off just now.
    void gone(const NodeEvent& event) {
        exists_ = false;
        if (outage_ == Outage::off) return;
        act(outage_ == Outage::held ? event.us : event.us - clock_.grace_period.count(), "vm_off", {{"instance", "gone"}});
    }

    void cordon(const NodeEvent& event) {
        const bool wanted = event.news == NodeNews::cordoned;
        if (!wanted && !knows_cordon_ && life_ == 0) {
            notes_.assumed(object(), "Event NodeSchedulable", "the first word of it: taken as cordoned from time 0 until then");
            act(clock_.zero_us, "cordon", Json::object());
            is_cordoned_ = true;
        }
        knows_cordon_ = true;
        if (wanted == is_cordoned_) return;
        is_cordoned_ = wanted;
        act(event.us, wanted ? "cordon" : "uncordon", Json::object());
    }

    void rebooted(const NodeEvent& event) {
        if (outage_ != Outage::none) {  // the reboot was told where the outage began, and is over
            if (outage_ == Outage::off) outage_ = Outage::none;
            return;
        }
        notes_.assumed(object(), "Event Rebooted", "nobody noticed that it was off: taken as off for 60 s before");
        const std::int64_t since = not_too_early(event.us - unseen_reboot_us);
        act(since, "reboot", {{"for", duration_text(Duration{std::max<std::int64_t>(1, event.us - since)})}});
        knows_readiness_ = true;
    }

    void scale_down(const NodeEvent& event) {
        if (is_tainted_) return;
        for (std::size_t i = now_ + 1; i < events_.size(); ++i) {
            const NodeNews news = events_[i].news;
            if (news == NodeNews::removed || news == NodeNews::gone_from_cloud || news == NodeNews::registered) break;
            if (news != NodeNews::scale_down_failed) continue;
            is_tainted_ = true;
            return act(event.us, "taint", autoscaler_taint());
        }
        // Its end (cordon, machine off, Node gone) follows from the verb.
        is_scaled_down_ = true;
        act(event.us, "autoscaler_scale_down", Json::object());
    }

    void scale_down_failed(const NodeEvent& event) {
        if (!is_tainted_) return;
        is_tainted_ = false;
        act(event.us, "untaint", {{"key", "ToBeDeletedByClusterAutoscaler"}});
    }

    static Json autoscaler_taint() { return {{"key", "ToBeDeletedByClusterAutoscaler"}, {"effect", "NoSchedule"}}; }

    std::string node_;
    std::vector<NodeEvent> events_;
    bool exists_;
    const ReplayClock& clock_;
    ImportNotes& notes_;
    std::vector<NodeAct> acts_;
    std::size_t now_ = 0;
    std::size_t life_ = 0;
    Outage outage_ = Outage::none;
    std::optional<std::size_t> held_;  ///< the set_ready that holds it
    bool knows_readiness_ = false;
    bool knows_cordon_ = false;
    bool is_booting_ = false;          ///< registered, and its NodeReady comes later
    bool is_cordoned_ = false;
    bool is_tainted_ = false;          ///< by an autoscaler that will fail
    bool is_scaled_down_ = false;
};

}  // namespace

std::vector<NodeAct> acts_of(const Record& record, const Census& census, const ReplayClock& clock, ImportNotes& notes) {
    std::map<std::string, std::vector<NodeEvent>> by_node;
    for (const NodeEvent& event : record.events) by_node[event.node].push_back(event);
    for (const NodeObject& node : census.nodes) {
        if (!census.added.contains(node.name) || !node.created_us) continue;
        std::vector<NodeEvent>& events = by_node[node.name];
        const bool is_registered = std::any_of(events.begin(), events.end(),
                                               [](const NodeEvent& event) { return event.news == NodeNews::registered; });
        if (is_registered) continue;
        notes.assumed("Node " + printable(node.name), "metadata.creationTimestamp",
                      "younger than the first event, but no RegisteredNode: registered when its object was created");
        events.insert(events.begin(), {.us = *node.created_us, .node = node.name, .news = NodeNews::registered});
        std::stable_sort(events.begin(), events.end(), [](const NodeEvent& x, const NodeEvent& y) { return x.us < y.us; });
    }
    std::vector<NodeAct> acts;
    for (auto& [node, events] : by_node) {
        NodeStory story(node, std::move(events), !census.added.contains(node), clock, notes);
        std::vector<NodeAct> more = story.tell();
        acts.insert(acts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    return acts;
}

}  // namespace lbsim::io
