// SPDX-License-Identifier: Apache-2.0
// The structural check: one walk over document and tables.
#include "sim/io/scenario/structure.hpp"

#include <algorithm>

#include "sim/io/scenario/scalars.hpp"

namespace lbsim::io {

namespace {

std::string later_text(int part) {
    return "which this version does not act on yet (part " + std::to_string(part) + ")";
}

constexpr std::array tag_choices{Choice{"code"},     Choice{"doc"},      Choice{"issue"},
                                 Choice{"recalled"}, Choice{"estimate"}, Choice{"definition"}};
constexpr Type tag_type = choice(tag_choices);

/// True where the object is one of this shape rather than of another form of the value.
bool chooses(const JsonValue& value, const Shape& shape) {
    if (value.find(shape.keys.front().name) != nullptr) return true;
    return shape.any_key && std::any_of(shape.keys.begin(), shape.keys.end(), [&](const Key& key) {
               return value.find(key.name) != nullptr;
           });
}

/// True where the value is of the kind of an either's `other` form.
bool is_other(const JsonValue& value, const Type& type) {
    if (type.other == nullptr) return false;
    return value.is(type.other->kind == Type::Kind::array ? JsonValue::Kind::array : JsonValue::Kind::number);
}

class Walk {
public:
    explicit Walk(ProblemSink& sink) : sink_(sink) {}

    void object(const JsonValue& value, const Shape& shape) {
        if (!value.is(JsonValue::Kind::object)) return refuse(value, "an object");
        for (const JsonMember& member : value.members) {
            const Step step(*this, member.key);
            const Key* key = find_key(shape, member.key);
            if (key == nullptr) {
                unknown_key(member, shape);
            } else if (key->part > 1) {
                sink_.add(member.origin, pointer_, "key " + in_quotes(member.key) + ", " + later_text(key->part),
                          "keys " + alternatives(key_names(shape)));
            } else {
                any(member.value, key->type);
            }
        }
        for_each_key(shape, [&](const Key& key) {
            if (!key.required || value.find(key.name) != nullptr) return;
            sink_.add(value.origin, pointer_ + pointer_token(key.name), "nothing, but the key is required",
                      allowed_by(key.type));
        });
    }

private:
    /// Appends one token to the pointer for as long as it lives.
    class Step {
    public:
        Step(Walk& walk, std::string_view token) : walk_(walk), size_(walk.pointer_.size()) {
            walk_.pointer_ += pointer_token(token);
        }
        ~Step() { walk_.pointer_.resize(size_); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;

    private:
        Walk& walk_;
        std::size_t size_;
    };

    void any(const JsonValue& value, const Type& type) {
        if (type.is_sourced) return sourced_value(value, type);
        switch (type.kind) {
            case Type::Kind::any: return;
            case Type::Kind::object: return object(value, *type.shape);
            case Type::Kind::array: return array(value, type);
            case Type::Kind::map: return map(value, type);
            case Type::Kind::either: return either(value, type);
            case Type::Kind::tagged: return tagged(value, type);
            default: return scalar(value, type, type);
        }
    }

    void sourced_value(const JsonValue& value, const Type& type) {
        if (!value.is(JsonValue::Kind::array) || value.items.size() != 3)
            return sink_.add(value.origin, pointer_, shown(value) + ", which is no value with a tag and a source",
                             allowed_by(type));
        const auto part = [&](std::size_t i, const Type& of_part) {
            const Step step(*this, std::to_string(i));
            any(value.items[i], of_part);
        };
        part(0, bare(type));
        part(1, tag_type);
        part(2, text_type);
        const JsonValue& source = value.items[2];
        if (source.is(JsonValue::Kind::string) && source.text.find_first_not_of(' ') == std::string::npos)
            sink_.add(source.origin, pointer_ + "/2", "an empty source",
                      "where the value is from: a file, page or issue, or the reason of an estimate");
    }

    void array(const JsonValue& value, const Type& type) {
        if (!value.is(JsonValue::Kind::array)) return refuse(value, allowed_by(type));
        const std::size_t n = value.items.size();
        if (n < type.low || n > type.high) {
            const bool later = type.part > 1 && n > type.high;
            sink_.add(value.origin, pointer_, shown(value) + (later ? ", " + later_text(type.part) : std::string()),
                      allowed_by(type));
            if (n > type.high) return;
        }
        for (std::size_t i = 0; i < n; ++i) {
            const Step step(*this, std::to_string(i));
            any(value.items[i], *type.item);
        }
    }

    void map(const JsonValue& value, const Type& type) {
        if (!value.is(JsonValue::Kind::object)) return refuse(value, allowed_by(type));
        for (const JsonMember& member : value.members) {
            const Step step(*this, member.key);
            any(member.value, *type.item);
        }
    }

    void either(const JsonValue& value, const Type& type) {
        if (is_other(value, type)) return any(value, *type.other);
        if (!value.is(JsonValue::Kind::object)) {
            if (type.item != nullptr && string_of(value) != nullptr) return scalar(value, *type.item, type);
            return refuse(value, allowed_by(type));
        }
        if (type.shapes.size() == 1 && type.shapes.front()->part == 1) return object(value, *type.shapes.front());
        for (const Shape* shape : type.shapes) {
            if (!chooses(value, *shape)) continue;
            if (shape->part == 1) return object(value, *shape);
            return later(value, in_quotes(shape->keys.front().name), shape->part, allowed_by(type));
        }
        std::string hint;
        for (const JsonMember& member : value.members) {
            if (hint.empty()) hint = did_you_mean(member.key, first_keys(type));
        }
        const std::string found = value.members.empty() ? "an object without keys"
                                                        : "an object with key " + in_quotes(value.members[0].key);
        sink_.add(value.origin, pointer_, found, allowed_by(type), hint);
    }

    void tagged(const JsonValue& value, const Type& type) {
        if (!value.is(JsonValue::Kind::object)) return refuse(value, "an object");
        std::vector<std::string> tags;
        for (const Case& entry : type.cases) {
            if (entry.part == 1) tags.emplace_back(entry.tag);
        }
        const JsonValue* tag = value.find(type.tag);
        const std::string pointer = pointer_ + pointer_token(type.tag);
        if (tag == nullptr) {
            return sink_.add(value.origin, pointer, "nothing, but the key is required", alternatives(tags));
        }
        for (const Case& entry : type.cases) {
            if (!tag->is(JsonValue::Kind::string) || entry.tag != tag->text) continue;
            if (entry.part == 1) return object(value, *entry.shape);
            return sink_.add(tag->origin, pointer, shown(*tag) + ", " + later_text(entry.part), alternatives(tags));
        }
        sink_.add(tag->origin, pointer, shown(*tag), alternatives(tags), did_you_mean(tag->text, tags));
    }

    /// `whole` is the type that also names the other forms the value may take.
    void scalar(const JsonValue& value, const Type& type, const Type& whole) {
        if (const std::optional<Refusal> refusal = refuse_scalar(value, type)) {
            const std::string found = refusal->later_part > 1 ? shown(value) + ", " + later_text(refusal->later_part)
                                      : refusal->why.empty()  ? shown(value)
                                                              : shown(value) + " (" + refusal->why + ")";
            sink_.add(value.origin, pointer_, found, allowed_by(whole), refusal->hint);
        }
    }

    void unknown_key(const JsonMember& member, const Shape& shape) {
        const std::vector<std::string> names = key_names(shape);
        sink_.add(member.origin, pointer_, "unknown key " + in_quotes(member.key), "keys " + alternatives(names),
                  did_you_mean(member.key, names));
    }

    void refuse(const JsonValue& value, const std::string& allowed) {
        sink_.add(value.origin, pointer_, shown(value), allowed);
    }
    void later(const JsonValue& value, const std::string& what, int part, const std::string& allowed) {
        sink_.add(value.origin, pointer_, what + ", " + later_text(part), allowed);
    }

    static std::vector<std::string> key_names(const Shape& shape) {
        std::vector<std::string> names;
        for_each_key(shape, [&](const Key& key) {
            if (key.part == 1) names.emplace_back(key.name);
        });
        return names;
    }
    static std::vector<std::string> first_keys(const Type& type) {
        std::vector<std::string> names;
        for (const Shape* shape : type.shapes) {
            if (shape->part == 1) names.emplace_back(shape->keys.front().name);
        }
        return names;
    }

    ProblemSink& sink_;
    std::string pointer_;
};

std::string allowed_either(const Type& type) {
    std::vector<std::string> forms;
    if (type.item != nullptr && type.item->part == 1) forms.push_back(allowed_by(*type.item));
    if (type.other != nullptr) forms.push_back(allowed_by(*type.other));
    std::vector<std::string> keys;
    bool is_any_object = false;
    for (const Shape* shape : type.shapes) {
        if (shape->part > 1) continue;
        if (shape->any_key) {
            is_any_object = true;
        } else {
            keys.emplace_back(shape->keys.front().name);
        }
    }
    if (!keys.empty()) forms.push_back("an object with " + alternatives(keys));
    if (is_any_object) forms.emplace_back(keys.empty() ? "an object" : "an object of such values");
    std::string out;
    for (const std::string& form : forms) out += (out.empty() ? "" : ", or ") + form;
    return out;
}

}  // namespace

void check_structure(const JsonValue& document, const Shape& shape, ProblemSink& sink) {
    Walk(sink).object(document, shape);
}

const Shape* shape_of(const JsonValue& value, const Type& type) {
    if (!value.is(JsonValue::Kind::object)) return nullptr;
    if (type.kind == Type::Kind::object) return type.shape;
    if (type.kind == Type::Kind::tagged) {
        const JsonValue* tag = value.find(type.tag);
        for (const Case& entry : type.cases) {
            if (tag != nullptr && tag->is(JsonValue::Kind::string) && tag->text == entry.tag) return entry.shape;
        }
        return nullptr;
    }
    if (type.shapes.size() == 1 && type.shapes.front()->part == 1) return type.shapes.front();
    for (const Shape* shape : type.shapes) {
        if (shape->part == 1 && chooses(value, *shape)) return shape;
    }
    return nullptr;
}

std::string allowed_by(const Type& type) {
    if (type.is_sourced)
        return "[value, tag, source]: " + allowed_by(bare(type)) + "; one of " + allowed_by(tag_type) + "; and a text";
    switch (type.kind) {
        case Type::Kind::any: return "any value";
        case Type::Kind::object: return "an object";
        case Type::Kind::map: return "an object whose values are each " + allowed_by(*type.item);
        case Type::Kind::array: {
            std::string size;
            if (type.low == type.high) size = std::to_string(type.low) + " of ";
            else if (type.high != std::numeric_limits<std::uint64_t>::max())
                size = std::to_string(type.low) + " to " + std::to_string(type.high) + " of ";
            else if (type.low > 0) size = "at least " + std::to_string(type.low) + " of ";
            return "an array of " + size + allowed_by(*type.item);
        }
        case Type::Kind::either: return allowed_either(type);
        case Type::Kind::tagged: return "an object with " + in_quotes(type.tag);
        default: return allowed_scalar(type);
    }
}

}  // namespace lbsim::io
