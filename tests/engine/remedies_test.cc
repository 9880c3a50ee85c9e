// What would release a held order: beside tests/scenarios/why_test.cc the corners that take a state
// of their own.
#include "engine/rules/remedies.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "events/base/currency.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

Remedies remedies_of(const Story& story, std::string_view order) {
  return find_remedies(story.book(), story.order(order));
}

const Remedy* find(const Remedies& all, RemedyKind kind) {
  for (const Remedy& remedy : all.remedies) {
    if (remedy.kind == kind) return &remedy;
  }
  return nullptr;
}

TEST(Remedies, OfAnOrderThatNothingHoldsAreNone) {
  Shop shop;
  shop.place("O-1", "penny", "100");
  EXPECT_TRUE(remedies_of(shop, "O-1").remedies.empty());
  EXPECT_TRUE(remedies_of(shop, "O-1").reasons.empty());
}

// A payment pays what is due first, and is on account where nothing is.
TEST(Account, IsAsIfPaidFromTheOldestDueOn) {
  Shop shop;
  shop.place("O-1", "penny", "30000");
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  shop.day("2026-03-03");
  shop.place("O-2", "penny", "20000");
  shop.allocate("O-2");
  shop.ship("O-2", "S-2");
  shop.invoice("O-2", "I-2");
  const Account& now = shop.account("acme");
  ASSERT_EQ(now.by_due().size(), 2U);

  const Account part = now.as_if_paid(Minor{30001});
  ASSERT_EQ(part.by_due().size(), 1U);
  EXPECT_EQ(part.by_due()[0].due, now.by_due()[1].due);
  EXPECT_EQ(part.by_due()[0].amount, Minor{19999});
  EXPECT_EQ(part.exposure(), now.exposure() - Minor{30001});
  EXPECT_EQ(part.limit, now.limit);

  const Account more = now.as_if_paid(Minor{60000});
  EXPECT_TRUE(more.by_due().empty());
  EXPECT_EQ(more.bucket(Bucket::receivable), Minor{0});
  EXPECT_EQ(more.bucket(Bucket::unapplied), Minor{10000});
  EXPECT_EQ(now.as_if_paid(Minor{0}).exposure(), now.exposure());
}

// What is owed already may be less than what is missing: then money on account does it.
TEST(Remedies, AskForMoneyOnAccountWhereNothingIsOwed) {
  Shop shop;
  shop.place("O-1", "penny", "150000");
  ASSERT_TRUE(shop.is_held("O-1"));
  const Remedies all = remedies_of(shop, "O-1");
  ASSERT_NE(find(all, RemedyKind::kPayment), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kPayment)->amount, Minor{50000});
  shop.pay("P-1", "acme", "499.99");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.pay("P-2", "acme", "0.01");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

// Tax makes a unit worth 12.00, and part of the order was cancelled before: the part rule counts.
TEST(Remedies, ValueACancellationByThePartRule) {
  Shop shop;
  shop.place("O-1", "bolt", "90");                     // 1,080.00
  shop.given(R"("CancelOrder":{"order":"O-1","cancellation":"X-1",
               "lines":[{"line":1,"quantity":3}]})");  // 1,044.00
  ASSERT_TRUE(shop.is_held("O-1"));
  const Remedies all = remedies_of(shop, "O-1");
  const Remedy* const cancellation = find(all, RemedyKind::kCancellation);
  ASSERT_NE(cancellation, nullptr);
  EXPECT_EQ(cancellation->amount, Minor{4800});
  ASSERT_EQ(cancellation->lines.size(), 1U);
  EXPECT_EQ(cancellation->lines[0].quantity, Quantity{4 * kQuantityUnit});
}

// A rule that holds what is small: nothing of the kinds known here makes it larger.
TEST(Remedies, AreOnlyAPersonsWhereTheExposureIsTooSmall) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"small","outcome":"hold","conditions":[
               {"figure":"exposure_after_order","operator":"lt","amount":"100.00"}]})");
  shop.place("O-1", "penny", "5000");
  ASSERT_TRUE(shop.is_held("O-1"));
  const Remedies all = remedies_of(shop, "O-1");
  ASSERT_EQ(all.remedies.size(), 1U);  // money would only make it worse
  EXPECT_EQ(all.remedies[0].kind, RemedyKind::kRelease);
}

// A rule of another kind that excludes the hold from a day on.
TEST(Remedies, KnowTheDayOnWhichAnExclusionBegins) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"spared","outcome":"exclude","exclude":"credit-limit",
               "scope_kind":"company","scope":"acme","valid_from":"2026-03-10"})");
  shop.place("O-1", "penny", "150000");
  ASSERT_TRUE(shop.is_held("O-1"));
  const Remedies all = remedies_of(shop, "O-1");
  ASSERT_NE(find(all, RemedyKind::kDate), nullptr);
  EXPECT_EQ(find(all, RemedyKind::kDate)->date, *parse_date("2026-03-10"));
  shop.day("2026-03-09");
  EXPECT_TRUE(shop.is_held("O-1"));
  shop.day("2026-03-10");
  EXPECT_TRUE(shop.is_taken("O-1"));
}

// ---- any state ----------------------------------------------------------------------------------

// A shop with some history, some rules and one order, the same for the same seed.
struct AnyShop : Shop {
  explicit AnyShop(std::uint32_t seed) : random(seed) {
    limit("acme", std::to_string(draw(200, 900)) + ".00");
    std::uint32_t billed = draw(0, 3);
    for (std::uint32_t i = 0; i < billed; ++i) {
      const std::string name = "B-" + std::to_string(i);
      place(name, "penny", std::to_string(draw(5'000, 20'000)));
      allocate(name);
      ship(name, "S-" + name);
      invoice(name, "I-" + name);
      day(format_date(Date{book().calendar().business_date().value() + 1}));
    }
    if (draw(0, 2) == 0) hold_rule("exposure_after_order", draw(100, 1'000), "ge");
    if (draw(0, 2) == 0) hold_rule("order_total_with_tax", draw(50, 400), "gt");
    const std::string bolts = std::to_string(draw(1, 25));
    const std::string nuts = std::to_string(draw(1, 900));
    when(R"("PlaceOrder":{"order":"O","company":"acme","lines":)" +
         lines({{"bolt", bolts}, {"nut", nuts}}) + "}");
  }

  std::uint32_t draw(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random()) % (high - low + 1);
  }
  void hold_rule(const std::string& figure, std::uint32_t amount, const std::string& op) {
    const std::string to = draw(0, 1) == 0 ? "" : R"(,"valid_to":"2026-03-20")";
    given(R"("SetRule":{"rule":"by-)" + figure + R"(","outcome":"hold","conditions":[{"figure":")" +
          figure + R"(","operator":")" + op + R"(","amount":")" + std::to_string(amount) +
          R"(.00"}])" + to + "}");
  }
  std::string money(Minor amount) { return format_money(amount, CurrencyCode{978}); }

  // Does what the remedy says; `short_by` minor units, days or pieces less.
  void apply(const Remedy& remedy, int short_by) {
    const Minor amount = remedy.amount - Minor{short_by};
    switch (remedy.kind) {
      case RemedyKind::kPayment:
        if (amount > Minor{0}) pay("P-" + std::to_string(++payments), "acme", money(amount));
        return;
      case RemedyKind::kLimit:
        return limit("acme", money(amount));
      case RemedyKind::kDate:
        return day(format_date(Date{remedy.date.value() - short_by}));
      case RemedyKind::kRelease:
        return given(R"("ReleaseHold":{"order":"O"})");
      case RemedyKind::kCancellation:
        return cancel(remedy.lines, short_by);
      default:
        return;
    }
  }
  void cancel(const std::vector<RemedyLine>& parts, int short_by) {
    std::string text;
    for (const RemedyLine& part : parts) {
      const bool last = &part == &parts.back();
      const std::int64_t count = part.quantity.value() / kQuantityUnit - (last ? short_by : 0);
      if (count == 0) continue;
      text += (text.empty() ? "" : ",") + std::string(R"({"line":)") + std::to_string(part.line) +
              R"(,"quantity":)" + std::to_string(count) + "}";
    }
    if (text.empty()) return;
    given(R"("CancelOrder":{"order":"O","cancellation":"X","lines":[)" + text + "]}");
  }

  std::mt19937 random;
  int payments = 0;
};

// What holds it now, for the message of a failure.
std::string why(const Story& story) {
  std::string out;
  const Remedies all = remedies_of(story, "O");
  for (const Cause& cause : all.reasons.list()) {
    out += std::string(EnumNameReasonCode(cause.code)) + ' ' + std::to_string(cause.found) + " > " +
           std::to_string(cause.allowed) + "; ";
  }
  return out;
}

// Doing what is told releases the order, and the least bit less does not, whatever the state.
TEST(Remedies, DoWhatTheySayInAnyState) {
  int done = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const AnyShop told(seed);
    if (!told.is_held("O")) continue;
    const Remedies all = remedies_of(told, "O");
    EXPECT_EQ(all.remedies.back().kind, RemedyKind::kRelease);
    for (const Remedy& remedy : all.remedies) {
      if (!remedy.releases) continue;
      ++done;
      AnyShop enough(seed);
      enough.apply(remedy, 0);
      EXPECT_FALSE(enough.is_held("O"))
          << "seed " << seed << ", remedy " << static_cast<int>(remedy.kind) << ": " << why(enough);
      if (remedy.kind == RemedyKind::kRelease) continue;
      AnyShop less(seed);
      less.apply(remedy, 1);
      EXPECT_TRUE(less.is_held("O"))
          << "seed " << seed << ", remedy " << static_cast<int>(remedy.kind);
    }
    for (const auto& set : all.together) {
      ++done;
      AnyShop enough(seed);
      for (const Remedy& remedy : set)
        enough.apply(remedy, 0);
      EXPECT_FALSE(enough.is_held("O")) << "seed " << seed << ", together";
    }
  }
  EXPECT_GT(done, 100);
}

}  // namespace
}  // namespace kontor::test
