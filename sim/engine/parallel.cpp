// SPDX-License-Identifier: Apache-2.0
// Workers that take pieces in order.
#include "lbsim/engine/parallel.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "lbsim/core/check.hpp"

namespace lbsim::engine {

void parallelize_until(Engine& engine, unsigned workers, std::size_t n, const std::function<void(std::size_t)>& piece) {
    LBSIM_CHECK(workers > 0, "pieces of work without a worker");
    const std::size_t count = std::min<std::size_t>(workers, n);
    if (workers == 1 || count <= 1) {
        for (std::size_t i = 0; i < n; ++i) piece(i);
        return;
    }
    std::size_t next = 0;
    std::vector<ActorRef> helpers;
    const std::string name{engine.current_name()};
    for (std::size_t k = 0; k < count; ++k) {
        helpers.push_back(engine.spawn(name + " worker " + std::to_string(k), engine.current_order(), [&] {
            while (next < n) piece(next++);
        }));
    }
    // The helpers use this frame, so it must outlive them also when the caller is cancelled. At the end of a run the
    // engine unwinds the youngest first, which are the helpers.
    bool is_cancelled = false;
    for (const ActorRef helper : helpers) {
        while (engine.is_alive(helper)) {
            try {
                engine.join(helper);
            } catch (const Cancelled&) {
                is_cancelled = true;
            }
            if (is_cancelled) {
                for (const ActorRef other : helpers) engine.cancel(other);
            }
        }
    }
    if (is_cancelled) throw Cancelled{};
}

}  // namespace lbsim::engine
