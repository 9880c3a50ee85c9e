// A binary FlatBuffers schema compiled once into small tables: what every field is, where it lies
// and how JSON says it. Verifying, JSON, comparing and finding references all walk these plans, so
// that nothing is written by hand per command or event. Built once, then const: any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kontor {

inline constexpr std::size_t kFieldsMax = 40;     // of one table or struct
inline constexpr std::size_t kCurrenciesMax = 4;  // currency fields of one table or struct

// How a field lies in the bytes.
enum class Shape : std::uint8_t {
  kScalar,
  kString,
  kStruct,  // in place, in a table
  kTable,
  kScalars,  // vectors
  kStrings,
  kStructs,
  kTables,
};

enum class ScalarType : std::uint8_t { kBool, kI8, kU8, kI16, kU16, kI32, kU32, kI64, kU64 };

// How JSON says a scalar (values.fbs, Attributes).
enum class Form : std::uint8_t {
  kNumber,
  kBool,
  kEnum,
  kMoney,
  kUnitPrice,
  kCurrency,
  kQuantity,
  kPercent,
  kDate,
  kTimestamp,
  kNamed,
  kRef,
};

struct EnumValue {
  std::int64_t value = 0;
  std::string name;  // as in JSON
};

struct EnumPlan {
  std::string name;
  std::vector<EnumValue> values;  // ascending

  const EnumValue* find(std::int64_t value) const;
  const EnumValue* find(std::string_view text) const;
};

struct ObjectPlan;

struct FieldPlan {
  // What verifying reads of every field of every body stands first, within one cache line.
  Shape shape = Shape::kScalar;
  Form form = Form::kNumber;
  ScalarType type = ScalarType::kI64;  // of the scalar, or of a vector's elements
  std::uint8_t align = 1;              // of what lies in the table or struct itself
  std::uint16_t offset = 0;            // in the vtable of a table; in the bytes of a struct
  std::uint16_t inline_bytes = 0;      // in the table or struct itself
  bool required = false;               // of FlatBuffers: the verifier refuses bytes without it
  bool value_rules = false;  // a command's value is held to more than its type (command_check.h)
  bool optional = false;
  bool must = false;
  bool hidden = false;
  bool identifier = false;
  bool pool = false;
  std::int64_t default_value = 0;  // unsigned 64 bit: the same bits
  std::int64_t sentinel = 0;       // of an optional field: the value that means absent
  const ObjectPlan* object = nullptr;
  const EnumPlan* values = nullptr;
  std::string name;
  std::string ref_kind;        // ref: "kind"
  std::string currency_field;  // money: "field"
};

struct ObjectPlan {
  std::string name;               // without namespace
  std::string full_name;          // with it, as "kontor.PlaceOrder"
  std::vector<FieldPlan> fields;  // in the order of the schema
  std::vector<const FieldPlan*> currencies;
  const FieldPlan* pool = nullptr;
  bool is_struct = false;
  bool value_rules = false;     // some field's
  bool has_references = false;  // here or below
  std::uint32_t bytes = 0;      // of a struct
  std::uint32_t align = 1;      // of a struct

  const FieldPlan* find(std::string_view field) const;
};

std::size_t scalar_bytes(ScalarType type);
bool is_unsigned(ScalarType type);
std::int64_t load_scalar(const std::byte* at, ScalarType type);
void store_scalar(std::byte* at, ScalarType type, std::int64_t value);

class SchemaPlan {
 public:
  // `binary_schema`: static bytes that our own build made; anything else is a bug and asserts.
  explicit SchemaPlan(std::span<const std::byte> binary_schema);
  SchemaPlan(const SchemaPlan&) = delete;
  SchemaPlan& operator=(const SchemaPlan&) = delete;

  const ObjectPlan* find(std::string_view name) const;  // with or without namespace; null: none
  const EnumPlan* find_enum(std::string_view name) const;
  const std::vector<ObjectPlan>& objects() const { return objects_; }
  const std::vector<EnumPlan>& enums() const { return enums_; }

 private:
  std::vector<EnumPlan> enums_;
  std::vector<ObjectPlan> objects_;  // by the index of the binary schema
};

// events/schema as flatc's binary schema, 16-aligned, and its plan, made at the first call.
std::span<const std::byte> kontor_binary_schema();
const SchemaPlan& kontor_schema();

// The plans of bodies by permanent number; null: no such number.
const ObjectPlan* command_plan(std::uint16_t kind);
const ObjectPlan* event_plan(std::uint16_t kind);

}  // namespace kontor
