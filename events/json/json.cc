#include "events/json/json.h"

#include "events/codec/body_check.h"
#include "events/codec/record.h"
#include "events/codec/schema_plan.h"
#include "events/json/writer.h"

namespace kontor {
namespace {

class NoNames : public NameSource {
 public:
  std::optional<std::string> name(std::string_view /*kind*/, std::uint64_t /*ref*/) const override {
    return std::nullopt;
  }
};

std::string write_body(const ObjectPlan* plan, std::span<const std::byte> body,
                       const NameSource& names) {
  if (plan == nullptr || plan->is_struct || !check_body(*plan, body)) return "null";
  std::string out;
  out.reserve(body.size() * 2);
  append_record(out, Record::root(*plan, body), names);
  return out;
}

using Visit = std::function<void(std::string_view kind, std::uint64_t ref)>;

void visit_reference(const FieldPlan& field, std::int64_t value, const Visit& visit) {
  if (field.optional && value == field.sentinel) return;
  if (field.type == ScalarType::kU64 && value == 0) return;  // sequences start at 1
  visit(field.ref_kind, static_cast<std::uint64_t>(value));
}

// The depth of the plans bounds this: check_body has been there.
void visit_references(const Record& record, const Visit& visit) {
  if (record.is_null() || !record.plan().has_references) return;
  for (const FieldPlan& field : record.plan().fields) {
    const bool is_reference = field.form == Form::kRef;
    if (!is_reference && (field.object == nullptr || !field.object->has_references)) continue;
    if (field.shape == Shape::kScalar) {
      visit_reference(field, record.integer(field), visit);
      continue;
    }
    if (field.shape == Shape::kTable || field.shape == Shape::kStruct) {
      visit_references(record.record(field), visit);
      continue;
    }
    const Elements elements = record.elements(field);
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (is_reference) {
        visit_reference(field, elements.integer(i), visit);
      } else {
        visit_references(elements.record(i), visit);
      }
    }
  }
}

}  // namespace

const NameSource& no_names() {
  static const NoNames kNone;
  return kNone;
}

std::string write_event_json(std::uint16_t event_kind, std::span<const std::byte> body,
                             const NameSource& names) {
  return write_body(event_plan(event_kind), body, names);
}

std::string write_command_body_json(std::uint16_t command_kind, std::span<const std::byte> body,
                                    const NameSource& names) {
  return write_body(command_plan(command_kind), body, names);
}

SchemaJson::SchemaJson(std::span<const std::byte> binary_schema)
    : schema_(std::make_shared<const SchemaPlan>(binary_schema)) {
}

std::string SchemaJson::write(std::string_view table, std::span<const std::byte> root,
                              const NameSource& names) const {
  return write_body(schema_->find(table), root, names);
}

void for_each_reference(std::uint16_t event_kind, std::span<const std::byte> body,
                        const Visit& visit) {
  const ObjectPlan* const plan = event_plan(event_kind);
  if (plan == nullptr || !plan->has_references || !check_body(*plan, body)) return;
  visit_references(Record::root(*plan, body), visit);
}

}  // namespace kontor
