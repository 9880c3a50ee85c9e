#include "events/codec/body_check.h"
#include "events/codec/record.h"
#include "events/json/json.h"

namespace kontor {
namespace {

// Two bodies of one command, walked side by side.
class Comparison {
 public:
  Comparison(const Record& a, const Record& b) {
    const FieldPlan* const pool = a.plan().pool;
    if (pool == nullptr) return;
    pool_a_ = a.elements(*pool);
    pool_b_ = b.elements(*pool);
  }

  bool same(const Record& a, const Record& b) const {
    if (a.is_null() && b.is_null()) return true;
    for (const FieldPlan& field : a.plan().fields) {
      if (!field.hidden && !field.pool && !same_field(field, a, b)) return false;
    }
    return true;
  }

 private:
  bool same_field(const FieldPlan& field, const Record& a, const Record& b) const {
    switch (field.shape) {
      case Shape::kScalar:
        return same_scalar(field, a.integer(field), b.integer(field));
      case Shape::kString:
        return a.text(field) == b.text(field);
      case Shape::kStruct:
      case Shape::kTable:
        return same(a.record(field), b.record(field));
      case Shape::kScalars:
      case Shape::kStrings:
      case Shape::kStructs:
      case Shape::kTables:
        break;
    }
    return same_elements(field, a.elements(field), b.elements(field));
  }

  bool same_elements(const FieldPlan& field, const Elements& a, const Elements& b) const {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      bool good = false;
      if (field.shape == Shape::kScalars) {
        good = same_scalar(field, a.integer(i), b.integer(i));
      } else if (field.shape == Shape::kStrings) {
        good = a.text(i) == b.text(i);
      } else {
        good = same(a.record(i), b.record(i));
      }
      if (!good) return false;
    }
    return true;
  }

  bool same_scalar(const FieldPlan& field, std::int64_t a, std::int64_t b) const {
    if (field.form != Form::kNamed) return a == b;
    const auto index_a = static_cast<std::uint64_t>(a);
    const auto index_b = static_cast<std::uint64_t>(b);
    if (index_a >= pool_a_.size() || index_b >= pool_b_.size()) {
      return index_a >= pool_a_.size() && index_b >= pool_b_.size() && a == b;
    }
    return pool_a_.text(index_a) == pool_b_.text(index_b);
  }

  Elements pool_a_;
  Elements pool_b_;
};

}  // namespace

bool same_command(std::uint16_t command_kind, std::span<const std::byte> a,
                  std::span<const std::byte> b) {
  const ObjectPlan* const plan = command_plan(command_kind);
  if (plan == nullptr || !check_body(*plan, a) || !check_body(*plan, b)) return false;
  const Record root_a = Record::root(*plan, a);
  const Record root_b = Record::root(*plan, b);
  return Comparison(root_a, root_b).same(root_a, root_b);
}

}  // namespace kontor
