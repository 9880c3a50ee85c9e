// What would release an order that limits up the company tree hold: the limit of the company whose
// it is, and a payment that lowers what all of them count.
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/rules/remedies.h"
#include "events/base/currency.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string money(Minor amount) {
  return format_money(amount, CurrencyCode{978});
}

// group > region > acme and its sister; every limit counts; a penny costs a cent.
class TreeShop : public Shop {
 public:
  TreeShop() {
    given(R"("SetRule":{"rule":"any-size","outcome":"approve"})");
    company("group", "");
    company("region", "group");
    company("acme", "region");
    company("sister", "region");
    given(R"("SetCreditLimit":{"company":"acme"})");
    policy("credit.tree", "each");
  }
  ~TreeShop() override = default;

  void company(std::string_view name, std::string_view parent) {
    std::string text = R"("RegisterCompany":{"company":")" + std::string(name) + '"';
    if (!parent.empty()) text += R"(,"parent":")" + std::string(parent) + '"';
    given(text + "}");
  }
  Answer order(std::string_view name, std::string_view whose, std::int64_t cents) {
    return when(R"("PlaceOrder":{"company":")" + std::string(whose) + R"(","order":")" +
                std::string(name) + R"(","lines":)" + lines({{"penny", std::to_string(cents)}}) +
                "}");
  }
  Remedies remedies(std::string_view name) const {
    return find_remedies(book(), Story::order(name));
  }
  // "payment 100 acme releases; limit 300 region" and so on; without cancellations.
  std::string told(std::string_view name) const {
    std::string out;
    for (const Remedy& remedy : remedies(name).remedies) {
      if (remedy.kind != RemedyKind::kPayment && remedy.kind != RemedyKind::kLimit) continue;
      out += out.empty() ? "" : "; ";
      out += words(remedy) + (remedy.releases ? " releases" : "");
    }
    return out;
  }
  std::string told_together(std::string_view name) const {
    std::string out;
    for (const auto& set : remedies(name).together) {
      out += out.empty() ? "" : "; ";
      for (const Remedy& remedy : set)
        out += (&remedy == &set.front() ? "" : " and ") + words(remedy);
    }
    return out;
  }
  void apply(const Remedy& remedy, int short_by) {
    const Minor amount = remedy.amount - Minor{short_by};
    const std::string company =
        is_set(remedy.company) ? std::string(book().parties().name(remedy.company)) : "";
    if (remedy.kind == RemedyKind::kPayment && amount > Minor{0})
      pay("R-" + std::to_string(++payments_), company, money(amount));
    if (remedy.kind == RemedyKind::kLimit) limit(company, money(amount));
    if (remedy.kind == RemedyKind::kRelease) given(R"("ReleaseHold":{"order":"O"})");
    if (remedy.kind == RemedyKind::kCancellation && amount > Minor{0}) {
      given(R"("CancelOrder":{"order":"O","cancellation":"X","lines":[{"line":1,"quantity":)" +
            std::to_string(amount.value()) + "}]}");
    }
  }

 private:
  std::string words(const Remedy& remedy) const {
    const std::string kind = remedy.kind == RemedyKind::kPayment        ? "payment "
                             : remedy.kind == RemedyKind::kLimit        ? "limit "
                             : remedy.kind == RemedyKind::kCancellation ? "cancellation "
                                                                        : "other ";
    std::string out = kind + std::to_string(remedy.amount.value());
    if (is_set(remedy.company)) out += " " + std::string(book().parties().name(remedy.company));
    return out;
  }

  int payments_ = 0;
};

TEST(TreeRemedies, NameTheLimitOfTheCompanyThatHoldsTheOrder) {
  TreeShop shop;
  shop.limit("region", "2.00");
  shop.order("O-1", "sister", 120);
  ASSERT_TRUE(shop.order("O", "acme", 100).has("OrderHeld"));
  // The payer owes nothing: what it pays on account counts for all of them.
  EXPECT_EQ(shop.told("O"), "payment 20 acme releases; limit 220 region releases");
  shop.limit("region", "2.19");
  EXPECT_TRUE(shop.is_held("O"));
  shop.limit("region", "2.20");
  EXPECT_TRUE(shop.is_taken("O"));
}

TEST(TreeRemedies, TellAPaymentOfThePayerWhoseRelativesOweTooMuch) {
  TreeShop shop;
  shop.limit("region", "5.00");
  shop.order("O-1", "sister", 500);
  shop.limit("region", "2.00");  // what is taken stays taken
  shop.order("O", "acme", 10);
  EXPECT_EQ(shop.told("O"), "payment 310 acme releases; limit 510 region releases");
  shop.pay("P-1", "acme", "3.09");
  EXPECT_TRUE(shop.is_held("O"));
  shop.pay("P-2", "acme", "0.01");
  EXPECT_TRUE(shop.is_taken("O"));
}

TEST(TreeRemedies, TellBothLimitsTogetherWhereThePayersAndAnAncestorsAreMissed) {
  TreeShop shop;
  shop.limit("acme", "1.00");
  shop.limit("region", "2.00");
  shop.order("O-1", "sister", 150);
  shop.order("O", "acme", 130);
  // The larger payment clears both; each limit clears its own.
  EXPECT_EQ(shop.told("O"),
            "payment 30 acme; payment 80 acme releases; limit 130 acme; limit 280 region");
  EXPECT_NE(shop.told_together("O").find("limit 130 acme and limit 280 region"), std::string::npos)
      << shop.told_together("O");
  shop.limit("region", "2.80");
  EXPECT_TRUE(shop.is_held("O"));
  shop.limit("acme", "1.30");
  EXPECT_TRUE(shop.is_taken("O"));
}

TEST(TreeRemedies, TellThreeLimitsTogetherWhereThreeAreMissed) {
  TreeShop shop;
  shop.limit("acme", "1.00");
  shop.limit("region", "1.10");
  shop.limit("group", "1.20");
  shop.order("O", "acme", 130);
  EXPECT_NE(shop.told_together("O").find("limit 130 acme and limit 130 region and limit 130 group"),
            std::string::npos)
      << shop.told_together("O");
}

TEST(TreeRemedies, NameTheSharedLimit) {
  TreeShop shop;
  shop.policy("credit.tree", "shared");
  shop.limit("group", "3.00");
  shop.order("O-1", "sister", 250);
  shop.order("O", "acme", 100);
  EXPECT_EQ(shop.told("O"), "payment 50 acme releases; limit 350 group releases");
  shop.limit("group", "3.50");
  EXPECT_TRUE(shop.is_taken("O"));
}

// acme's orders are looked at before those of its sister, who was registered later.
TEST(TreeRemedies, CountWhatRelativesTakeFirstOfARaisedLimit) {
  TreeShop shop;
  shop.limit("region", "2.00");
  shop.order("O-1", "sister", 150);
  shop.order("O-2", "acme", 90);
  shop.order("O", "sister", 100);
  EXPECT_EQ(shop.told("O"), "payment 50 sister releases; limit 340 region releases");
  shop.limit("region", "3.39");
  EXPECT_FALSE(shop.is_held("O-2"));
  EXPECT_TRUE(shop.is_held("O"));
  shop.limit("region", "3.40");
  EXPECT_FALSE(shop.is_held("O"));
}

// ---- any state ----------------------------------------------------------------------------------

// A tree with some limits and some orders, and one that may be held; the same for the same seed.
struct AnyTree : TreeShop {
  explicit AnyTree(std::uint32_t seed) : random(seed) {
    if (draw(0, 2) == 0) policy("credit.tree", "shared");
    for (const std::string_view name : {"acme", "sister", "region", "group"}) {
      if (draw(0, 2) != 0) limit(name, money(Minor{draw(50, 400)}));
    }
    for (std::uint32_t i = draw(0, 5); i > 0; --i)
      order("B-" + std::to_string(i), whose(), draw(10, 150));
    if (draw(0, 1) == 0) limit("region", money(Minor{draw(50, 400)}));
    order("O", draw(0, 1) == 0 ? "acme" : "sister", draw(50, 300));
  }
  std::uint32_t draw(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random()) % (high - low + 1);
  }
  std::string_view whose() {
    constexpr std::string_view kAll[] = {"acme", "sister", "region"};
    return kAll[draw(0, 2)];
  }
  std::mt19937 random;
};

TEST(TreeRemedies, DoWhatTheySayInAnyState) {
  int done = 0;
  int together = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    const AnyTree told(seed);
    if (!told.is_held("O")) continue;
    const Remedies all = told.remedies("O");
    for (const Remedy& remedy : all.remedies) {
      if (!remedy.releases) continue;
      ++done;
      const std::string which = "seed " + std::to_string(seed) + ", remedy " +
                                std::to_string(static_cast<int>(remedy.kind)) + ' ' +
                                std::to_string(remedy.amount.value());
      AnyTree enough(seed);
      enough.apply(remedy, 0);
      EXPECT_FALSE(enough.is_held("O")) << which;
      if (remedy.kind == RemedyKind::kRelease) continue;
      AnyTree less(seed);
      less.apply(remedy, 1);
      EXPECT_TRUE(less.is_held("O")) << which;
    }
    for (const auto& set : all.together) {
      ++together;
      AnyTree enough(seed);
      for (const Remedy& remedy : set)
        enough.apply(remedy, 0);
      EXPECT_FALSE(enough.is_held("O")) << "seed " << seed << ", together";
    }
  }
  EXPECT_GT(done, 50);
  EXPECT_GT(together, 3);
}

}  // namespace
}  // namespace kontor::test
