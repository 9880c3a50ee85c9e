#include "api/client/openapi_schemas.h"

#include <limits>

#include "events/base/ids.h"

namespace kontor {
namespace {

using Json = OpenApiSchemas::Json;
using Side = OpenApiSchemas::Side;

constexpr const char* kDecimal = "^-?[0-9]+([.][0-9]+)?$";

Json text(const char* description) {
  return {{"type", "string"}, {"description", description}};
}

Json decimal(const char* description) {
  return {{"type", "string"}, {"pattern", kDecimal}, {"description", description}};
}

Json integer_or_decimal(const char* description) {
  return {{"type", {"integer", "string"}}, {"pattern", kDecimal}, {"description", description}};
}

Json integer(ScalarType type) {
  Json out = {{"type", "integer"}};
  const auto bounds = [&out](auto least, auto most) {
    out["minimum"] = least;
    out["maximum"] = most;
  };
  switch (type) {
    case ScalarType::kBool:
    case ScalarType::kU8:
      bounds(0, UINT8_MAX);
      break;
    case ScalarType::kI8:
      bounds(INT8_MIN, INT8_MAX);
      break;
    case ScalarType::kI16:
      bounds(INT16_MIN, INT16_MAX);
      break;
    case ScalarType::kU16:
      bounds(0, UINT16_MAX);
      break;
    case ScalarType::kI32:
      bounds(INT32_MIN, INT32_MAX);
      break;
    case ScalarType::kU32:
      bounds(0, UINT32_MAX);
      break;
    case ScalarType::kI64:
      out["format"] = "int64";
      break;
    case ScalarType::kU64:
      out["minimum"] = 0;
      break;
  }
  return out;
}

Json enumeration(const EnumPlan& plan) {
  Json out = {{"type", "string"}, {"enum", Json::array()}};
  for (const EnumValue& value : plan.values)
    out["enum"].push_back(value.name);
  return out;
}

Json money(const FieldPlan& field, Side side) {
  const std::string in = " of the currency in '" + field.currency_field + "'";
  if (field.form == Form::kUnitPrice) {
    return decimal(("decimal, up to 4 digits more than amounts" + in).c_str());
  }
  return integer_or_decimal(
      ((side == Side::kCommands ? "decimal, or integer of minor units," : "decimal") + in).c_str());
}

// Whether the server always says it; what is left out is absent, zero or empty.
bool always_told(const FieldPlan& field) {
  if (field.must) return true;
  if (field.shape != Shape::kScalar || field.optional) return false;
  switch (field.form) {
    case Form::kCurrency:
    case Form::kDate:
      return false;
    case Form::kRef:
      return field.type != ScalarType::kU64;
    default:
      return true;
  }
}

bool is_required(const FieldPlan& field, Side side) {
  if (side == Side::kAnswers) return always_told(field);
  return field.must || (field.form == Form::kNamed && !field.optional);
}

// Grounds are written as readable reasons, whatever their bytes.
Json grounds() {
  return {{"type", "object"},
          {"properties",
           {{"reasons", {{"type", "array"}, {"items", OpenApiSchemas::refer_to("Reason")}}},
            {"more", {{"type", "integer"}, {"minimum", 1}}}}},
          {"required", {"reasons"}}};
}

}  // namespace

Json OpenApiSchemas::scalar(const FieldPlan& field, Side side) {
  switch (field.form) {
    case Form::kNumber:
      return integer(field.type);
    case Form::kBool:
      return {{"type", "boolean"}};
    case Form::kEnum:
      return enumeration(*field.values);
    case Form::kMoney:
    case Form::kUnitPrice:
      return money(field, side);
    case Form::kCurrency:
      return {{"type", "string"}, {"pattern", "^[A-Z]{3}$"}, {"description", "ISO 4217"}};
    case Form::kQuantity:
      return integer_or_decimal("base units; a decimal where they are not whole, up to 6 digits");
    case Form::kPercent:
      return integer_or_decimal("percent; a decimal where it is not whole, up to 4 digits");
    case Form::kDate:
      return {{"type", "string"}, {"format", "date"}};
    case Form::kTimestamp:
      return {{"type", "string"}, {"format", "date-time"}};
    case Form::kNamed:
      return {{"type", "string"}, {"minLength", 1}, {"maxLength", kIdentifierBytesMax}};
    case Form::kRef:
      break;
  }
  if (side == Side::kCommands) return integer(field.type);
  return {
      {"type", {"string", "integer"}},
      {"description", "the name of a " + field.ref_kind + "; its number where it has none here"}};
}

Json OpenApiSchemas::field(const FieldPlan& field, Side side) {
  const auto list_of = [](Json items) {
    return Json{{"type", "array"}, {"items", std::move(items)}};
  };
  switch (field.shape) {
    case Shape::kScalar:
      return scalar(field, side);
    case Shape::kScalars:
      return list_of(scalar(field, side));
    case Shape::kStrings:
      return list_of({{"type", "string"}});
    case Shape::kStruct:
    case Shape::kTable:
      return refer(*field.object, side);
    case Shape::kStructs:
    case Shape::kTables:
      return list_of(refer(*field.object, side));
    case Shape::kString:
      break;
  }
  if (!field.identifier) return {{"type", "string"}};
  Json out = text("1 to 64 bytes of UTF-8 without control characters");
  out["minLength"] = 1;
  out["maxLength"] = kIdentifierBytesMax;
  return out;
}

Json OpenApiSchemas::object(const ObjectPlan& plan, Side side) {
  if (plan.name == "Grounds") return grounds();
  Json out = {{"type", "object"}, {"properties", Json::object()}};
  Json required = Json::array();
  for (const FieldPlan& part : plan.fields) {
    if (part.hidden || part.pool) continue;
    out["properties"][part.name] = field(part, side);
    if (is_required(part, side)) required.push_back(part.name);
  }
  if (!required.empty()) out["required"] = std::move(required);
  if (side == Side::kCommands) out["additionalProperties"] = false;
  return out;
}

Json OpenApiSchemas::refer(const ObjectPlan& plan, Side side) {
  const std::string name = (side == Side::kCommands ? "commands." : "answers.") + plan.name;
  if (!schemas_.contains(name)) {
    schemas_[name] = Json();  // first, as a table may be in itself
    Json made = object(plan, side);
    schemas_[name] = std::move(made);
  }
  return refer_to(name);
}

}  // namespace kontor
