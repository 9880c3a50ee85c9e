// CheckOrder: it tells what PlaceOrder then does, and writes nothing.
#include <gtest/gtest.h>

#include "engine/rules/checking.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

struct Checked {
  std::string refusals;  // names in order
  bool asks = false;
  std::string holds;
  std::int64_t total = 0;
  std::int64_t parts = 0;    // units it could have now
  std::int64_t missing = 0;  // and those it could not
};

std::string names_of(const Causes& causes) {
  std::string out;
  for (const Cause& cause : causes.list()) {
    if (!out.empty()) out += ' ';
    out += EnumNameReasonCode(cause.code);
  }
  return out;
}

Checked check(const Shop& shop, const std::string& command) {
  JsonOptions options;
  options.default_currency = 978;
  const Result<CommandText> read = read_command_json("{" + command + "}", options);
  EXPECT_TRUE(read.ok()) << read.error().message;
  Context context;
  context.business_date = shop.book().calendar().business_date();
  context.effective_date =
      read->effective_date == kNoDate ? context.business_date : read->effective_date;
  context.actor = read->actor;
  const auto& body = *flatbuffers::GetRoot<PlaceOrder>(read->body.data());
  const Digest before = shop.book().digest();
  const CheckedOrder found = check_order(shop.book(), context, body);
  EXPECT_EQ(shop.book().digest(), before) << "a check changes nothing";
  Checked out;
  out.refusals = names_of(found.refusals);
  out.holds = names_of(found.holds.causes);
  if (!found.placement) return out;
  out.asks = found.placement->asks;
  out.total = found.placement->priced.total.value();
  for (const ReservedPart& part : found.stock.parts)
    out.parts += part.quantity() / kQuantityUnit;
  for (const auto& [line, quantity] : found.stock.missing)
    out.missing += shop.units(quantity);
  return out;
}

std::string order(const std::string& quantity, const std::string& more = R"("buyer":"ann")") {
  return R"("PlaceOrder":{"order":"O-1","company":"acme",)" + more +
         R"(,"lines":[{"item":"bolt","quantity":)" + quantity + "}]}";
}

// What was told is what comes of it.
void expect_true(Shop& shop, const std::string& command) {
  const Checked told = check(shop, command);
  const Answer done = shop.when(command);
  EXPECT_EQ(told.refusals.empty(), !done.refused()) << told.refusals;
  if (done.refused()) {
    EXPECT_EQ(told.refusals, done.reasons);
    return;
  }
  EXPECT_EQ(told.asks, done.has("ApprovalRequested")) << done.events;
  EXPECT_EQ(!told.holds.empty(), shop.is_held("O-1") || (told.asks && !told.holds.empty()))
      << done.events;
  EXPECT_EQ(told.total, shop.order("O-1").total.value());
  if (told.asks || !told.holds.empty()) return;
  shop.allocate("O-1");
  EXPECT_EQ(told.parts, shop.reserved("O-1"));
  EXPECT_EQ(told.missing, shop.waiting("O-1"));
}

TEST(CheckOrder, TellsTotalsAndStockOfAnOrderThatWouldBeApproved) {
  Shop shop;
  const Checked told = check(shop, order("20"));
  EXPECT_EQ(told.refusals, "");
  EXPECT_FALSE(told.asks);
  EXPECT_EQ(told.total, 24000);
  EXPECT_EQ(told.parts, 20);
  EXPECT_EQ(told.missing, 0);
  expect_true(shop, order("20"));
}

TEST(CheckOrder, TellsThatPeopleWouldBeAskedFromOneCentOverTheLimitOn) {
  Shop shop;  // 41 bolts: 492.00 of 500.00; a nut is 0.30
  const auto with_nuts = [](int nuts) {
    return R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann","lines":[)"
           R"({"item":"bolt","quantity":41},{"item":"penny","quantity":)" +
           std::to_string(nuts) + "}]}";
  };
  EXPECT_FALSE(check(shop, with_nuts(800)).asks);
  EXPECT_TRUE(check(shop, with_nuts(801)).asks);
  expect_true(shop, with_nuts(801));
}

TEST(CheckOrder, TellsThatItWouldBeHeldForCredit) {
  Shop shop;
  shop.limit("acme", "100.00");
  EXPECT_EQ(check(shop, order("8")).holds, "");
  EXPECT_EQ(check(shop, order("9")).holds, "over_credit_limit");
  expect_true(shop, order("9"));
}

TEST(CheckOrder, TellsWhatStockIsMissing) {
  Shop shop;
  shop.limit("acme", "10000.00");
  shop.policy("stock.short", "backorder");
  const Checked told = check(shop, order("130", R"("payer":"acme")"));
  EXPECT_EQ(told.parts, 100);
  EXPECT_EQ(told.missing, 30);
  expect_true(shop, order("130", R"("payer":"acme")"));
}

TEST(CheckOrder, TellsEveryReasonOfARefusalLikePlaceOrder) {
  for (const std::string& command : {
           order("20", R"("buyer":"zoe")"),
           order("20", R"("buyer":"ann","payer":"nobody")"),
           order("0"),
           std::string(R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann","lines":[)"
                       R"({"item":"x","quantity":1},{"item":"bolt","quantity":1}]})"),
           order("20", R"("buyer":"ann","terms":"never")"),
           std::string(R"("effective_date":"2026-03-03",)") + order("1"),
       }) {
    Shop shop;
    EXPECT_NE(check(shop, command).refusals, "") << command;
    expect_true(shop, command);
  }
}

TEST(CheckOrder, TellsThatTheNameIsTaken) {
  Shop shop;
  shop.given(order("1"));
  EXPECT_EQ(check(shop, order("1")).refusals, "order_exists");
}

TEST(CheckOrder, TellsWhatARuleRefuses) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"no","outcome":"refuse",
                "conditions":[{"figure":"order_total_with_tax","operator":"gt","amount":"200.00"}]})");
  EXPECT_EQ(check(shop, order("16")).refusals, "");
  EXPECT_EQ(check(shop, order("17")).refusals, "refused_by_rule");
  expect_true(shop, order("17"));
}

}  // namespace
}  // namespace kontor::test
