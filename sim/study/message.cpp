// SPDX-License-Identifier: Apache-2.0
// Frames: one byte of kind, four bytes of size, the payload. Both ends are the same binary, so bytes are memory images.
#include "sim/study/message.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <type_traits>

#include "lbsim/core/check.hpp"

namespace lbsim::study {

namespace {

constexpr std::size_t head_bytes = 1 + sizeof(std::uint32_t);

template <class T>
std::string image_of(const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

template <class T>
T value_of(const std::string& bytes) {
    static_assert(std::is_trivially_copyable_v<T>);
    LBSIM_CHECK(bytes.size() == sizeof(T), "a message has the wrong size");
    T value{};
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
}

}  // namespace

std::string payload_of(double share) { return image_of(share); }
std::string payload_of(const RunReport& report) { return image_of(report); }
std::string payload_of(const Problem& problem) {
    std::string out;
    for (const std::string* text : {&problem.file, &problem.pointer, &problem.found, &problem.allowed, &problem.hint}) {
        out += *text;
        out += '\0';
    }
    return out;
}

double share_of(const std::string& payload) { return value_of<double>(payload); }
RunReport report_of(const std::string& payload) { return value_of<RunReport>(payload); }
Problem problem_of(const std::string& payload) {
    Problem problem;
    std::size_t from = 0;
    for (std::string* text : {&problem.file, &problem.pointer, &problem.found, &problem.allowed, &problem.hint}) {
        const std::size_t end = payload.find('\0', from);
        LBSIM_CHECK(end != std::string::npos, "a problem's message has too few texts");
        *text = payload.substr(from, end - from);
        from = end + 1;
    }
    return problem;
}

void send(int descriptor, const Message& message) {
    const auto size = static_cast<std::uint32_t>(message.payload.size());
    std::string frame(head_bytes, '\0');
    frame[0] = static_cast<char>(message.kind);
    std::memcpy(frame.data() + 1, &size, sizeof size);
    frame += message.payload;
    std::size_t done = 0;
    while (done < frame.size()) {
        const ssize_t n = ::write(descriptor, frame.data() + done, frame.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return;
        done += static_cast<std::size_t>(n);
    }
}

std::optional<Message> MessageReader::next() {
    if (pending_.size() < head_bytes) return std::nullopt;
    std::uint32_t size = 0;
    std::memcpy(&size, pending_.data() + 1, sizeof size);
    if (pending_.size() < head_bytes + size) return std::nullopt;
    Message message{static_cast<MessageKind>(pending_[0]), pending_.substr(head_bytes, size)};
    pending_.erase(0, head_bytes + size);
    return message;
}

}  // namespace lbsim::study
