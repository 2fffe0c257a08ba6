// SPDX-License-Identifier: Apache-2.0
// Reads golden traces of kube-proxies, line by line.
#include "proxy_trace.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "sim/io/scenario/problems.hpp"

namespace lbsim::upstream {

namespace {
JsonValue parsed(const std::string& line, const std::string& where) {
    io::ProblemSink sink(where);
    std::optional<JsonValue> value = io::parse_json(line, io::Origin::Source::file, sink);
    if (!value || !sink.empty()) throw std::runtime_error(where + ": not a line of JSON");
    return std::move(*value);
}

/// Of "1.30.14"; the releases of traces need not be modelled ones.
policy::Release release_of(const std::string& text) {
    const std::size_t first = text.find('.');
    const std::size_t second = text.find('.', first + 1);
    if (second == std::string::npos) throw std::runtime_error("no release: " + text);
    return {.minor = std::stoi(text.substr(first + 1, second - first - 1)), .patch = std::stoi(text.substr(second + 1))};
}

Trace read_trace(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    if (!std::getline(file, line)) throw std::runtime_error(path.filename().string() + ": empty");
    Trace trace;
    trace.release = release_of(text_at(parsed(line, path.filename().string()), "release"));
    while (std::getline(file, line)) {
        const JsonValue value = parsed(line, path.filename().string());
        const JsonValue* in = value.find("in");
        const JsonValue* out = value.find("out");
        if (in == nullptr || out == nullptr) throw std::runtime_error(path.filename().string() + ": no in or out");
        trace.cases.push_back({text_at(value, "kind"), text_at(value, "name"), *in, *out});
    }
    return trace;
}
}  // namespace

std::int64_t number_of(const JsonValue* value, std::int64_t otherwise) {
    if (value == nullptr || !value->is(JsonValue::Kind::number)) return otherwise;
    std::int64_t number = 0;
    const char* end = value->text.data() + value->text.size();
    const auto read = std::from_chars(value->text.data(), end, number);
    if (read.ec != std::errc{} || read.ptr != end) throw std::runtime_error("no whole number: " + value->text);
    return number;
}

std::int64_t number_at(const JsonValue& object, const char* key, std::int64_t otherwise) {
    return number_of(object.find(key), otherwise);
}

std::string text_at(const JsonValue& object, const char* key) {
    const JsonValue* value = object.find(key);
    return value == nullptr ? "" : value->text;
}

bool truth_at(const JsonValue& object, const char* key) {
    const JsonValue* value = object.find(key);
    return value != nullptr && value->truth;
}

const std::vector<JsonValue>& items_at(const JsonValue& object, const char* key) {
    static const std::vector<JsonValue> none;
    const JsonValue* value = object.find(key);
    return value == nullptr ? none : value->items;
}

const std::vector<io::JsonMember>& members_at(const JsonValue& object, const char* key) {
    static const std::vector<io::JsonMember> none;
    const JsonValue* value = object.find(key);
    return value == nullptr ? none : value->members;
}

std::vector<std::string> texts_at(const JsonValue& object, const char* key) {
    std::vector<std::string> texts;
    for (const JsonValue& item : items_at(object, key)) texts.push_back(item.text);
    return texts;
}

std::vector<std::int64_t> numbers_at(const JsonValue& object, const char* key) {
    std::vector<std::int64_t> numbers;
    for (const JsonValue& item : items_at(object, key)) numbers.push_back(number_of(&item));
    return numbers;
}

std::vector<Trace> read_traces(const std::string& folder) {
    std::vector<Trace> traces;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() == ".jsonl") traces.push_back(read_trace(entry.path()));
    }
    std::sort(traces.begin(), traces.end(), [](const Trace& a, const Trace& b) { return a.release < b.release; });
    return traces;
}

policy::IpFamily family_of(const JsonValue& step) {
    return text_at(step, "family") == "IPv6" ? policy::IpFamily::ipv6 : policy::IpFamily::ipv4;
}

bool feed(policy::ProxySyncHealth& health, const JsonValue& step) {
    const std::string what = text_at(step, "do");
    const Time now = at_us(number_at(step, "t_us"));
    if (what == "queued") {
        health.change_queued(now, family_of(step));
    } else if (what == "updated") {
        health.rules_written(now, family_of(step));
    } else {
        return false;
    }
    return true;
}

bool feed(policy::NodeEligibility& node, const JsonValue& step) {
    const std::string what = text_at(step, "do");
    if (!what.starts_with("node_")) return false;
    policy::NodeFacts facts;
    if (const JsonValue* given = step.find("node")) {
        facts.is_deleting = truth_at(*given, "deleting");
        for (const std::string& taint : texts_at(*given, "taints")) {
            if (taint == policy::autoscaler_taint_key) facts.autoscaler_tainted = true;
        }
    }
    what == "node_delete" ? node.node_deleted(facts) : node.node_seen(facts);
    return true;
}

Difference compare(const policy::HttpAnswer& answer, const JsonValue& recorded, const JsonValue& out) {
    if (answer.status != number_at(recorded, "status")) return "status " + std::to_string(answer.status);
    std::map<std::string, std::string> headers;
    if (recorded.find("headers") != nullptr) {
        for (const io::JsonMember& header : members_at(recorded, "headers")) headers[header.key] = header.value.text;
    } else {
        headers = {{"Content-Type", "application/json"}, {"X-Content-Type-Options", "nosniff"}};
    }
    if (recorded.find("weight") != nullptr) headers["X-Load-Balancing-Endpoint-Weight"] = text_at(recorded, "weight");
    if (headers != std::map<std::string, std::string>(answer.headers.begin(), answer.headers.end())) return "headers";
    const std::vector<std::string> bodies = texts_at(out, "bodies");
    std::vector<std::int64_t> places = numbers_at(recorded, "body_any_of");
    if (recorded.find("body") != nullptr) places = {number_at(recorded, "body")};
    if (places.empty()) return answer.body.empty() ? "" : "a body: " + answer.body;
    for (const std::int64_t place : places) {
        if (answer.body == bodies.at(static_cast<std::size_t>(place))) return "";
    }
    return "body " + answer.body + " rather than " + bodies.at(static_cast<std::size_t>(places.front()));
}

}  // namespace lbsim::upstream
