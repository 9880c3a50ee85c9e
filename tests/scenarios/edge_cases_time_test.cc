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

// ---- periods ----

std::string taken(Scenario& shop) {
  return shop.ask("buyer ann")["period_taken"];
}

void buyer_of_a(Scenario& shop, std::string_view period) {
  shop.company("acme");
  shop.person("ann", "acme", "buyer",
              R"(,"period_limit":"1000.00","period":")" + std::string(period) + '"');
  shop.person("bob", "acme", "approver");
  shop.ask_over("period-limit", "over_period_limit", "approver");
}

// E-T7: the week starts on Monday or on Sunday; the fiscal year where the book says.
TEST(Time, StartsAPeriodWhereTheBooksCalendarSays) {
  Scenario monday;  // 2026-03-02 is a Monday
  buyer_of_a(monday, "week");
  monday.ordered("O-1", "acme", "ann", "600.00");
  monday.day("2026-03-08");
  EXPECT_EQ(taken(monday), "600.00");
  monday.day("2026-03-09");
  EXPECT_EQ(taken(monday), "0.00");

  Scenario sunday({.more = R"(,"first_day_of_week":7)"});
  buyer_of_a(sunday, "week");
  sunday.ordered("O-1", "acme", "ann", "600.00");
  sunday.day("2026-03-07");
  EXPECT_EQ(taken(sunday), "600.00");
  sunday.day("2026-03-08");
  EXPECT_EQ(taken(sunday), "0.00");

  Scenario year({.more = R"(,"fiscal_year_first_month":4)"});
  buyer_of_a(year, "year");
  year.ordered("O-1", "acme", "ann", "600.00");
  year.day("2026-03-31");
  EXPECT_EQ(taken(year), "600.00");
  year.day("2026-04-01");
  EXPECT_EQ(taken(year), "0.00");
}

// E-T8, taken at placement: an order of March that is approved in April is March's.
TEST(Time, PutsAnOrderIntoTheMonthInWhichItIsTaken) {
  Scenario shop;
  buyer_of_a(shop, "month");
  shop.ask_above("big", "500.00", {"approver"});
  shop.day("2026-03-31");
  shop.ordered("O-1", "acme", "ann", "600.00");
  EXPECT_EQ(taken(shop), "600.00");
  shop.day("2026-04-01");
  shop.approve("O-1", "bob");
  EXPECT_EQ(taken(shop), "0.00");
}

// E-T8, taken at approval: then it is April's.
TEST(Time, PutsAnOrderTakenAtItsApprovalIntoThatMonth) {
  Scenario shop;
  buyer_of_a(shop, "month");
  shop.policy("budget.at", "approval");
  shop.ask_above("big", "500.00", {"approver"});
  shop.day("2026-03-31");
  shop.ordered("O-1", "acme", "ann", "600.00");
  EXPECT_EQ(taken(shop), "0.00");
  shop.day("2026-04-01");
  shop.approve("O-1", "bob");
  EXPECT_EQ(taken(shop), "600.00");
}

// E-T9: what comes back of a month that is over comes back in the present one.
TEST(Time, LeavesAMonthThatIsOverAndShowsWhatComesBackInThePresentOne) {
  Scenario shop;
  buyer_of_a(shop, "month");
  shop.ordered("O-1", "acme", "ann", "600.00");
  shop.day("2026-03-31");
  const Sequence march = shop.position();
  shop.day("2026-04-01");
  shop.cancel("O-1");
  EXPECT_EQ(taken(shop), "-600.00");
  EXPECT_EQ(shop.ask("buyer ann", march)["period_taken"], "600.00");
}

// ---- E-T7: a period ends at local midnight ----

// A day's budget of 100.00 in Vienna, whose days of changing clocks have 23 and 25 hours.
struct LocalMidnight : testing::Test {
  LocalMidnight()
      : shop({.first_day = "2026-03-28",
              .more = R"(,"calendar":"clock","time_zone":"Europe/Vienna")"}) {
    shop.company("acme");
    shop.person("ann", "acme", "buyer", R"(,"period_limit":"100.00","period":"day")");
    shop.rule("day", R"("outcome":"refuse","conditions":[{"figure":"over_period_limit"}])");
  }
  bool may_spend(std::string_view amount) {
    return shop.ordered("O-" + std::to_string(++orders), "acme", "ann", amount).done();
  }
  Scenario shop;
  int orders = 0;
};

TEST_F(LocalMidnight, EndsADaysBudgetAlsoWhereTheDayHas23Hours) {
  shop.clock("2026-03-28T22:59:59Z", "2026-03-28");
  EXPECT_TRUE(may_spend("100.00"));
  EXPECT_FALSE(may_spend("0.01"));
  shop.clock("2026-03-28T23:00:00Z", "2026-03-29");  // midnight, and summer time comes at 2
  EXPECT_TRUE(may_spend("100.00"));
  shop.clock("2026-03-29T21:59:59Z", "2026-03-29");
  EXPECT_FALSE(may_spend("0.01"));
  shop.clock("2026-03-29T22:00:00Z", "2026-03-30");  // 23 hours later
  EXPECT_TRUE(may_spend("100.00"));
}

TEST_F(LocalMidnight, EndsADaysBudgetAlsoWhereTheDayHas25Hours) {
  shop.clock("2026-10-24T22:00:00Z", "2026-10-25");  // midnight, and summer time ends at 3
  EXPECT_TRUE(may_spend("100.00"));
  shop.clock("2026-10-25T22:00:00Z", "2026-10-25");  // 24 hours later it is 23 o'clock
  EXPECT_FALSE(may_spend("0.01"));
  shop.clock("2026-10-25T23:00:00Z", "2026-10-26");
  EXPECT_TRUE(may_spend("100.00"));
}

// MED: weeks begin on Sunday or on Monday, as the book says.
TEST(Time, BeginsAWeeksBudgetOnTheBooksFirstDayOfTheWeek) {
  for (const auto& [first_day, sunday_is_new] :
       std::initializer_list<std::pair<const char*, bool>>{{"7", true}, {"1", false}}) {
    Scenario shop({.first_day = "2026-03-28",  // a Saturday
                   .more = std::string(R"(,"first_day_of_week":)") + first_day});
    shop.company("acme");
    shop.person("ann", "acme", "buyer", R"(,"period_limit":"100.00","period":"week")");
    shop.rule("week", R"("outcome":"refuse","conditions":[{"figure":"over_period_limit"}])");
    EXPECT_TRUE(shop.ordered("O-1", "acme", "ann", "100.00").done());
    shop.day("2026-03-29");
    EXPECT_EQ(shop.ordered("O-2", "acme", "ann", "100.00").done(), sunday_is_new) << first_day;
    shop.day("2026-03-30");
    EXPECT_EQ(shop.ordered("O-3", "acme", "ann", "100.00").done(), !sunday_is_new) << first_day;
  }
}

}  // namespace
}  // namespace kontor::test
