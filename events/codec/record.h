// Tables and structs read in place by plan. The bytes are checked first (body_check.h) and outlive
// the records. A null record (a table that is not there) has every default.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "events/codec/schema_plan.h"

namespace kontor {

class Elements;

class Record {
 public:
  Record() = default;
  Record(const ObjectPlan* plan, const std::byte* at) : plan_(plan), at_(at) {}

  static Record root(const ObjectPlan& plan, std::span<const std::byte> body) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, body.data(), sizeof offset);
    return {&plan, body.data() + offset};
  }

  const ObjectPlan& plan() const { return *plan_; }
  bool is_null() const { return at_ == nullptr; }
  const std::byte* bytes() const { return at_; }

  bool present(const FieldPlan& field) const { return find(field) != nullptr; }

  // A scalar, or its default.
  std::int64_t integer(const FieldPlan& field) const {
    const std::byte* const at = find(field);
    return at == nullptr ? field.default_value : load_scalar(at, field.type);
  }

  // Optional and not there, or there as the value that means so.
  bool absent(const FieldPlan& field) const {
    return field.optional && integer(field) == field.sentinel;
  }

  std::string_view text(const FieldPlan& field) const {
    const std::byte* const at = target(field);
    return at == nullptr ? std::string_view{} : string_at(at);
  }

  // A table, or a struct in place; null when it is not there.
  Record record(const FieldPlan& field) const {
    return {field.object, field.shape == Shape::kStruct ? find(field) : target(field)};
  }

  Elements elements(const FieldPlan& field) const;

  static std::string_view string_at(const std::byte* at) {
    std::uint32_t size = 0;
    std::memcpy(&size, at, sizeof size);
    return {reinterpret_cast<const char*>(at + sizeof size), size};
  }

  static const std::byte* follow(const std::byte* at) {
    std::uint32_t offset = 0;
    std::memcpy(&offset, at, sizeof offset);
    return at + offset;
  }

 private:
  // Where the field lies; null: not there.
  const std::byte* find(const FieldPlan& field) const {
    if (at_ == nullptr || plan_->is_struct) return at_ == nullptr ? nullptr : at_ + field.offset;
    std::int32_t back = 0;
    std::memcpy(&back, at_, sizeof back);
    const std::byte* const vtable = at_ - back;
    std::uint16_t size = 0;
    std::memcpy(&size, vtable, sizeof size);
    if (field.offset >= size) return nullptr;
    std::uint16_t offset = 0;
    std::memcpy(&offset, vtable + field.offset, sizeof offset);
    return offset == 0 ? nullptr : at_ + offset;
  }

  const std::byte* target(const FieldPlan& field) const {
    const std::byte* const at = find(field);
    return at == nullptr ? nullptr : follow(at);
  }

  const ObjectPlan* plan_ = nullptr;
  const std::byte* at_ = nullptr;
};

// A vector of scalars, strings, structs or tables.
class Elements {
 public:
  Elements() = default;
  Elements(const FieldPlan* field, const std::byte* vector) : field_(field) {
    if (vector == nullptr) return;
    std::uint32_t size = 0;
    std::memcpy(&size, vector, sizeof size);
    size_ = size;
    first_ = vector + sizeof size;
  }

  std::size_t size() const { return size_; }
  std::int64_t integer(std::size_t i) const {
    return load_scalar(first_ + i * scalar_bytes(field_->type), field_->type);
  }
  std::string_view text(std::size_t i) const {
    return Record::string_at(Record::follow(first_ + i * sizeof(std::uint32_t)));
  }
  Record record(std::size_t i) const {
    if (field_->shape == Shape::kStructs) {
      return {field_->object, first_ + i * field_->object->bytes};
    }
    return {field_->object, Record::follow(first_ + i * sizeof(std::uint32_t))};
  }

 private:
  const FieldPlan* field_ = nullptr;
  const std::byte* first_ = nullptr;
  std::size_t size_ = 0;
};

inline Elements Record::elements(const FieldPlan& field) const {
  return {&field, target(field)};
}

}  // namespace kontor
