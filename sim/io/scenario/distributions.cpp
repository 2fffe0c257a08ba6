// SPDX-License-Identifier: Apache-2.0
// Distributions of durations and the files they may come from.
#include <algorithm>
#include <cmath>

#include "lbsim/core/arithmetic.hpp"
#include "sim/io/scenario/files.hpp"
#include "sim/io/scenario/quantities.hpp"
#include "sim/io/scenario/readers.hpp"
#include "sim/io/scenario/structure.hpp"

namespace lbsim::io {

namespace {

using scenario::Distribution;

Distribution with(Distribution::Kind kind, Duration a, Duration b = {}, double shape = 0.0) {
    return {.kind = kind, .a = a, .b = b, .shape = shape, .samples = {}};
}

Distribution read_uniform(const View& view, ReadContext& context) {
    const std::vector<View::Item> ends = view.texts("uniform");
    if (ends.size() != 2) return {};
    const auto low = parse_duration(ends[0].text).value;
    const auto high = parse_duration(ends[1].text).value;
    if (!low || !high) return {};
    if (*high < *low)
        context.sink.add(ends[1].origin, ends[1].pointer, in_quotes(ends[1].text),
                         "at least " + in_quotes(ends[0].text));
    return with(Distribution::Kind::uniform, *low, std::max(*low, *high));
}

Distribution read_lognormal(const View& view, ReadContext& context) {
    const View values = view.object("lognormal");
    const auto median = values.optional_duration("median");
    const auto p99 = values.optional_duration("p99");
    if (!median || !p99) return {};
    if (*p99 <= *median)
        context.sink.add(values.origin("p99"), values.pointer("p99"), in_quotes(values.text("p99")),
                         "a duration above the median " + in_quotes(values.text("median")));
    return with(Distribution::Kind::lognormal, *median, *p99);
}

Distribution read_pareto(const View& view, ReadContext& context) {
    const View values = view.object("pareto");
    const std::optional<double> shape = values.optional_number("shape");
    if (shape && *shape <= 1.0)
        context.sink.add(values.origin("shape"), values.pointer("shape"),
                         shown(*values.given("shape")) + " (the mean is infinite)", "a number above 1");
    return with(Distribution::Kind::pareto, values.duration("minimum"), {}, shape.value_or(2.0));
}

/// One duration a line; empty lines and a trailing carriage return are skipped.
std::vector<Duration> read_samples(const View& view, ReadContext& context) {
    constexpr std::size_t most = 1'000'000;
    const JsonValue* given = view.given("empirical");
    if (given == nullptr || string_of(*given) == nullptr) return {};
    const std::filesystem::path path = context.folder / given->text;
    const FileContent content = read_file(path.string());
    if (!content.text) {
        context.sink.add(given->origin, view.pointer("empirical"), in_quotes(given->text) + ", " + content.why,
                         "the name of a readable file beside the scenario, one duration a line");
        return {};
    }
    std::vector<Duration> samples;
    bool is_faulty = false;
    std::string_view rest = *content.text;
    for (std::size_t line = 1; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (text.ends_with('\r')) text.remove_suffix(1);
        if (text.empty()) continue;
        const ParsedDuration parsed = parse_duration(text);
        if (parsed.value) {
            samples.push_back(*parsed.value);
            continue;
        }
        is_faulty = true;
        context.sink.add(Problem{.file = path.string(), .line = line, .pointer = view.pointer("empirical"),
                                 .found = "\"" + printable(text) + "\" (" + parsed.why + ")",
                                 .allowed = R"(one duration such as "1.5s" a line)", .hint = {}});
        if (context.sink.problems().size() >= ProblemSink::most) break;
    }
    if (samples.size() > most || (samples.empty() && !is_faulty))
        context.sink.add(given->origin, view.pointer("empirical"),
                         in_quotes(given->text) + " with " + std::to_string(samples.size()) + " durations",
                         "1 to " + std::to_string(most) + " durations");
    std::sort(samples.begin(), samples.end());
    return samples;
}

Distribution read_chosen(const View& view, ReadContext& context) {
    const std::string_view kind = view.shape().name;
    if (kind == "fixed") return Distribution::fixed(view.duration("fixed"));
    if (kind == "exponential") return with(Distribution::Kind::exponential, view.duration("exponential"));
    if (kind == "uniform") return read_uniform(view, context);
    if (kind == "lognormal") return read_lognormal(view, context);
    if (kind == "pareto") return read_pareto(view, context);
    Distribution out = with(Distribution::Kind::empirical, {});
    out.samples = read_samples(view, context);
    return out;
}

}  // namespace

Distribution read_distribution(const View& owner, std::string_view key, ReadContext& context) {
    if (const std::optional<View> chosen = owner.chosen(key)) return read_chosen(*chosen, context);
    const std::string text = owner.text(key);
    if (!text.starts_with('{')) return Distribution::fixed(parse_duration(text).value.value_or(Duration{}));
    // The table's default is an object: read it as if it stood in the file.
    const std::optional<JsonValue> value = parse_json(text, Origin::Source::file, context.sink);
    const Shape* shape = value ? shape_of(*value, distribution_type) : nullptr;
    return shape != nullptr ? read_chosen(View(&*value, *shape, owner.pointer(key), {}), context) : Distribution{};
}

double mean_us(const Distribution& distribution) {
    const auto us = [](Duration d) { return static_cast<double>(d.count()); };
    switch (distribution.kind) {
        case Distribution::Kind::fixed:
        case Distribution::Kind::exponential: return us(distribution.a);
        case Distribution::Kind::uniform: return (us(distribution.a) + us(distribution.b)) / 2.0;
        case Distribution::Kind::lognormal: {
            // p99 = median e^(sigma z) with z the 0.99 quantile of the normal; mean = median e^(sigma^2 / 2).
            const double ratio = us(distribution.b) / std::max(us(distribution.a), 1.0);
            const double sigma = ratio > 1.0 ? deterministic_log(ratio) / normal_quantile(0.99) : 0.0;
            return us(distribution.a) * deterministic_exp(sigma * sigma / 2.0);
        }
        case Distribution::Kind::pareto:
            return distribution.shape > 1.0 ? us(distribution.a) * distribution.shape / (distribution.shape - 1.0)
                                            : us(distribution.a);
        case Distribution::Kind::empirical: {
            double sum = 0.0;
            for (const Duration sample : distribution.samples) sum += us(sample);
            return sum / std::max(1.0, static_cast<double>(distribution.samples.size()));
        }
    }
    return 0.0;
}

}  // namespace lbsim::io
