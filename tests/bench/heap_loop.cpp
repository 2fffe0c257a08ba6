// SPDX-License-Identifier: Apache-2.0
// The plain way to simulate connections, for comparison only: one binary heap, one push and one pop a connection.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <random>
#include <vector>

int main(int argc, char** argv) {
    const double rate = 100'000.0;
    const double mean_s = 30.0;
    const double run_s = argc > 1 ? std::atof(argv[1]) : 60.0;
    const std::uint32_t hops = 5'000;
    const std::uint32_t endpoints = 20'000;
    struct End {
        double t;
        std::uint32_t hop;
        std::uint32_t endpoint;
        bool operator>(const End& other) const { return t > other.t; }
    };
    std::priority_queue<End, std::vector<End>, std::greater<>> ends;
    std::vector<std::uint64_t> arrived(static_cast<std::size_t>(run_s) + 1);
    std::vector<std::uint64_t> completed(static_cast<std::size_t>(run_s) + 1);
    std::mt19937_64 random(1);
    std::exponential_distribution<double> gap(rate);
    std::exponential_distribution<double> life(1.0 / mean_s);
    // The same live population as a stationary start.
    for (int i = 0; i < static_cast<int>(rate * mean_s); ++i) ends.push({life(random), 0, 0});
    const auto started = std::chrono::steady_clock::now();
    std::uint64_t connections = 0;
    for (double t = gap(random); t < run_s; t += gap(random)) {
        while (!ends.empty() && ends.top().t <= t) {
            ++completed[static_cast<std::size_t>(ends.top().t)];
            ends.pop();
        }
        ++arrived[static_cast<std::size_t>(t)];
        ends.push({t + life(random), static_cast<std::uint32_t>(random() % hops), static_cast<std::uint32_t>(random() % endpoints)});
        ++connections;
    }
    const double wall = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    std::printf("%llu %.3f\n", static_cast<unsigned long long>(connections), wall);
    return 0;
}
