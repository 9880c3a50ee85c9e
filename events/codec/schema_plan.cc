#include "events/codec/schema_plan.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include <flatbuffers/reflection_generated.h>

#include "events/base/assert.h"
#include "events/codec/catalog.h"

// From events/CMakeLists.txt: the embedded binary schema.
extern "C" {
extern const std::byte kontor_schema_begin[];
extern const std::byte kontor_schema_end[];
}

namespace kontor {
namespace {

using Attributes = flatbuffers::Vector<flatbuffers::Offset<reflection::KeyValue>>;

const reflection::KeyValue* attribute(const Attributes* all, std::string_view key) {
  if (all == nullptr) return nullptr;
  for (const reflection::KeyValue* const candidate : *all) {
    if (candidate->key()->string_view() == key) return candidate;
  }
  return nullptr;
}

bool has(const Attributes* all, std::string_view key) {
  return attribute(all, key) != nullptr;
}

std::string text_of(const Attributes* all, std::string_view key) {
  const reflection::KeyValue* const found = attribute(all, key);
  return found == nullptr || found->value() == nullptr ? std::string{} : found->value()->str();
}

std::string without_namespace(const flatbuffers::String& name) {
  const std::string text = name.str();
  return text.substr(text.rfind('.') + 1);  // npos + 1 is 0
}

ScalarType scalar_type(reflection::BaseType type) {
  switch (type) {
    case reflection::Bool:
      return ScalarType::kBool;
    case reflection::Byte:
      return ScalarType::kI8;
    case reflection::UByte:
      return ScalarType::kU8;
    case reflection::Short:
      return ScalarType::kI16;
    case reflection::UShort:
      return ScalarType::kU16;
    case reflection::Int:
      return ScalarType::kI32;
    case reflection::UInt:
      return ScalarType::kU32;
    case reflection::Long:
      return ScalarType::kI64;
    case reflection::ULong:
      return ScalarType::kU64;
    default:
      break;
  }
  KONTOR_ASSERT(false && "a schema uses a type that plans do not know (float, union, array)");
}

std::int64_t sentinel_of(ScalarType type) {
  switch (type) {
    case ScalarType::kI8:
      return std::numeric_limits<std::int8_t>::min();
    case ScalarType::kI16:
      return std::numeric_limits<std::int16_t>::min();
    case ScalarType::kI32:
      return std::numeric_limits<std::int32_t>::min();
    case ScalarType::kI64:
      return std::numeric_limits<std::int64_t>::min();
    case ScalarType::kBool:
    case ScalarType::kU8:
      return std::numeric_limits<std::uint8_t>::max();
    case ScalarType::kU16:
      return std::numeric_limits<std::uint16_t>::max();
    case ScalarType::kU32:
      return std::numeric_limits<std::uint32_t>::max();
    case ScalarType::kU64:
      return -1;  // all ones
  }
  return 0;
}

Form form_of(const reflection::Field& field, const FieldPlan& plan) {
  const Attributes* const all = field.attributes();
  if (has(all, "money")) return Form::kMoney;
  if (has(all, "unit_price")) return Form::kUnitPrice;
  if (has(all, "currency")) return Form::kCurrency;
  if (has(all, "quantity")) return Form::kQuantity;
  if (has(all, "percent")) return Form::kPercent;
  if (has(all, "date")) return Form::kDate;
  if (has(all, "timestamp")) return Form::kTimestamp;
  if (has(all, "named")) return Form::kNamed;
  if (has(all, "ref")) return Form::kRef;
  if (plan.values != nullptr) return Form::kEnum;
  return plan.type == ScalarType::kBool ? Form::kBool : Form::kNumber;
}

EnumPlan compile_enum(const reflection::Enum& source) {
  EnumPlan plan;
  plan.name = without_namespace(*source.name());
  const bool dotted = has(source.attributes(), "dotted");
  for (const reflection::EnumVal* const value : *source.values()) {
    std::string name = value->name()->str();
    if (name.ends_with('_')) name.pop_back();
    const std::size_t split = name.find('_');
    if (dotted && split != std::string::npos) name[split] = '.';
    plan.values.push_back({value->value(), std::move(name)});
  }
  std::sort(plan.values.begin(), plan.values.end(),
            [](const EnumValue& a, const EnumValue& b) { return a.value < b.value; });
  return plan;
}

// Turns fields of the binary schema into plans; holds what they point into.
class Compiler {
 public:
  Compiler(const reflection::Schema& schema, const std::vector<EnumPlan>& enums,
           const std::vector<ObjectPlan>& objects)
      : schema_(schema), enums_(enums), objects_(objects) {}

  FieldPlan field(const reflection::Field& source, bool in_struct) const {
    FieldPlan plan;
    const Attributes* const all = source.attributes();
    plan.name = source.name()->str();
    plan.offset = source.offset();
    plan.optional = has(all, "optional");
    plan.must = has(all, "must");
    plan.hidden = has(all, "hidden");
    plan.identifier = has(all, "identifier");
    plan.pool = has(all, "pool");
    plan.required = source.required();
    plan.default_value = source.default_integer();
    set_shape(*source.type(), plan);
    plan.form = form_of(source, plan);
    plan.sentinel = sentinel_of(plan.type);
    // flatc has no room for a default of all ones in a binary schema.
    if (plan.optional && plan.type == ScalarType::kU64) plan.default_value = plan.sentinel;
    plan.ref_kind = text_of(all, "ref");
    plan.currency_field =
        plan.form == Form::kUnitPrice ? text_of(all, "unit_price") : text_of(all, "money");
    KONTOR_ASSERT(!in_struct || plan.shape == Shape::kScalar);
    return plan;
  }

 private:
  void set_shape(const reflection::Type& type, FieldPlan& plan) const {
    plan.inline_bytes = sizeof(flatbuffers::uoffset_t);
    plan.align = sizeof(flatbuffers::uoffset_t);
    if (type.base_type() == reflection::String) {
      plan.shape = Shape::kString;
    } else if (type.base_type() == reflection::Obj) {
      plan.object = object(type.index());
      plan.shape = is_struct(type.index()) ? Shape::kStruct : Shape::kTable;
      if (plan.shape == Shape::kStruct) set_struct_size(type.index(), plan);
    } else if (type.base_type() == reflection::Vector) {
      set_vector_shape(type, plan);
    } else {
      set_scalar(type.base_type(), type.index(), plan);
      plan.inline_bytes = static_cast<std::uint16_t>(scalar_bytes(plan.type));
      plan.align = static_cast<std::uint8_t>(plan.inline_bytes);
    }
  }

  void set_vector_shape(const reflection::Type& type, FieldPlan& plan) const {
    if (type.element() == reflection::String) {
      plan.shape = Shape::kStrings;
    } else if (type.element() == reflection::Obj) {
      plan.object = object(type.index());
      plan.shape = is_struct(type.index()) ? Shape::kStructs : Shape::kTables;
    } else {
      plan.shape = Shape::kScalars;
      set_scalar(type.element(), type.index(), plan);
    }
  }

  void set_scalar(reflection::BaseType type, std::int32_t enum_index, FieldPlan& plan) const {
    plan.shape = plan.shape == Shape::kScalars ? Shape::kScalars : Shape::kScalar;
    plan.type = scalar_type(type);
    if (enum_index >= 0) plan.values = &enums_[static_cast<std::size_t>(enum_index)];
  }

  const ObjectPlan* object(std::int32_t index) const {
    return &objects_[static_cast<std::size_t>(index)];
  }
  const reflection::Object& source(std::int32_t index) const {
    return *schema_.objects()->Get(static_cast<flatbuffers::uoffset_t>(index));
  }
  bool is_struct(std::int32_t index) const { return source(index).is_struct(); }
  void set_struct_size(std::int32_t index, FieldPlan& plan) const {
    plan.inline_bytes = static_cast<std::uint16_t>(source(index).bytesize());
    plan.align = static_cast<std::uint8_t>(source(index).minalign());
  }

  const reflection::Schema& schema_;
  const std::vector<EnumPlan>& enums_;
  const std::vector<ObjectPlan>& objects_;
};

void compile_object(const Compiler& compiler, const reflection::Object& source, ObjectPlan& plan) {
  plan.name = without_namespace(*source.name());
  plan.full_name = source.name()->str();
  plan.is_struct = source.is_struct();
  plan.align = static_cast<std::uint32_t>(source.minalign());
  plan.bytes = static_cast<std::uint32_t>(source.bytesize());
  std::vector<const reflection::Field*> fields(source.fields()->begin(), source.fields()->end());
  std::sort(fields.begin(), fields.end(), [](const auto* a, const auto* b) {
    return a->id() < b->id();  // the binary schema sorts them by name
  });
  KONTOR_ASSERT(fields.size() <= kFieldsMax);
  plan.fields.reserve(fields.size());
  for (const reflection::Field* const field : fields) {
    if (!field->deprecated()) plan.fields.push_back(compiler.field(*field, plan.is_struct));
  }
  for (const FieldPlan& field : plan.fields) {
    if (field.form == Form::kCurrency) plan.currencies.push_back(&field);
    if (field.pool) plan.pool = &field;
  }
  KONTOR_ASSERT(plan.currencies.size() <= kCurrenciesMax);
}

bool has_value_rules(const FieldPlan& field) {
  const bool is_vector = field.shape == Shape::kScalars || field.shape == Shape::kStructs ||
                         field.shape == Shape::kStrings || field.shape == Shape::kTables;
  return is_vector || field.shape == Shape::kString || field.form == Form::kEnum ||
         field.form == Form::kNamed || field.form == Form::kCurrency || field.form == Form::kDate ||
         (field.object != nullptr && field.object->value_rules);
}

// What holds for an object because of a part any number of tables down: repeated until nothing
// changes.
void mark_objects(std::vector<ObjectPlan>& objects) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (ObjectPlan& object : objects) {
      const bool had_references = object.has_references;
      const bool had_rules = object.value_rules;
      for (FieldPlan& field : object.fields) {
        field.value_rules = has_value_rules(field);
        object.value_rules = object.value_rules || field.value_rules;
        object.has_references = object.has_references || field.form == Form::kRef ||
                                (field.object != nullptr && field.object->has_references);
      }
      changed =
          changed || had_references != object.has_references || had_rules != object.value_rules;
    }
  }
}

using PlansByNumber = std::vector<const ObjectPlan*>;

void add_number(PlansByNumber& plans, std::uint16_t number, std::string_view name) {
  const ObjectPlan* const plan = kontor_schema().find(name);
  KONTOR_ASSERT(plan != nullptr);  // else kontor.fbs does not include its file
  if (plans.size() <= number) plans.resize(number + std::size_t{1});
  plans[number] = plan;
}

#define KONTOR_ADD(name, number) add_number(plans, number, #name);
PlansByNumber command_plans() {
  PlansByNumber plans;
  KONTOR_COMMANDS(KONTOR_ADD)
  return plans;
}

PlansByNumber event_plans() {
  PlansByNumber plans;
  KONTOR_EVENTS(KONTOR_ADD)
  return plans;
}
#undef KONTOR_ADD

template <class T>
std::int64_t load_as(const std::byte* at) {
  T value{};
  std::memcpy(&value, at, sizeof value);
  return static_cast<std::int64_t>(value);
}

template <class T>
void store_as(std::byte* at, std::int64_t value) {
  const T narrow = static_cast<T>(value);
  std::memcpy(at, &narrow, sizeof narrow);
}

}  // namespace

const EnumValue* EnumPlan::find(std::int64_t value) const {
  const auto found = std::lower_bound(
      values.begin(), values.end(), value,
      [](const EnumValue& entry, std::int64_t wanted) { return entry.value < wanted; });
  return found == values.end() || found->value != value ? nullptr : &*found;
}

const EnumValue* EnumPlan::find(std::string_view text) const {
  for (const EnumValue& entry : values) {
    if (entry.name == text) return &entry;
  }
  return nullptr;
}

const FieldPlan* ObjectPlan::find(std::string_view field) const {
  for (const FieldPlan& candidate : fields) {
    if (candidate.name == field) return &candidate;
  }
  return nullptr;
}

std::size_t scalar_bytes(ScalarType type) {
  static constexpr std::array<std::uint8_t, 9> kBytes = {1, 1, 1, 2, 2, 4, 4, 8, 8};
  return kBytes[static_cast<std::size_t>(type)];
}

bool is_unsigned(ScalarType type) {
  return type == ScalarType::kBool || type == ScalarType::kU8 || type == ScalarType::kU16 ||
         type == ScalarType::kU32 || type == ScalarType::kU64;
}

std::int64_t load_scalar(const std::byte* at, ScalarType type) {
  switch (type) {
    case ScalarType::kBool:
      return load_as<std::uint8_t>(at) != 0 ? 1 : 0;  // any other byte means true as well
    case ScalarType::kU8:
      return load_as<std::uint8_t>(at);
    case ScalarType::kI8:
      return load_as<std::int8_t>(at);
    case ScalarType::kI16:
      return load_as<std::int16_t>(at);
    case ScalarType::kU16:
      return load_as<std::uint16_t>(at);
    case ScalarType::kI32:
      return load_as<std::int32_t>(at);
    case ScalarType::kU32:
      return load_as<std::uint32_t>(at);
    case ScalarType::kI64:
      return load_as<std::int64_t>(at);
    case ScalarType::kU64:
      return load_as<std::uint64_t>(at);
  }
  return 0;
}

void store_scalar(std::byte* at, ScalarType type, std::int64_t value) {
  switch (scalar_bytes(type)) {
    case 1:
      store_as<std::uint8_t>(at, value);
      break;
    case 2:
      store_as<std::uint16_t>(at, value);
      break;
    case 4:
      store_as<std::uint32_t>(at, value);
      break;
    default:
      store_as<std::uint64_t>(at, value);
      break;
  }
}

SchemaPlan::SchemaPlan(std::span<const std::byte> binary_schema) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(binary_schema.data());
  flatbuffers::Verifier verifier(bytes, binary_schema.size(), 64, 10'000'000);
  KONTOR_ASSERT(reflection::VerifySchemaBuffer(verifier));
  const reflection::Schema& schema = *reflection::GetSchema(bytes);
  enums_.reserve(schema.enums()->size());
  for (const reflection::Enum* const source : *schema.enums()) {
    enums_.push_back(compile_enum(*source));
  }
  objects_.resize(schema.objects()->size());
  const Compiler compiler(schema, enums_, objects_);
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    compile_object(compiler, *schema.objects()->Get(static_cast<flatbuffers::uoffset_t>(i)),
                   objects_[i]);
  }
  mark_objects(objects_);
}

const ObjectPlan* SchemaPlan::find(std::string_view name) const {
  const auto found = std::find_if(objects_.begin(), objects_.end(), [&](const ObjectPlan& plan) {
    return plan.name == name || plan.full_name == name;
  });
  return found == objects_.end() ? nullptr : &*found;
}

const EnumPlan* SchemaPlan::find_enum(std::string_view name) const {
  const auto found = std::find_if(enums_.begin(), enums_.end(),
                                  [&](const EnumPlan& plan) { return plan.name == name; });
  return found == enums_.end() ? nullptr : &*found;
}

std::span<const std::byte> kontor_binary_schema() {
  return {kontor_schema_begin, kontor_schema_end};
}

const SchemaPlan& kontor_schema() {
  static const SchemaPlan kPlan{kontor_binary_schema()};
  return kPlan;
}

const ObjectPlan* command_plan(std::uint16_t kind) {
  static const PlansByNumber kPlans = command_plans();
  return kind < kPlans.size() ? kPlans[kind] : nullptr;
}

const ObjectPlan* event_plan(std::uint16_t kind) {
  static const PlansByNumber kPlans = event_plans();
  return kind < kPlans.size() ? kPlans[kind] : nullptr;
}

}  // namespace kontor
