// Edge cases of time: what happens because a day comes, without a command of anybody.
#include <gtest/gtest.h>

#include "tests/scenarios/scenario.h"

namespace kontor::test {
namespace {

std::string events_between(Scenario& shop, Sequence first, Sequence last) {
  std::string out;
  const Json answer = shop.ask("events");
  for (const Json& row : answer.at("events")) {
    const auto at = row.at("sequence").get<std::uint64_t>();
    if (at <= first.value() || at > last.value()) continue;
    out += (out.empty() ? "" : " ") + row.at("event").get<std::string>();
  }
  return out;
}

std::string ageing(const Json& account) {
  std::string out;
  for (const Json& row : account.value("ageing", Json::array())) {
    const std::string amount = row.at("amount");
    if (amount == "0.00") continue;
    out += (out.empty() ? "" : ", ") + row.at("bucket").get<std::string>() + ' ' + amount;
  }
  return out;
}

// E-T12, the overdue start.
TEST(Time, MakesAnInvoiceOverdueByADayAndNothingElse) {
  Scenario shop;
  shop.given(
      R"("DefineTerms":{"terms":"net-7","lines":[{"kind":"percent","percent":100,"days":7}]})");
  shop.company("acme", R"(,"terms":"net-7")");
  shop.place("O-1", "acme", "750.00");
  shop.allocate("O-1");
  shop.ship("O-1");
  shop.invoice("O-1");
  shop.day("2026-03-09");
  const Sequence due = shop.position();
  EXPECT_EQ(ageing(shop.ask("account acme")), "not_due 750.00");
  shop.day("2026-03-10");
  const Sequence late = shop.position();
  EXPECT_EQ(ageing(shop.ask("account acme")), "1-30 750.00");
  EXPECT_EQ(events_between(shop, due, late), "BusinessDayOpened");
  // What was known then is told as it was told then.
  shop.pay("R-1", "acme", "750.00");
  EXPECT_EQ(ageing(shop.ask("account acme")), "");
  EXPECT_EQ(shop.ask("book", due)["business_date"], "2026-03-09");
  EXPECT_EQ(shop.ask("book", late)["business_date"], "2026-03-10");
}

// The same of a limit that expires: orders of before stay, the next one meets it.
TEST(Time, EndsALimitByADayAndLeavesWhatWasTaken) {
  Scenario shop;
  shop.company("acme");
  shop.limit("acme", "1000.00", R"(,"expires":"2026-03-10")");
  shop.place("O-1", "acme", "400.00");
  shop.day("2026-03-10");
  EXPECT_TRUE(shop.place("O-2", "acme", "1.00").has("CreditCommitted"));
  shop.day("2026-03-11");
  EXPECT_EQ(shop.state("O-1"), "open");
  EXPECT_TRUE(shop.place("O-3", "acme", "1.00").has("OrderHeld"));
  EXPECT_EQ(shop.held_for("O-3"), "limit_expired 402.00 > 0.00");
}

// A person's release may end with a day as well: then the order is looked at again.
TEST(Time, EndsAPersonsReleaseOfWhatHasNotBeenTakenYet) {
  Scenario shop;
  shop.company("acme");
  shop.person("mia", "acme", "manager");
  shop.limit("acme", "50.00");
  shop.ask_above("R1", "100.00", {"manager"});
  shop.place("O-1", "acme", "200.00");
  EXPECT_TRUE(shop.when(R"("ReleaseHold":{"order":"O-1","expires":"2026-03-10"})").done());
  shop.day("2026-03-11");
  shop.approve("O-1", "mia");
  EXPECT_EQ(shop.state("O-1"), "on_hold");
  EXPECT_EQ(shop.held_for("O-1"), "over_credit_limit 200.00 > 50.00");
}

// A day is opened once and never goes back; those between are opened one by one.
TEST(Time, OpensEveryDayBetween) {
  Scenario shop;
  const Sequence before = shop.position();
  shop.day("2026-03-05");
  EXPECT_EQ(events_between(shop, before, shop.position()),
            "BusinessDayOpened BusinessDayOpened BusinessDayOpened");
  EXPECT_EQ(shop.when(R"("OpenBusinessDay":{"date":"2026-03-05"})").reasons, "day_not_later");
  EXPECT_EQ(shop.when(R"("OpenBusinessDay":{"date":"2026-03-04"})").reasons, "day_not_later");
}

}  // namespace
}  // namespace kontor::test
