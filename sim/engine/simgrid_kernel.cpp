// SPDX-License-Identifier: Apache-2.0
// The only file that includes SimGrid. Written against 3.32: see the numbered gotchas of the engine's measurements.
#include "sim/engine/simgrid_kernel.hpp"

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include "lbsim/core/check.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define LBSIM_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LBSIM_ADDRESS_SANITIZER 1
#endif
#endif

namespace lbsim::engine {

namespace {

/// SimGrid installs handlers of its own for these; Ctrl-C must stay ours.
constexpr std::array<int, 5> guarded_signals{SIGINT, SIGTERM, SIGSEGV, SIGABRT, SIGBUS};

class SignalHandlersGuard {
public:
    SignalHandlersGuard() {
        for (std::size_t i = 0; i < guarded_signals.size(); ++i) sigaction(guarded_signals[i], nullptr, &before_[i]);
    }
    ~SignalHandlersGuard() {
        for (std::size_t i = 0; i < guarded_signals.size(); ++i) sigaction(guarded_signals[i], &before_[i], nullptr);
    }
    SignalHandlersGuard(const SignalHandlersGuard&) = delete;
    SignalHandlersGuard& operator=(const SignalHandlersGuard&) = delete;

private:
    std::array<struct sigaction, guarded_signals.size()> before_{};
};

/// The exceptions being handled belong to the stack that handles them, but the C++ runtime keeps them per thread and all
/// carriers share one. So they leave and come back with the carrier; else a block inside a catch handler mixes them up.
class HandledExceptionsGuard {
public:
    HandledExceptionsGuard() {
        std::memcpy(saved_.data(), abi::__cxa_get_globals(), saved_.size());
        std::memset(static_cast<void*>(abi::__cxa_get_globals()), 0, saved_.size());
    }
    ~HandledExceptionsGuard() {
        std::memcpy(static_cast<void*>(abi::__cxa_get_globals()), saved_.data(), saved_.size());
    }
    HandledExceptionsGuard(const HandledExceptionsGuard&) = delete;
    HandledExceptionsGuard& operator=(const HandledExceptionsGuard&) = delete;

private:
    // Itanium C++ ABI 2.2.2: __cxa_eh_globals is the caught exceptions and the count of uncaught ones.
    struct Globals {
        void* caught;
        unsigned uncaught;
    };
    std::array<unsigned char, sizeof(Globals)> saved_{};
};

/// SimGrid takes its options from a command line: this one is ours, so the user's never reaches it.
class PrivateArguments {
public:
    explicit PrivateArguments(const Options& options) {
        // Even with --log SimGrid would report the changed options while it reads them.
        xbt_log_control_set("root.thres:critical");
        text_ = {"lbsim", "--log=root.thres:critical",
                 "--cfg=contexts/stack-size:" + std::to_string(options.stack_kib),
                 "--cfg=contexts/guard-size:" + std::to_string(options.guard_pages)};
        if (uses_thread_contexts()) text_.emplace_back("--cfg=contexts/factory:thread");
        for (std::string& argument : text_) pointers_.push_back(argument.data());
        pointers_.push_back(nullptr);
        count_ = static_cast<int>(text_.size());
    }
    int* count() { return &count_; }
    char** pointers() { return pointers_.data(); }

private:
    std::vector<std::string> text_;
    std::vector<char*> pointers_;
    int count_ = 0;
};

}  // namespace

bool uses_thread_contexts() {
#ifdef LBSIM_ADDRESS_SANITIZER
    return true;
#else
    const char* wish = std::getenv("LBSIM_SIMGRID_CONTEXTS");
    return wish != nullptr && std::strcmp(wish, "thread") == 0;
#endif
}

struct SimgridKernel::Impl {
    Impl(const Options& options, Round round_function, CarrierMain main_function, void* self_pointer)
        : arguments(options), simgrid(arguments.count(), arguments.pointers()), round(round_function),
          carrier_main(main_function), self(self_pointer) {
        auto* zone = simgrid::s4u::create_full_zone("lbsim");
        host = zone->create_host("lbsim", 1e9);
        zone->seal();
    }

    PrivateArguments arguments;
    simgrid::s4u::Engine simgrid;
    simgrid::s4u::Host* host = nullptr;
    Round round;
    CarrierMain carrier_main;
    void* self;
    // Not ActorPtr: a held pointer would keep the stack of an ended actor.
    std::vector<simgrid::s4u::Actor*> carriers;
};

SimgridKernel::SimgridKernel(const Options& options, Round round, CarrierMain carrier_main, void* self) {
    const SignalHandlersGuard guard;
    impl_ = std::make_unique<Impl>(options, round, carrier_main, self);
}

SimgridKernel::~SimgridKernel() = default;

void SimgridKernel::run() { impl_->simgrid.run(); }

void SimgridKernel::arm(Time t) {
    const double date = std::max(static_cast<double>(us_of(t)) * 1e-6, simgrid::s4u::Engine::get_clock());
    simgrid::kernel::timer::Timer::set(date, [impl = impl_.get()] { impl->round(impl->self); });
}

void SimgridKernel::arm_now() { arm(time_zero); }

std::size_t SimgridKernel::start_carrier() {
    const std::size_t carrier = impl_->carriers.size();
    Impl* impl = impl_.get();
    impl->carriers.push_back(
        simgrid::s4u::Actor::create("carrier", impl->host, [impl, carrier] { impl->carrier_main(impl->self, carrier); })
            .get());
    return carrier;
}

void SimgridKernel::resume_carrier(std::size_t carrier) { impl_->carriers[carrier]->resume(); }

void SimgridKernel::park() {
    const HandledExceptionsGuard guard;
    simgrid::s4u::this_actor::suspend();
}

std::size_t SimgridKernel::carrier_count() const { return impl_->carriers.size(); }

}  // namespace lbsim::engine
