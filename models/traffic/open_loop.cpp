// SPDX-License-Identifier: Apache-2.0
// Open-loop traffic: each batch of arrivals is compared with the earliest end of its path; only those that do not
// simply complete are looked at one by one.
#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "models/traffic/client.hpp"
#include "models/traffic/generator.hpp"
#include "models/traffic/traffic.hpp"

namespace lbsim::traffic {

namespace {

/// For each slot the instant up to which a connection let in now is safe; `unsafe` sends it to the exact walk.
constexpr std::int64_t unsafe = std::numeric_limits<std::int64_t>::min();

/// Safe ends per target slot and endpoint slot, kept for the instant the stream has reached.
class SafeEnds {
public:
    SafeEnds(const Path& path, const Tally& tally) : path_(path), tally_(tally) {
        hop_ends_.assign(std::max<std::size_t>(path.hop_range(), 1), unsafe);
        endpoint_ends_.assign(std::max<std::size_t>(path.forwarding().draw_range(), 1), unsafe);
        if (!path.forwarding().is_uniform()) return;  // views differ by node: every connection takes the exact walk
        for (std::uint32_t slot = 0; slot < path.hops().size(); ++slot) {
            for (const Path::HopSpan& span : path.hops()[slot]) add_hop_edges(slot, span);
        }
        const auto& slots = path.forwarding().uniform_view().slots();
        for (std::uint32_t slot = 0; slot < slots.size(); ++slot) {
            for (const history::ForwardingView::Span& span : slots[slot]) add_endpoint_edges(slot, span);
        }
        std::sort(edges_.begin(), edges_.end(), [](const Edge& a, const Edge& b) { return a.t < b.t; });
    }

    /// Brings the tables to `t`; returns the instant until which they hold.
    Time advance(Time t) {
        while (next_ < edges_.size() && edges_[next_].t <= t) {
            const Edge& edge = edges_[next_++];
            if (edge.is_endpoint) {
                endpoint_ends_[edge.slot] = endpoint_end(edge.slot, t);
            } else {
                hop_ends_[edge.slot] = hop_end(edge.slot, t);
            }
        }
        return next_ < edges_.size() ? edges_[next_].t : never;
    }

    /// A connection let in now by these words is safe up to here.
    std::int64_t safe_end(std::uint32_t hop, std::uint32_t endpoint) const {
        return std::min(hop_ends_[index_among(hop, static_cast<std::uint32_t>(hop_ends_.size()))],
                        endpoint_ends_[index_among(endpoint, static_cast<std::uint32_t>(endpoint_ends_.size()))]);
    }
    const std::vector<std::int64_t>& hop_ends() const { return hop_ends_; }
    const std::vector<std::int64_t>& endpoint_ends() const { return endpoint_ends_; }

private:
    struct Edge {
        Time t{};
        bool is_endpoint = false;
        std::uint32_t slot = 0;
    };

    void add_edges(bool is_endpoint, std::uint32_t slot, Time from, Time to, NodeId node) {
        const auto add = [&](Time t) {
            if (t >= from && t <= to && t != never) edges_.push_back({.t = t, .is_endpoint = is_endpoint, .slot = slot});
        };
        add(from);
        add(to);
        for (const history::MachineSpan& life : path_.history().nodes[node.index()].machine) {
            add(life.on);
            add(life.off);
        }
        if (is_endpoint) return;
        for (const history::Cut& cut : path_.targets().cuts.of(node)) add(cut.t);
        for (const history::Cut& cut : cuts_of_all_within(from, to)) add(cut.t);
    }

    std::span<const history::Cut> cuts_of_all_within(Time from, Time to) const {
        const std::span<const history::Cut> cuts = path_.targets().cuts.of_all();
        const auto first = std::lower_bound(cuts.begin(), cuts.end(), from, [](const history::Cut& c, Time x) { return c.t < x; });
        const auto last = std::upper_bound(first, cuts.end(), to, [](Time x, const history::Cut& c) { return x < c.t; });
        return {first, last};
    }

    void add_hop_edges(std::uint32_t slot, const Path::HopSpan& span) {
        add_edges(false, slot, span.from, span.to, span.node);
    }

    void add_endpoint_edges(std::uint32_t slot, const history::ForwardingView::Span& span) {
        const history::PodHistory& pod = path_.history().pods[span.pod.index()];
        add_edges(true, slot, span.from, span.to, pod.node);
        for (const history::ServingSpan& serving : pod.serving) {
            for (const Time t : {serving.from, serving.to}) {
                if (t > span.from && t < span.to && t != never) {
                    edges_.push_back({.t = t, .is_endpoint = true, .slot = slot});
                }
            }
        }
    }

    std::int64_t hop_end(std::uint32_t slot, Time t) const {
        const NodeId node = path_.hop_at(slot, t);
        if (!node.is_valid() || tally_.follows(node)) return unsafe;
        if (!history::is_machine_on(path_.history().nodes[node.index()], t)) return unsafe;
        return us_of(std::min(path_.power_loss_after(node, t).t, path_.cut_after(node, t).t));
    }

    std::int64_t endpoint_end(std::uint32_t slot, Time t) const {
        const PodId pod = path_.forwarding().uniform_view().at(slot, t);
        if (!pod.is_valid()) return unsafe;
        const NodeId node = path_.history().pods[pod.index()].node;
        if (tally_.follows(node)) return unsafe;
        if (history::pod_answer(path_.history(), pod, t).kind != history::PodAnswer::Kind::accepts) return unsafe;
        return us_of(std::min(path_.power_loss_after(node, t).t, path_.exit_after(pod, t).t));
    }

    const Path& path_;
    const Tally& tally_;
    std::vector<std::int64_t> hop_ends_;
    std::vector<std::int64_t> endpoint_ends_;
    std::vector<Edge> edges_;
    std::size_t next_ = 0;
};

/// Bulk counts by bin, handed to the tally at the end.
struct BulkBins {
    explicit BulkBins(const Tally& tally) : arrived(tally.bin_count(), 0), completed(tally.bin_count(), 0) {}
    std::vector<std::uint64_t> arrived;    ///< attempted and established at once
    std::vector<std::uint64_t> completed;
    std::uint64_t open_at_end = 0;
};

/// Ends of arrivals [from, to) of the batch; indices of those that need the exact walk go to `walk`.
std::size_t sort_out(const Batch& batch, std::size_t from, std::size_t to, const SafeEnds& ends,
                     std::array<std::int64_t, batch_size>& end_us, std::array<std::uint32_t, batch_size>& walk) {
    const std::int64_t* hop_ends = ends.hop_ends().data();
    const std::int64_t* endpoint_ends = ends.endpoint_ends().data();
    const auto hops = static_cast<std::uint32_t>(ends.hop_ends().size());
    const auto endpoints = static_cast<std::uint32_t>(ends.endpoint_ends().size());
    std::size_t walks = 0;
    for (std::size_t i = from; i < to; ++i) {
        const std::int64_t safe = std::min(hop_ends[index_among(batch.hop_words[i], hops)],
                                           endpoint_ends[index_among(batch.endpoint_words[i], endpoints)]);
        const std::int64_t end = batch.t_us[i] + batch.life_us[i];
        end_us[i] = end;
        walk[walks] = static_cast<std::uint32_t>(i);
        walks += end > safe ? 1 : 0;
    }
    return walks;
}

class OpenLoop {
public:
    OpenLoop(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
             std::uint32_t replication)
        : path_(path),
          tally_(tally),
          entry_(scenario.traffic[traffic]),
          traffic_(traffic),
          client_(path, tally, scenario, traffic),
          arrivals_(traffic_stream(scenario, entry_, replication, "open")),
          initial_(traffic_stream(scenario, entry_, replication, "open_initial")),
          count_(traffic_stream(scenario, entry_, replication, "open_initial_count")),
          bins_(tally),
          ends_(path, tally) {}

    void run() {
        resume_initial();
        Generator generator(arrivals_, client_.lifetime(), entry_.arrivals_per_second);
        const auto batch = std::make_unique<Batch>();
        const std::int64_t end = us_of(path_.history().end);
        for (bool is_over = false; !is_over;) {
            generator.next(*batch);
            const auto stop = std::lower_bound(batch->t_us.begin(), batch->t_us.end(), end);
            is_over = stop != batch->t_us.end();
            handle(*batch, static_cast<std::size_t>(stop - batch->t_us.begin()));
        }
        for (std::size_t b = 0; b < bins_.arrived.size(); ++b) {
            tally_.add_bin(b, bins_.arrived[b], bins_.arrived[b], bins_.completed[b]);
        }
        tally_.open_at_end(bins_.open_at_end);
    }

private:
    /// Rate x mean of them, Poisson, with stationary ages; they take the first slot numbers.
    void resume_initial() {
        const double mean = entry_.arrivals_per_second * client_.lifetime().mean_us() * 1e-6;
        initial_count_ = scenario::draw_poisson(mean, count_, 0);
        ends_.advance(history::before_start);
        const std::int64_t end = us_of(path_.history().end);
        for (std::uint64_t j = 0; j < initial_count_; ++j) {
            const ConnectionDraws draws(initial_, j, 0);
            const scenario::StationaryLife life = client_.lifetime().draw_stationary(draws.stationary());
            const std::int64_t residual = life.residual.count();
            if (residual > ends_.safe_end(draws.base()[hop_word], draws.base()[endpoint_word])) {
                client_.resume(draws, {.traffic = traffic_, .slot = j, .k = 0}, life);
                continue;
            }
            tally_.initial();
            if (residual >= end) {
                ++bins_.open_at_end;
            } else {
                ++bins_.completed[tally_.bin_of(at_us(residual))];
            }
        }
    }

    void handle(const Batch& batch, std::size_t count) {
        std::size_t from = 0;
        while (from < count) {
            const Time holds = ends_.advance(at_us(batch.t_us[from]));
            const auto begin = batch.t_us.begin();
            const auto until = std::lower_bound(begin + static_cast<std::ptrdiff_t>(from),
                                                begin + static_cast<std::ptrdiff_t>(count), us_of(holds));
            const auto to = static_cast<std::size_t>(until - begin);
            const std::size_t walks = sort_out(batch, from, to, ends_, end_us_, walk_);
            count_bulk(batch, from, to, walks);
            for (std::size_t w = 0; w < walks; ++w) walk(batch, walk_[w]);
            from = to;
        }
    }

    void count_bulk(const Batch& batch, std::size_t from, std::size_t to, std::size_t walks) {
        for (std::size_t w = 0; w < walks; ++w) end_us_[walk_[w]] = walked;
        const std::int64_t end = us_of(path_.history().end);
        const std::int64_t bin = tally_.bin().count();
        const double per_bin = 1.0 / static_cast<double>(bin);
        for (std::size_t i = from; i < to; ++i) {
            const std::int64_t e = end_us_[i];
            if (e >= end) {
                bins_.open_at_end += e != walked ? 1 : 0;
                continue;
            }
            // The quotient in floating point is at most one off; the remainder says which way.
            auto q = static_cast<std::int64_t>(static_cast<double>(e) * per_bin);
            const std::int64_t r = e - q * bin;
            q += (r >= bin ? 1 : 0) - (r < 0 ? 1 : 0);
            ++bins_.completed[static_cast<std::size_t>(q)];
        }
        std::size_t i = from;
        while (i < to) {
            const std::int64_t b = batch.t_us[i] / bin;
            const auto begin = batch.t_us.begin();
            const auto next = std::lower_bound(begin + static_cast<std::ptrdiff_t>(i),
                                               begin + static_cast<std::ptrdiff_t>(to), (b + 1) * bin);
            bins_.arrived[static_cast<std::size_t>(b)] += static_cast<std::uint64_t>(next - begin) - i;
            i = static_cast<std::size_t>(next - begin);
        }
        for (std::size_t w = 0; w < walks; ++w) {
            --bins_.arrived[static_cast<std::size_t>(batch.t_us[walk_[w]] / bin)];
        }
    }

    void walk(const Batch& batch, std::size_t i) {
        const ConnectionDraws draws(arrivals_, batch.first + i, 0,
                                    {batch.gap_words[i], batch.life_words[i], batch.hop_words[i], batch.endpoint_words[i]});
        client_.connect(draws, {.traffic = traffic_, .slot = initial_count_ + batch.first + i, .k = 0},
                        at_us(batch.t_us[i]), false);
    }

    static constexpr std::int64_t walked = std::numeric_limits<std::int64_t>::max();

    const Path& path_;
    Tally& tally_;
    const scenario::Traffic& entry_;
    std::uint32_t traffic_;
    Client client_;
    StreamKey arrivals_;
    StreamKey initial_;
    StreamKey count_;
    std::uint64_t initial_count_ = 0;
    BulkBins bins_;
    SafeEnds ends_;
    std::array<std::int64_t, batch_size> end_us_{};
    std::array<std::uint32_t, batch_size> walk_{};
};

}  // namespace

void stream_open_loop(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic,
                      std::uint32_t replication) {
    if (scenario.traffic[traffic].arrivals_per_second <= 0.0) return;
    std::make_unique<OpenLoop>(path, tally, scenario, traffic, replication)->run();
}

}  // namespace lbsim::traffic
