#include "events/codec/body_check.h"

#include <cstdint>
#include <cstring>

#include "events/base/assert.h"

namespace kontor {
namespace {

constexpr std::size_t kOffsetBytes = sizeof(std::uint32_t);
constexpr std::size_t kBodyBytesMax = std::size_t{1} << 30;  // positions stay far from overflow

class BodyCheck {
 public:
  explicit BodyCheck(std::span<const std::byte> body) : body_(body), work_left_(body.size()) {}

  bool root(const ObjectPlan& plan) {
    std::size_t at = 0;
    return follow(0, at) && table(plan, at, kBodyDepthMax);
  }

 private:
  bool inside(std::size_t at, std::size_t bytes) const {
    return bytes <= body_.size() && at <= body_.size() - bytes;
  }

  bool spend(std::size_t steps) {
    if (steps > work_left_) return false;
    work_left_ -= steps;
    return true;
  }

  template <class T>
  T load(std::size_t at) const {
    T value{};
    std::memcpy(&value, body_.data() + at, sizeof value);
    return value;
  }

  // Reads the offset at `at`; its target has room for a 32-bit number and is aligned for one.
  bool follow(std::size_t at, std::size_t& target) const {
    if (!inside(at, kOffsetBytes)) return false;
    const auto offset = load<std::uint32_t>(at);
    if (offset == 0 || offset > body_.size()) return false;
    target = at + offset;
    return target % kOffsetBytes == 0 && inside(target, kOffsetBytes);
  }

  // On every frame's way: in parts it takes 3 % more instructions.
  // NOLINTNEXTLINE(readability-function-cognitive-complexity)
  bool table(const ObjectPlan& plan, std::size_t at, int depth) {
    if (depth == 0 || !spend(1)) return false;
    const std::int64_t vtable_at = static_cast<std::int64_t>(at) - load<std::int32_t>(at);
    if (vtable_at < 0 || vtable_at % 2 != 0) return false;
    const auto vtable = static_cast<std::size_t>(vtable_at);
    if (!inside(vtable, kOffsetBytes)) return false;
    const std::size_t vtable_bytes = load<std::uint16_t>(vtable);
    const std::size_t table_bytes = load<std::uint16_t>(vtable + 2);
    if (vtable_bytes < kOffsetBytes || vtable_bytes % 2 != 0 || !inside(vtable, vtable_bytes)) {
      return false;
    }
    if (table_bytes < kOffsetBytes || !inside(at, table_bytes)) return false;
    for (const FieldPlan& field : plan.fields) {
      const std::size_t offset =
          field.offset < vtable_bytes ? load<std::uint16_t>(vtable + field.offset) : 0;
      if (offset == 0) {
        if (field.required) return false;
        continue;
      }
      if (offset < kOffsetBytes || offset + field.inline_bytes > table_bytes) return false;
      if ((at + offset) % field.align != 0) return false;
      if (!part(field, at + offset, depth)) return false;
    }
    return true;
  }

  bool part(const FieldPlan& field, std::size_t at, int depth) {
    if (field.shape == Shape::kScalar || field.shape == Shape::kStruct) return true;
    std::size_t target = 0;
    if (!follow(at, target)) return false;
    switch (field.shape) {
      case Shape::kString:
        return string(target);
      case Shape::kTable:
        return table(*field.object, target, depth - 1);
      case Shape::kScalars:
        return flat(target, scalar_bytes(field.type), scalar_bytes(field.type));
      case Shape::kStructs:
        return flat(target, field.object->bytes, field.object->align);
      case Shape::kStrings:
      case Shape::kTables:
        return offsets(field, target, depth);
      case Shape::kScalar:
      case Shape::kStruct:
        break;
    }
    return true;
  }

  bool string(std::size_t at) {
    const std::size_t size = load<std::uint32_t>(at);
    return spend(1) && size < body_.size() && inside(at + kOffsetBytes, size + 1) &&
           body_[at + kOffsetBytes + size] == std::byte{0};
  }

  bool flat(std::size_t at, std::size_t element_bytes, std::size_t align) const {
    const std::size_t size = load<std::uint32_t>(at);
    if (size == 0) return true;
    return size <= body_.size() && (at + kOffsetBytes) % align == 0 &&
           inside(at + kOffsetBytes, size * element_bytes);
  }

  bool offsets(const FieldPlan& field, std::size_t at, int depth) {
    const std::size_t size = load<std::uint32_t>(at);
    if (size > body_.size() || !inside(at + kOffsetBytes, size * kOffsetBytes)) return false;
    for (std::size_t i = 0; i < size; ++i) {
      std::size_t target = 0;
      if (!follow(at + kOffsetBytes + i * kOffsetBytes, target)) return false;
      const bool good =
          field.shape == Shape::kStrings ? string(target) : table(*field.object, target, depth - 1);
      if (!good) return false;
    }
    return true;
  }

  std::span<const std::byte> body_;
  std::size_t work_left_;
};

}  // namespace

bool check_body(const ObjectPlan& table, std::span<const std::byte> body) {
  KONTOR_ASSERT(!table.is_struct);
  if (body.size() > kBodyBytesMax) return false;
  if (reinterpret_cast<std::uintptr_t>(body.data()) % 8 != 0) return false;
  return BodyCheck(body).root(table);
}

}  // namespace kontor
