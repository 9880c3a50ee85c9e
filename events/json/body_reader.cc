#include "events/json/body_reader.h"

#include <array>
#include <unordered_map>

#include <flatbuffers/flatbuffers.h>

#include "events/base/currency.h"
#include "events/base/ids.h"
#include "events/base/limits.h"
#include "events/json/scalar_reader.h"

namespace kontor {
namespace {

using Kind = JsonNode::Kind;

// Where a value stands, for messages; a chain on the stack, put into words only when needed.
struct Path {
  const Path* outer = nullptr;
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;

  std::string text() const {
    if (outer == nullptr) return std::string(key);
    if (is_index) return outer->text() + "[" + std::to_string(index) + "]";
    return outer->text() + "." + std::string(key);
  }
};

// One JSON object being read as one table or struct.
struct Scope {
  const ObjectPlan& plan;
  Scope* outer = nullptr;
  const Path& path;
  std::array<const JsonNode*, kFieldsMax> given;           // by field; null: key left out
  std::array<std::uint16_t, kCurrenciesMax> currencies{};  // said, by plan.currencies
  std::array<std::uint16_t, kCurrenciesMax> assumed{};     // the default was used for decimals

  Scope(const ObjectPlan& object, Scope* enclosing, const Path& where)
      : plan(object), outer(enclosing), path(where) {
    for (std::size_t i = 0; i < plan.fields.size(); ++i)
      given[i] = nullptr;
  }
};

// The distinct strings of `named` fields, in the order of their first use.
class NamePool {
 public:
  std::uint32_t intern(std::string_view name) {
    const auto [at, added] = indexes_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (added) names_.push_back(name);
    return at->second;
  }
  const std::vector<std::string_view>& names() const { return names_; }

 private:
  std::unordered_map<std::string_view, std::uint32_t> indexes_;
  std::vector<std::string_view> names_;
};

class BodyReader {
 public:
  BodyReader(const JsonDocument& document, const JsonOptions& options)
      : document_(document), options_(options) {
    builder_.ForceDefaults(true);  // a key that was given is there, also with its default
  }

  Result<std::vector<std::byte>> read(const ObjectPlan& plan, const JsonNode& node) {
    const Path path{nullptr, plan.name, 0, false};
    flatbuffers::uoffset_t root = 0;
    if (!table(plan, node, nullptr, path, root)) return Error{ErrorKind::kMalformed, error_};
    builder_.Finish(flatbuffers::Offset<flatbuffers::Table>(root));
    if (builder_.GetSize() > limits::kCommandBytesMax) {
      return Error{ErrorKind::kMalformed,
                   plan.name + ": the command has " + std::to_string(builder_.GetSize()) +
                       " bytes; at most " + std::to_string(limits::kCommandBytesMax) +
                       " are taken: split it"};
    }
    const auto* const bytes = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return std::vector<std::byte>(bytes, bytes + builder_.GetSize());
  }

 private:
  bool fail(const Path& path, const std::string& what) {
    error_ = path.text() + ": " + what;
    return false;
  }

  // Finds the field of every key, and what the object says its money is in.
  bool enter(const JsonNode& node, Scope& scope) {
    if (node.kind != Kind::kObject) {
      return fail(scope.path, "wants an object, not " + std::string(kind_name(node.kind)));
    }
    std::size_t guess = 0;  // keys mostly come in the order of the schema
    for (const JsonNode* key = document_.first(node); key != nullptr; key = document_.next(*key)) {
      const std::size_t index = field_index(scope.plan, key->key, guess);
      if (index == scope.plan.fields.size()) return unknown_key(scope, key->key);
      if (key->doubled) return fail({&scope.path, key->key, 0, false}, "stands here twice");
      scope.given[index] = key;
      guess = index + 1;
    }
    for (std::size_t i = 0; i < scope.plan.fields.size(); ++i) {
      const FieldPlan& field = scope.plan.fields[i];
      if (scope.given[i] == nullptr && is_needed(field)) {
        return fail(scope.path, "needs \"" + field.name + "\"");
      }
    }
    return read_currencies(scope);
  }

  // A name that is not there would be index 0, somebody else's.
  static bool is_needed(const FieldPlan& field) {
    return field.must || (field.form == Form::kNamed && !field.optional);
  }

  static std::size_t field_index(const ObjectPlan& plan, std::string_view key, std::size_t guess) {
    const auto fits = [&](const FieldPlan& field) {
      return field.name == key && !field.hidden && !field.pool;
    };
    if (guess < plan.fields.size() && fits(plan.fields[guess])) return guess;
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
      if (fits(plan.fields[i])) return i;
    }
    return plan.fields.size();
  }

  bool unknown_key(const Scope& scope, std::string_view key) {
    Suggestion suggestion(key);
    for (const FieldPlan& field : scope.plan.fields) {
      if (!field.hidden && !field.pool) suggestion.consider(field.name);
    }
    const std::string meant = suggestion.phrase();
    return fail(scope.path,
                "has no field " + quoted(key) + (meant.empty() ? fields_of(scope.plan) : meant));
  }

  static std::string fields_of(const ObjectPlan& plan) {
    std::string out;
    for (const FieldPlan& field : plan.fields) {
      if (!field.hidden && !field.pool) out += (out.empty() ? "; it has " : ", ") + field.name;
    }
    return out.empty() ? "; it has none" : out;
  }

  bool read_currencies(Scope& scope) {
    for (std::size_t i = 0; i < scope.plan.currencies.size(); ++i) {
      const FieldPlan& field = *scope.plan.currencies[i];
      const JsonNode* const node = scope.given[index_of(scope.plan, field)];
      if (node == nullptr) continue;
      std::int64_t code = 0;
      const std::string wrong = read_scalar(field, *node, std::nullopt, code);
      if (!wrong.empty()) return fail({&scope.path, field.name, 0, false}, wrong);
      scope.currencies[i] = static_cast<std::uint16_t>(code);
    }
    return true;
  }

  static std::size_t index_of(const ObjectPlan& plan, const FieldPlan& field) {
    return static_cast<std::size_t>(&field - plan.fields.data());
  }

  // The currency of `field`: said in its object or the nearest enclosing one that has the field,
  // else the default. `decimal`: the value needs it.
  std::optional<Currency> currency_of(const FieldPlan& field, Scope& scope, bool decimal) const {
    for (Scope* at = &scope; at != nullptr; at = at->outer) {
      for (std::size_t i = 0; i < at->plan.currencies.size(); ++i) {
        if (at->plan.currencies[i]->name != field.currency_field) continue;
        if (at->currencies[i] != 0) return find_currency(CurrencyCode{at->currencies[i]});
        if (decimal) at->assumed[i] = options_.default_currency;
        return find_currency(CurrencyCode{options_.default_currency});
      }
    }
    return find_currency(CurrencyCode{options_.default_currency});
  }

  bool scalar(const FieldPlan& field, const JsonNode& node, Scope& scope, std::int64_t& out) {
    const Path path{&scope.path, field.name, 0, false};
    if (field.form == Form::kNamed) return named(node, path, out);
    std::optional<Currency> currency;
    if (field.form == Form::kMoney || field.form == Form::kUnitPrice) {
      currency = currency_of(field, scope, node.kind == Kind::kString);
    }
    const std::string wrong = read_scalar(field, node, currency, out);
    return wrong.empty() || fail(path, wrong);
  }

  bool named(const JsonNode& node, const Path& path, std::int64_t& out) {
    if (!check_string(node, true, path)) return false;
    out = pool_.intern(node.text);
    return true;
  }

  bool check_string(const JsonNode& node, bool identifier, const Path& path) {
    if (node.kind != Kind::kString) {
      return fail(path, "wants a string, not " + std::string(kind_name(node.kind)));
    }
    if (identifier && !is_identifier(node.text)) {
      return fail(path, quoted(node.text) + " is not an identifier: 1 to " +
                            std::to_string(kIdentifierBytesMax) +
                            " bytes of UTF-8 without control characters");
    }
    if (!identifier && !is_text(node.text, limits::kTextBytesMax)) {
      return fail(path, "wants at most " + std::to_string(limits::kTextBytesMax) +
                            " bytes of UTF-8 without control characters");
    }
    return true;
  }

  bool table(const ObjectPlan& plan, const JsonNode& node, Scope* outer, const Path& path,
             flatbuffers::uoffset_t& out) {
    Scope scope(plan, outer, path);
    if (!enter(node, scope)) return false;
    std::array<std::int64_t, kFieldsMax> values{};  // scalars, or where parts were built
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
      const FieldPlan& field = plan.fields[i];
      if (scope.given[i] == nullptr) continue;
      const bool good = field.shape == Shape::kScalar
                            ? scalar(field, *scope.given[i], scope, values[i])
                            : part(field, *scope.given[i], scope, values[i]);
      if (!good) return false;
    }
    return finish_table(scope, values, out);
  }

  // A part of a table that lies outside of it, which FlatBuffers wants built before the table.
  bool part(const FieldPlan& field, const JsonNode& node, Scope& scope, std::int64_t& out) {
    const Path path{&scope.path, field.name, 0, false};
    flatbuffers::uoffset_t offset = 0;
    bool good = false;
    if (field.shape == Shape::kString) {
      good = check_string(node, field.identifier, path);
      if (good) offset = string(node.text);
    } else if (field.shape == Shape::kTable) {
      good = table(*field.object, node, &scope, path, offset);
    } else if (field.shape == Shape::kStruct) {
      good = fail(path, "structs in tables cannot be given");  // no command has one
    } else {
      good = vector(field, node, scope, offset);
    }
    out = offset;
    return good;
  }

  flatbuffers::uoffset_t string(std::string_view text) {
    return builder_.CreateString(text.data(), text.size()).o;
  }

  bool finish_table(const Scope& scope, const std::array<std::int64_t, kFieldsMax>& values,
                    flatbuffers::uoffset_t& out) {
    const ObjectPlan& plan = scope.plan;
    const flatbuffers::uoffset_t pool = plan.pool == nullptr ? 0 : pool_vector();
    const flatbuffers::uoffset_t start = builder_.StartTable();
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
      if (scope.given[i] == nullptr) continue;
      add(plan.fields[i], values[i]);
    }
    for (std::size_t i = 0; i < plan.currencies.size(); ++i) {
      if (scope.assumed[i] != 0) add(*plan.currencies[i], scope.assumed[i]);
    }
    if (pool != 0) add(*plan.pool, pool);
    out = builder_.EndTable(start);
    return true;
  }

  void add(const FieldPlan& field, std::int64_t value) {
    if (field.shape != Shape::kScalar) {
      builder_.AddOffset(field.offset,
                         flatbuffers::Offset<void>(static_cast<flatbuffers::uoffset_t>(value)));
      return;
    }
    switch (scalar_bytes(field.type)) {
      case 1:
        builder_.AddElement(field.offset, static_cast<std::uint8_t>(value));
        break;
      case 2:
        builder_.AddElement(field.offset, static_cast<std::uint16_t>(value));
        break;
      case 4:
        builder_.AddElement(field.offset, static_cast<std::uint32_t>(value));
        break;
      default:
        builder_.AddElement(field.offset, static_cast<std::uint64_t>(value));
        break;
    }
  }

  flatbuffers::uoffset_t pool_vector() {
    if (pool_.names().empty()) return 0;
    std::vector<flatbuffers::Offset<flatbuffers::String>> offsets;
    offsets.reserve(pool_.names().size());
    for (const std::string_view name : pool_.names())
      offsets.emplace_back(string(name));
    return builder_.CreateVector(offsets).o;
  }

  bool vector(const FieldPlan& field, const JsonNode& node, Scope& scope,
              flatbuffers::uoffset_t& out) {
    const Path path{&scope.path, field.name, 0, false};
    if (node.kind != Kind::kArray) {
      return fail(path, "wants an array, not " + std::string(kind_name(node.kind)));
    }
    if (node.count > limits::kLinesMax) {
      return fail(path, "has " + std::to_string(node.count) + " entries; at most " +
                            std::to_string(limits::kLinesMax) + " are taken");
    }
    const bool flat = field.shape == Shape::kScalars || field.shape == Shape::kStructs;
    return flat ? flat_vector(field, node, scope, out) : offset_vector(field, node, scope, out);
  }

  bool offset_vector(const FieldPlan& field, const JsonNode& node, Scope& scope,
                     flatbuffers::uoffset_t& out) {
    const Path path{&scope.path, field.name, 0, false};
    std::vector<flatbuffers::Offset<void>> offsets;
    offsets.reserve(node.count);
    for (const JsonNode* at = document_.first(node); at != nullptr; at = document_.next(*at)) {
      const Path element{&path, {}, offsets.size(), true};
      flatbuffers::uoffset_t offset = 0;
      const bool is_string = field.shape == Shape::kStrings;
      if (is_string ? !check_string(*at, field.identifier, element)
                    : !table(*field.object, *at, &scope, element, offset)) {
        return false;
      }
      offsets.emplace_back(is_string ? string(at->text) : offset);
    }
    out = builder_.CreateVector(offsets).o;
    return true;
  }

  // Scalars or structs. FlatBuffers 2.0.8 aligns a vector by its elements' size, which is wrong for
  // a struct of 24 bytes: the elements are written as bytes, with their alignment said.
  bool flat_vector(const FieldPlan& field, const JsonNode& node, Scope& scope,
                   flatbuffers::uoffset_t& out) {
    const Path path{&scope.path, field.name, 0, false};
    const bool is_struct = field.shape == Shape::kStructs;
    const std::size_t element_bytes = is_struct ? field.object->bytes : scalar_bytes(field.type);
    std::vector<std::byte> bytes(node.count * element_bytes);
    std::size_t i = 0;
    for (const JsonNode* at = document_.first(node); at != nullptr; at = document_.next(*at), ++i) {
      const Path element{&path, {}, i, true};
      std::byte* const to = bytes.data() + i * element_bytes;
      if (is_struct ? !structure(*field.object, *at, scope, element, to)
                    : !element_scalar(field, *at, scope, element, to)) {
        return false;
      }
    }
    builder_.ForceVectorAlignment(bytes.size(), 1, is_struct ? field.object->align : element_bytes);
    builder_.StartVector(bytes.size(), 1);
    builder_.PushBytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    out = builder_.EndVector(node.count);
    return true;
  }

  bool element_scalar(const FieldPlan& field, const JsonNode& node, Scope& scope, const Path& path,
                      std::byte* to) {
    std::int64_t value = 0;
    const std::string wrong =
        read_scalar(field, node, currency_of(field, scope, node.kind == Kind::kString), value);
    if (!wrong.empty()) return fail(path, wrong);
    store_scalar(to, field.type, value);
    return true;
  }

  bool structure(const ObjectPlan& plan, const JsonNode& node, Scope& outer, const Path& path,
                 std::byte* to) {
    Scope scope(plan, &outer, path);
    if (!enter(node, scope)) return false;
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
      const FieldPlan& field = plan.fields[i];
      std::int64_t value = field.optional ? field.sentinel : 0;
      if (scope.given[i] != nullptr && !scalar(field, *scope.given[i], scope, value)) return false;
      store_scalar(to + field.offset, field.type, value);
    }
    return true;
  }

  const JsonDocument& document_;
  const JsonOptions& options_;
  flatbuffers::FlatBufferBuilder builder_;
  NamePool pool_;
  std::string error_;
};

}  // namespace

Result<std::vector<std::byte>> read_body(const ObjectPlan& table, const JsonDocument& document,
                                         const JsonNode& node, const JsonOptions& options) {
  return BodyReader(document, options).read(table, node);
}

}  // namespace kontor
