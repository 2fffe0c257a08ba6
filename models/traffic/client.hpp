// SPDX-License-Identifier: Apache-2.0
// One connection from its first SYN to its end, worked out at once from the history.
#pragma once

#include <optional>

#include "lbsim/scenario/sampling.hpp"
#include "models/traffic/path.hpp"
#include "models/traffic/tally.hpp"

namespace lbsim::traffic {

/// How an attempt or a connection ended, and when.
struct Ending {
    enum class Kind : std::uint8_t { completed, lost, failed, open_at_end, connecting_at_end };
    Kind kind{};
    Time t{};
};

/// Clients of one traffic entry: they connect along a path and are counted in a tally.
class Client {
public:
    Client(const Path& path, Tally& tally, const scenario::Scenario& scenario, std::uint32_t traffic);

    /// A connection that is open at time 0 with these draws; nullopt where nothing was there to connect to.
    std::optional<Ending> resume(const ConnectionDraws& draws, const ConnectionName& name,
                                 const scenario::StationaryLife& life);
    /// A new connection whose first SYN leaves at `t`. Pre: t is before the end of the run.
    Ending connect(const ConnectionDraws& draws, const ConnectionName& name, Time t, bool is_reconnect);

    const Path& path() const { return *path_; }
    Tally& tally() { return *tally_; }
    const scenario::Sampler& lifetime() const { return lifetime_; }

private:
    Ending live(const SynOutcome& syn, const ConnectionName& name, Time first_syn, Time established, Duration life);
    Ending fail(const SynOutcome& syn, const ConnectionName& name, Time first_syn, Time t);

    const Path* path_;
    Tally* tally_;
    const scenario::Traffic* traffic_;
    scenario::Sampler lifetime_;
};

}  // namespace lbsim::traffic
