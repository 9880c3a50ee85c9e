#include "tests/events/json/random_body.h"

#include <array>
#include <string>
#include <string_view>

#include <flatbuffers/flatbuffers.h>

#include "events/base/time.h"

namespace kontor::test {
namespace {

using Offset = flatbuffers::uoffset_t;

class Generator {
 public:
  explicit Generator(Random& random) : random_(random) { builder_.ForceDefaults(true); }

  std::vector<std::byte> body(const ObjectPlan& plan) {
    pool_size_ = plan.pool == nullptr ? 0 : 1 + below(4);
    builder_.Finish(flatbuffers::Offset<void>(table(plan)));
    const auto* const bytes = reinterpret_cast<const std::byte*>(builder_.GetBufferPointer());
    return {bytes, bytes + builder_.GetSize()};
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  Offset table(const ObjectPlan& plan) {
    std::array<std::uint64_t, kFieldsMax> values{};
    std::array<bool, kFieldsMax> given{};
    for (std::size_t i = 0; i < plan.fields.size(); ++i) {
      const FieldPlan& field = plan.fields[i];
      given[i] = field.must || field.form == Form::kCurrency || field.pool || below(3) != 0;
      if (given[i]) values[i] = field.shape == Shape::kScalar ? scalar(field) : part(field);
    }
    const Offset start = builder_.StartTable();
    for (std::size_t i = plan.fields.size(); i-- > 0;) {  // not the reader's order
      if (given[i]) add(plan.fields[i], values[i]);
    }
    return builder_.EndTable(start);
  }

  void add(const FieldPlan& field, std::uint64_t value) {
    if (field.shape != Shape::kScalar) {
      builder_.AddOffset(field.offset, flatbuffers::Offset<void>(static_cast<Offset>(value)));
      return;
    }
    switch (scalar_bytes(field.type)) {
      case 1:
        return builder_.AddElement(field.offset, static_cast<std::uint8_t>(value));
      case 2:
        return builder_.AddElement(field.offset, static_cast<std::uint16_t>(value));
      case 4:
        return builder_.AddElement(field.offset, static_cast<std::uint32_t>(value));
      default:
        return builder_.AddElement(field.offset, value);
    }
  }

  Offset part(const FieldPlan& field) {
    switch (field.shape) {
      case Shape::kString:
        return string(field.identifier);
      case Shape::kTable:
        return table(*field.object);
      case Shape::kStrings:
      case Shape::kTables:
        return offsets(field);
      default:
        return flat(field);
    }
  }

  Offset string(bool identifier) {
    static constexpr std::array<std::string_view, 8> kPieces = {
        "A", "order-17", " & ", "\"quoted\\", "\xC3\xBC", "\xE6\xA0\xAA", "\xF0\x9F\x93\xA6", "/"};
    std::string text(kPieces[below(2)]);
    for (std::uint64_t i = below(4); i > 0; --i)
      text += kPieces[below(kPieces.size())];
    if (!identifier && below(4) == 0) text += "\n\ttext";
    if (!identifier && below(8) == 0) text.clear();
    return builder_.CreateString(text).o;
  }

  Offset offsets(const FieldPlan& field) {
    std::vector<flatbuffers::Offset<void>> all(field.pool ? pool_size_ : below(4));
    for (auto& offset : all) {
      offset = field.shape == Shape::kTables ? table(*field.object)
                                             : string(field.pool || field.identifier);
    }
    return builder_.CreateVector(all).o;
  }

  Offset flat(const FieldPlan& field) {
    const bool structs = field.shape == Shape::kStructs;
    const std::size_t count = below(4);
    const std::size_t size = structs ? field.object->bytes : scalar_bytes(field.type);
    std::vector<std::byte> bytes(count * size);
    for (std::size_t i = 0; i < count; ++i) {
      if (!structs) {
        store_scalar(bytes.data() + i * size, field.type, static_cast<std::int64_t>(scalar(field)));
        continue;
      }
      for (const FieldPlan& inner : field.object->fields) {
        store_scalar(bytes.data() + i * size + inner.offset, inner.type,
                     static_cast<std::int64_t>(scalar(inner)));
      }
    }
    builder_.ForceVectorAlignment(bytes.size(), 1, structs ? field.object->align : size);
    builder_.StartVector(bytes.size(), 1);
    builder_.PushBytes(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return builder_.EndVector(count);
  }

  std::uint64_t scalar(const FieldPlan& field) {
    if (field.hidden) return 0;
    if (field.optional && below(3) == 0) return static_cast<std::uint64_t>(field.sentinel);
    switch (field.form) {
      case Form::kBool:
        return below(2);
      case Form::kEnum: {
        const auto& values = field.values->values;
        return static_cast<std::uint64_t>(values[below(values.size())].value);
      }
      case Form::kCurrency: {
        static constexpr std::array<std::uint16_t, 4> kCodes = {978, 392, 414, 990};
        return kCodes[below(kCodes.size())];
      }
      case Form::kDate:
        return below(2'932'896 + 719'162) - 719'162;  // 0001-01-01 to 9999-12-31
      case Form::kNamed:
        return below(pool_size_);
      default:
        return number(field);
    }
  }

  // Any value but the one that means absent.
  std::uint64_t number(const FieldPlan& field) {
    std::array<std::byte, 8> bytes{};
    const auto wide = static_cast<std::int64_t>(random_() >> below(64));
    store_scalar(bytes.data(), field.type, below(2) == 0 ? wide : -wide);
    const std::int64_t value = load_scalar(bytes.data(), field.type);
    const bool absent = field.optional && value == field.sentinel;
    return absent ? 1 : static_cast<std::uint64_t>(value);
  }

  Random& random_;
  flatbuffers::FlatBufferBuilder builder_;
  std::uint64_t pool_size_ = 0;
};

}  // namespace

std::vector<std::byte> random_body(const ObjectPlan& table, Random& random) {
  return Generator(random).body(table);
}

}  // namespace kontor::test
