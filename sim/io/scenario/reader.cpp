// SPDX-License-Identifier: Apache-2.0
// read_study: file, overrides, variants, tables, readers; and all problems of all variants at once.
#include "sim/io/scenario/reader.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <tuple>

#include "sim/io/scenario/files.hpp"
#include "sim/io/scenario/profile_book.hpp"
#include "sim/io/scenario/readers.hpp"
#include "sim/io/scenario/structure.hpp"
#include "sim/io/scenario/variants.hpp"

namespace lbsim::io {

namespace {

/// A file's stem as a name: what a name may not hold becomes "_".
std::string name_of_file(const std::string& file) {
    std::string name = std::filesystem::path(file).stem().string().substr(0, 200);
    for (char& c : name) {
        if (!is_name(std::string{'_', c})) c = '_';
    }
    if (!is_name(name)) name = "_" + name.substr(0, 199);
    return name;
}

/// A service whose first mention in the timeline is its creation does not exist before.
void mark_services_to_create(scenario::Scenario& scenario) {
    std::map<std::string, std::pair<Duration, bool>, std::less<>> first;
    for (const scenario::TimelineEntry& entry : scenario.timeline) {
        const auto* created = std::get_if<scenario::CreateService>(&entry.what);
        const auto* deleted = std::get_if<scenario::DeleteService>(&entry.what);
        if (created == nullptr && deleted == nullptr) continue;
        for (const std::string& name : created != nullptr ? created->services : deleted->services) {
            const auto [at, is_new] = first.try_emplace(name, entry.at, created != nullptr);
            if (!is_new && entry.at < at->second.first) at->second = {entry.at, created != nullptr};
        }
    }
    if (first.empty()) return;
    for (scenario::Service& service : scenario.services) {
        const auto found = first.find(service.name);
        if (found != first.end()) service.exists_at_start = !found->second.second;
    }
}

scenario::Scenario read_scenario(const JsonValue& document, const std::string& file, ReadContext& context) {
    check_structure(document, root_shape, context.sink);
    const View root(&document, root_shape, "", document.origin);
    scenario::Scenario out;
    out.name = root.text("name");
    if (out.name.empty()) out.name = name_of_file(file);
    out.question = root.text("question");
    out.duration = root.duration("duration");
    out.seed = root.integer("seed");
    out.replications = root.count("replications");
    out.cluster = read_cluster(root, context);
    const NodeNames nodes = node_names(root, out.duration, context);
    context.zones = static_cast<std::uint32_t>(out.cluster.zones.size());
    ProfileBook profiles(root, context);
    out.services = read_services(root, nodes, profiles, context);
    out.clouds = profiles.take_clouds();
    out.traffic = read_traffic(root, out.services, out.duration, context);
    out.timeline = read_timeline(root, nodes, out.cluster.zones, out.services, out.duration, context);
    mark_services_to_create(out);
    return out;
}

/// Problems of all variants, each once, with the variants that have it.
class StudyProblems {
public:
    StudyProblems(std::string file, std::size_t variants) : file_(std::move(file)), variants_(variants) {}

    /// Problems that belong to no variant.
    void add(const ProblemSink& sink) {
        for (const Problem& problem : sink.problems()) entry(problem).in_all = true;
    }
    void add(const ProblemSink& sink, const std::string& variant) {
        for (const Problem& problem : sink.problems()) {
            std::vector<std::string>& names = entry(problem).variants;
            if (names.empty() || names.back() != variant) names.push_back(variant);
        }
    }
    /// A problem that the file has without its variants is none of theirs.
    void forgive(const ProblemSink& base) {
        for (const Problem& problem : base.problems()) {
            const auto found = index_.find(key_of(problem));
            if (found != index_.end()) entries_[found->second].in_all = true;
        }
    }

    bool empty() const { return entries_.empty(); }
    bool full() const { return entries_.size() >= ProblemSink::most; }

    /// First those of the command line, then the file's in the order of lines, then other files'.
    std::vector<Problem> take() {
        std::vector<Problem> out;
        for (Entry& e : entries_) {
            if (!e.in_all && variants_ > 1) e.problem.found += " (" + variant_list(e.variants) + ")";
            out.push_back(std::move(e.problem));
        }
        const auto place = [this](const Problem& p) {
            return std::tuple(p.file == "--set" ? 0 : p.file == file_ ? 1 : 2, p.line.value_or(0));
        };
        std::stable_sort(out.begin(), out.end(),
                         [&](const Problem& x, const Problem& y) { return place(x) < place(y); });
        if (out.size() >= ProblemSink::most) {
            out.resize(ProblemSink::most);
            out.push_back({.file = file_, .line = {}, .pointer = {},
                           .found = "more problems than the " + std::to_string(ProblemSink::most) + " listed",
                           .allowed = {}, .hint = {}});
        }
        return out;
    }

private:
    struct Entry {
        Problem problem;
        std::vector<std::string> variants;
        bool in_all = false;
    };
    using Identity = std::tuple<std::string, std::size_t, std::string, std::string, std::string>;

    static Identity key_of(const Problem& p) { return {p.file, p.line.value_or(0), p.pointer, p.found, p.allowed}; }
    static std::string variant_list(const std::vector<std::string>& names) {
        std::string out = names.size() == 1 ? "variant " : "variants ";
        for (std::size_t i = 0; i < names.size() && i < 5; ++i) out += (i > 0 ? ", " : "") + in_quotes(names[i]);
        if (names.size() > 5) out += " and " + std::to_string(names.size() - 5) + " more";
        return out;
    }
    Entry& entry(const Problem& problem) {
        const auto [at, is_new] = index_.try_emplace(key_of(problem), entries_.size());
        if (is_new) entries_.push_back({.problem = problem, .variants = {}});
        return entries_[at->second];
    }

    std::string file_;
    std::size_t variants_;
    std::vector<Entry> entries_;
    std::map<Identity, std::size_t> index_;
};

std::string text_of(const std::string& file) {
    FileContent content = read_file(file);
    if (!content.text) throw InputError({Problem{.file = file, .line = {}, .pointer = {}, .found = content.why,
                                                 .allowed = "a readable scenario file", .hint = {}}});
    return std::move(*content.text);
}

JsonValue document_of(const std::string& text, ProblemSink& sink) {
    std::optional<JsonValue> document = parse_json(text, Origin::Source::file, sink);
    if (document && !document->is(JsonValue::Kind::object))
        sink.add(document->origin, "", shown(*document), "one JSON object");
    if (!document || !document->is(JsonValue::Kind::object)) throw InputError(sink.problems());
    return std::move(*document);
}

scenario::Study study_of(const std::string& text, const std::string& file, const std::vector<Override>& overrides) {
    ProblemSink common(file);
    JsonValue document = document_of(text, common);
    apply_overrides(document, overrides, common);
    const std::vector<std::string> names = variant_names(document, common);
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();

    StudyProblems problems(file, names.size());
    problems.add(common);
    scenario::Study study;
    Room room;
    for (std::size_t i = 0; i < names.size() && !problems.full(); ++i) {
        ProblemSink sink(file);
        ReadContext context{.sink = sink, .folder = folder, .room = room};
        study.variants.push_back(read_scenario(variant_document(document, i, sink), file, context));
        study.variants.back().variant = names[i];
        problems.add(sink, names[i]);
    }
    if (!problems.empty()) {
        ProblemSink base(file);
        Room base_room;
        ReadContext context{.sink = base, .folder = folder, .room = base_room};
        read_scenario(document, file, context);
        problems.forgive(base);
        throw InputError(problems.take());
    }
    const scenario::Scenario& first = study.variants.front();
    study.name = first.name;
    study.question = first.question;
    study.file = file;
    study.replications = first.replications;
    study.seed = first.seed;
    return study;
}

}  // namespace

scenario::Study read_study(const std::string& file, const std::vector<Override>& overrides) {
    return study_of(text_of(file), file, overrides);
}

scenario::Study read_study_text(const std::string& text, const std::string& file) { return study_of(text, file, {}); }

std::string content_digest(std::string_view bytes) {
    std::uint64_t hash = 0xcbf29ce484222325u;
    for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[(hash >> shift) & 15u];
    return out;
}

std::string scenario_digest(const std::string& file) { return content_digest(text_of(file)); }

}  // namespace lbsim::io
