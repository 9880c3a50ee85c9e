// How the schema is written: names, types, numbers. What it promised is held by promises_test.cc.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "events/codec/catalog.h"
#include "events/codec/schema_plan.h"

namespace kontor {
namespace {

std::vector<const ObjectPlan*> commands() {
  std::vector<const ObjectPlan*> all;
#define KONTOR_PLAN(name, number) all.push_back(command_plan(number));
  KONTOR_COMMANDS(KONTOR_PLAN)
#undef KONTOR_PLAN
  return all;
}

std::vector<const ObjectPlan*> events() {
  std::vector<const ObjectPlan*> all;
#define KONTOR_PLAN(name, number) all.push_back(event_plan(number));
  KONTOR_EVENTS(KONTOR_PLAN)
#undef KONTOR_PLAN
  return all;
}

TEST(Schema, HasEachNameAndNumberOnce) {
  std::set<std::string> names;
  std::set<const ObjectPlan*> plans;
  for (const auto& all : {commands(), events()}) {
    for (const ObjectPlan* const plan : all) {
      ASSERT_NE(plan, nullptr);
      EXPECT_TRUE(names.insert(plan->name).second) << plan->name;
      EXPECT_TRUE(plans.insert(plan).second) << plan->name;
    }
  }
}

bool is_camel_case(const std::string& name) {
  return !name.empty() && std::isupper(static_cast<unsigned char>(name.front())) != 0 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

TEST(Schema, NamesCommandsByAVerbAndEventsByWhatHappened) {
  static const std::set<std::string> kVerbs = {
      "Open",    "Register", "Set",     "Define",  "Receive",  "Place",  "Approve",  "Reject",
      "Cancel",  "Allocate", "Ship",    "Release", "Invoice",  "Record", "Serve",    "Examine",
      "Claim",   "Return",   "Amend",   "Hold",    "Count",    "Fence",  "Apply",    "Undo",
      "Reverse", "Refund",   "Issue",   "Reopen",  "Override", "Retry",  "Withdraw", "Review",
      "Save",    "Discard",  "Reorder", "Stop",    "Run"};
  for (const ObjectPlan* const command : commands()) {
    EXPECT_TRUE(is_camel_case(command->name)) << command->name;
    const auto second = std::find_if(command->name.begin() + 1, command->name.end(),
                                     [](unsigned char c) { return std::isupper(c) != 0; });
    EXPECT_TRUE(kVerbs.contains({command->name.begin(), second})) << command->name;
  }
  for (const ObjectPlan* const event : events()) {
    EXPECT_TRUE(is_camel_case(event->name)) << event->name;
    const std::string& name = event->name;
    static constexpr std::array<std::string_view, 8> kPast = {
        "ed", "Set", "Held", "Paid", "Taken", "Withdrawn", "Overridden", "Ran"};
    EXPECT_TRUE(std::any_of(kPast.begin(), kPast.end(), [&](std::string_view end) {
      return name.ends_with(end);
    })) << name;
  }
}

TEST(Schema, NamesFieldsInSnakeCase) {
  for (const ObjectPlan& object : kontor_schema().objects()) {
    for (const FieldPlan& field : object.fields) {
      EXPECT_EQ(field.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                std::string::npos)
          << object.name << "." << field.name;
    }
  }
}

TEST(Schema, RefersOnlyToKindsThatReasonsCanName) {
  const EnumPlan* const subjects = kontor_schema().find_enum("Subject");
  ASSERT_NE(subjects, nullptr);
  for (const ObjectPlan& object : kontor_schema().objects()) {
    for (const FieldPlan& field : object.fields) {
      if (field.form != Form::kRef) continue;
      EXPECT_NE(subjects->find(std::string_view(field.ref_kind)), nullptr)
          << object.name << "." << field.name << ": " << field.ref_kind;
      static const std::set<std::string> kDocuments = {"order",       "invoice",      "payment",
                                                       "credit_note", "goods_return", "draft"};
      const bool is_document = kDocuments.contains(field.ref_kind);
      EXPECT_EQ(field.type, is_document ? ScalarType::kU64 : ScalarType::kU32)
          << object.name << "." << field.name;
    }
  }
}

TEST(Schema, GivesOptionalFieldsOfTablesTheirSentinelAsDefault) {
  for (const ObjectPlan& object : kontor_schema().objects()) {
    for (const FieldPlan& field : object.fields) {
      if (!field.optional || object.is_struct) continue;
      EXPECT_EQ(field.default_value, field.sentinel) << object.name << "." << field.name;
    }
  }
}

TEST(Schema, StoresEachMeaningInItsType) {
  for (const ObjectPlan& object : kontor_schema().objects()) {
    for (const FieldPlan& field : object.fields) {
      const std::string where = object.name + "." + field.name;
      switch (field.form) {
        case Form::kMoney:
        case Form::kUnitPrice:
        case Form::kQuantity:
        case Form::kTimestamp:
          EXPECT_EQ(field.type, ScalarType::kI64) << where;
          break;
        case Form::kPercent:
        case Form::kDate:
          EXPECT_EQ(field.type, ScalarType::kI32) << where;
          break;
        case Form::kCurrency:
          EXPECT_EQ(field.type, ScalarType::kU16) << where;
          break;
        case Form::kNamed:
          EXPECT_EQ(field.type, ScalarType::kU32) << where;
          break;
        default:
          break;
      }
    }
  }
}

// Money below a root finds its currency in its own object or one around it.
void check_currencies(const ObjectPlan& object, std::vector<const ObjectPlan*> around) {
  around.push_back(&object);
  for (const FieldPlan& field : object.fields) {
    if (field.form == Form::kMoney || field.form == Form::kUnitPrice) {
      EXPECT_TRUE(std::any_of(around.begin(), around.end(),
                              [&](const ObjectPlan* outer) {
                                const FieldPlan* const currency = outer->find(field.currency_field);
                                return currency != nullptr && currency->form == Form::kCurrency;
                              }))
          << around.front()->name << ": " << object.name << "." << field.name;
    }
    if (field.object != nullptr) check_currencies(*field.object, around);
  }
}

TEST(Schema, SaysTheCurrencyOfAllMoney) {
  for (const auto& all : {commands(), events()}) {
    for (const ObjectPlan* const plan : all)
      check_currencies(*plan, {});
  }
}

bool has_names(const ObjectPlan& object) {
  return std::any_of(object.fields.begin(), object.fields.end(), [](const FieldPlan& field) {
    return field.form == Form::kNamed || (field.object != nullptr && has_names(*field.object));
  });
}

TEST(Schema, GivesANamePoolToExactlyTheCommandsWhoseLinesHaveNames) {
  for (const ObjectPlan* const command : commands()) {
    EXPECT_EQ(command->pool != nullptr, has_names(*command)) << command->name;
  }
  for (const ObjectPlan* const event : events()) {
    EXPECT_FALSE(has_names(*event)) << event->name;
    EXPECT_EQ(event->pool, nullptr) << event->name;
  }
}

// A struct without holes has the same bytes whoever builds it: they are hashed.
TEST(Schema, LeavesNoHolesInsideStructs) {
  for (const ObjectPlan& object : kontor_schema().objects()) {
    if (!object.is_struct) continue;
    std::size_t end = 0;
    for (const FieldPlan& field : object.fields) {
      EXPECT_EQ(field.offset, end) << object.name << "." << field.name;
      end = field.offset + std::size_t{field.inline_bytes};
    }
  }
}

}  // namespace
}  // namespace kontor
