// SPDX-License-Identifier: Apache-2.0
// The tables of the format as a list of defaults.
#include "sim/io/scenario/format.hpp"
#include "sim/io/scenario/reader.hpp"
#include "sim/io/scenario/scalars.hpp"

namespace lbsim::io {

namespace {

/// Whether keys that must be given are listed: those that only choose among forms of a value are not.
enum class Required : std::uint8_t { listed, left_out };

class DefaultsWriter {
public:
    std::vector<DefaultValue> take() { return std::move(out_); }

    void keys(std::span<const Key> keys, const std::string& path, Required required) {
        for (const Key& key : keys) {
            if (key.part > 1 || (key.required && required == Required::left_out)) continue;
            const std::string place = path + "/" + std::string(key.name);
            out_.push_back({.key = place,
                            .value = std::string(key.required            ? "required"
                                                 : key.fallback.empty() ? key.note
                                                                        : key.fallback),
                            .unit = std::string(key.type.kind == Type::Kind::seconds ? "s" : key.unit),
                            .provenance = std::string(key.required ? "definition" : key.provenance),
                            .meaning = std::string(key.meaning)});
            below(key.type, place, Required::listed);
        }
    }

private:
    void below(const Type& type, const std::string& path, Required required) {
        switch (type.kind) {
            case Type::Kind::object: return keys(type.shape->keys, path, required);
            case Type::Kind::array: return below(*type.item, path + "/*", required);
            case Type::Kind::either:
                for (const Shape* shape : type.shapes) {
                    if (shape->part > 1) continue;
                    const std::string form = "[" + std::string(shape->keys.front().name) + "]";
                    keys(shape->keys, type.shapes.size() == 1 ? path : path + form, Required::left_out);
                }
                return;
            case Type::Kind::tagged: {
                const Shape* common = type.cases.front().shape->common;
                if (common != nullptr) keys(common->keys, path, required);
                for (const Case& entry : type.cases) {
                    if (entry.part > 1) continue;
                    keys(entry.shape->keys,
                         path + "[" + std::string(type.tag) + "=" + std::string(entry.tag) + "]", required);
                }
                return;
            }
            default: return;
        }
    }

    std::vector<DefaultValue> out_;
};

}  // namespace

std::vector<DefaultValue> defaults() {
    DefaultsWriter writer;
    writer.keys(root_shape.keys, "", Required::listed);
    return writer.take();
}

}  // namespace lbsim::io
