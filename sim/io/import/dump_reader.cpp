// SPDX-License-Identifier: Apache-2.0
// Reads Lists and single objects, by kind; another kind is passed by.
#include <algorithm>

#include "sim/io/import/object_readers.hpp"

namespace lbsim::io {

/// One document of a dump.
class DumpReader::OneFile {
public:
    OneFile(DumpReader& all, const std::string& file) : all_(all), sink_(file) {}

    void read(const JsonValue& root) { document(root, "", {}); }
    ProblemSink& sink() { return sink_; }

private:
    /// An object, or a List of such; `default_kind` is that of the list where an item has none of its own.
    void document(const JsonValue& value, const std::string& pointer, const std::string& default_kind) {
        const Field any(&value, pointer, "an item", sink_);
        if (value.is(JsonValue::Kind::null)) return;
        if (!value.is(JsonValue::Kind::object)) return any.refuse("an API object, or a List of them (kubectl get -o json)");
        std::string kind = any["kind"].text_or_empty();
        if (kind.empty()) kind = default_kind;
        if (kind.ends_with("List") && value.find("items") != nullptr) {
            const Field list = any["items"];
            if (list.is_present() && !list.value()->is(JsonValue::Kind::array)) return list.refuse("an array of API objects");
            if (!list.is_present()) return;
            for (std::size_t i = 0; i < list.value()->items.size(); ++i)
                document(list.value()->items[i], pointer + "/items/" + std::to_string(i), kind.substr(0, kind.size() - 4));
            return;
        }
        if (kind.empty()) return any["kind"].refuse("the kind of an API object, such as \"Node\"");
        object(value, pointer, kind, any["apiVersion"].text_or_empty());
    }

    /// A Service of serving.knative.dev is none of ours. Source: group and version of k8s.io/api.
    static bool is_of_group(const std::string& kind, const std::string& version) {
        if (version.empty()) return true;
        const std::size_t slash = version.find('/');
        const std::string group = slash == std::string::npos ? std::string() : version.substr(0, slash);
        if (kind == "Node" || kind == "Service") return group.empty();
        if (kind == "EndpointSlice") return group == "discovery.k8s.io";
        if (kind == "PodDisruptionBudget") return group == "policy";
        return group == "apps" || group == "extensions";
    }

    void object(const JsonValue& value, const std::string& pointer, const std::string& kind, const std::string& version) {
        static constexpr std::string_view kinds[] = {"Node",      "Service",     "EndpointSlice",      "Deployment",
                                                     "DaemonSet", "StatefulSet", "PodDisruptionBudget"};
        const bool is_known = std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
        if (!is_known || !is_of_group(kind, version)) {
            ++all_.passed_by_[printable(version.empty() || is_known == false ? kind : version + " " + kind)];
            return;
        }
        const Field nameless(&value, pointer, kind, sink_);
        const Field metadata = nameless["metadata"];
        ObjectName name{.space = metadata["namespace"].text_or_empty(), .name = metadata["name"].text_or_empty()};
        if (name.name.empty()) return metadata["name"].refuse("the name of the object");
        if (name.space.empty() && kind != "Node") name.space = "default";
        const std::string text = kind + " " + (kind == "Node" ? "" : name.space + "/") + name.name;
        const Field field(&value, pointer, printable(text), sink_);
        // The slices of one Service have names of their own; any other object is told apart by its name.
        if (!all_.seen_.emplace(text, sink_.file()).second) {
            all_.notes_.assumed(printable(text), "metadata.name", "the object stands in the dump more than once: the first one counts");
            return;
        }
        keep(kind, field, name);
    }

    void keep(const std::string& kind, const Field& field, const ObjectName& name) {
        Dump& dump = all_.dump_;
        if (kind == "Node") {
            dump.nodes.push_back(read_node(field, name));
        } else if (kind == "Service") {
            if (std::optional<ServiceObject> service = read_service(field, name)) dump.services.push_back(std::move(*service));
            else ++all_.other_services_;
        } else if (kind == "EndpointSlice") {
            auto [service, endpoints] = read_endpoint_slice(field);
            std::vector<Endpoint>& all = dump.endpoints[{name.space, service}];
            all.insert(all.end(), endpoints.begin(), endpoints.end());
        } else if (kind == "PodDisruptionBudget") {
            dump.budgets[name.space].push_back(read_budget(field, name));
        } else {
            dump.workloads[name.space].push_back(read_workload(kind, field, name, all_.notes_));
        }
    }

    DumpReader& all_;
    ProblemSink sink_;
};

void DumpReader::read(const ImportInput& input, std::vector<Problem>& problems) {
    OneFile file(*this, input.name);
    if (const std::optional<JsonValue> root = parse_json(input.text, Origin::Source::file, file.sink(), unread_keys))
        file.read(*root);
    const std::vector<Problem>& found = file.sink().problems();
    problems.insert(problems.end(), found.begin(), found.end());
}

Dump DumpReader::take() {
    for (const auto& [kind, count] : passed_by_)
        notes_.left_out("", kind, "objects of this kind say nothing that an import reads (" + std::to_string(count) + ")" +
                                      (kind == "Event" ? "; give them with --events to replay them" : ""));
    if (other_services_ > 0)
        notes_.left_out("", "Service spec.type", "Services of another type than LoadBalancer are passed by (" +
                                                     std::to_string(other_services_) + ")");
    return std::move(dump_);
}

}  // namespace lbsim::io
