// What comes of requests that wait: reminders, further people, an end. All on the opening of a day.
#include <gtest/gtest.h>

#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string by(std::string_view person, std::string_view command, std::string_view order) {
  return R"("actor":")" + std::string(person) + R"(",")" + std::string(command) +
         R"(":{"order":")" + std::string(order) + R"("})";
}

constexpr std::string_view kByAnn = R"("buyer":"ann")";

// acme belongs to group, whose gus is admin and pat approver; ann's orders above 500.00 wait for
// bob.
class Waiting : public Shop {
 public:
  Waiting() {
    given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
    given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group"})");
    given(R"("RegisterBuyer":{"buyer":"gus","company":"group",
             "roles":[{"role":"admin","reach":"company_and_below"}]})");
  }
  ~Waiting() override = default;
  Answer open(std::string_view date) {
    return when(R"("OpenBusinessDay":{"date":")" + std::string(date) + R"("})");
  }
};

TEST(ApprovalRequest, ExpiresWithItsOrderOnTheDayThePolicySays) {
  Waiting shop;
  shop.policy("approval.expiry_days", "3");
  const Answer placed = shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_NE(placed.body("ApprovalRequested").find(R"("expires_on":"2026-03-05")"),
            std::string::npos);
  EXPECT_EQ(shop.open("2026-03-04").follow_ups, "");
  EXPECT_EQ(shop.open("2026-03-05").follow_ups, "ApprovalExpired LinesCancelled OrderCancelled");
  EXPECT_EQ(shop.order("O-1").approval, Approval::kRejected);
  const Answer late = shop.when(by("bob", "ApproveOrder", "O-1"));
  EXPECT_EQ(late.reasons, "request_closed");
  EXPECT_EQ(late.grounds.at(0).found, "expired");
}

TEST(ApprovalRequest, GivesBackWhatItsOrderHadTakenWhenItExpires) {
  Waiting shop;
  shop.policy("approval.expiry_days", "1");
  shop.policy("credit.at", "placement");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.exposure("acme"), 50400);
  EXPECT_EQ(shop.open("2026-03-03").follow_ups,
            "ApprovalExpired LinesCancelled CreditReleased OrderCancelled");
  EXPECT_EQ(shop.exposure("acme"), 0);
}

TEST(ApprovalRequest, IsAnsweredInTimeAndDoesNotExpire) {
  Waiting shop;
  shop.policy("approval.expiry_days", "3");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.open("2026-03-04");
  EXPECT_TRUE(shop.when(by("bob", "ApproveOrder", "O-1")).has("OrderApproved"));
  EXPECT_EQ(shop.open("2026-03-09").follow_ups, "");
}

// The days are fixed when people are asked; a policy set later is for later requests.
TEST(ApprovalRequest, KeepsTheDaysItWasAskedWith) {
  Waiting shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.policy("approval.expiry_days", "3");
  EXPECT_EQ(shop.open("2026-03-09").follow_ups, "");
}

TEST(ApprovalRequest, TakesItsDaysFromThePolicyOfItsBuyersRole) {
  Waiting shop;
  shop.given(R"("SetPolicy":{"policy":"approval.expiry_days","value":"2",
               "scope_kind":"role","scope":"buyer"})");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_TRUE(shop.open("2026-03-04").follow_ups.starts_with("ApprovalExpired"));
}

// E-A14: reminders and escalation without a decision.
TEST(ApprovalRequest, IsRemindedOfAgainAndAgain) {
  Waiting shop;
  shop.policy("approval.reminder_days", "2");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.open("2026-03-03").follow_ups, "");
  const std::uint32_t version = shop.order("O-1").version;
  const Answer reminded = shop.open("2026-03-04");
  EXPECT_EQ(reminded.follow_ups, "ApprovalReminded");
  EXPECT_NE(reminded.body("ApprovalReminded").find(R"("people":["bob"])"), std::string::npos);
  EXPECT_EQ(shop.order("O-1").version, version);  // nobody's click comes late by it
  EXPECT_EQ(shop.open("2026-03-05").follow_ups, "");
  EXPECT_EQ(shop.open("2026-03-06").follow_ups, "ApprovalReminded");
  shop.policy("approval.reminder_days", "0");
  EXPECT_EQ(shop.open("2026-03-08").follow_ups, "ApprovalReminded");
  EXPECT_EQ(shop.open("2026-03-20").follow_ups, "");
}

TEST(ApprovalRequest, IsEscalatedToPeopleUpTheTree) {
  Waiting shop;
  shop.policy("approval.escalation_days", "2");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.when(by("gus", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  const Answer escalated = shop.open("2026-03-04");
  EXPECT_EQ(escalated.follow_ups, "ApprovalEscalated");
  EXPECT_NE(escalated.body("ApprovalEscalated").find(R"("people":["gus"])"), std::string::npos);
  // Nobody is left above gus.
  const Answer again = shop.open("2026-03-06");
  EXPECT_EQ(again.follow_ups, "ApprovalEscalated");
  EXPECT_EQ(again.body("ApprovalEscalated").find("people\":[\""), std::string::npos);
  EXPECT_EQ(shop.open("2026-03-12").follow_ups, "");
  const Answer yes = shop.when(by("gus", "ApproveOrder", "O-1"));
  EXPECT_TRUE(yes.has("OrderApproved"));
  EXPECT_NE(yes.body("ApprovalGranted").find(R"("voted_as":"escalated","role":"admin")"),
            std::string::npos)
      << yes.body("ApprovalGranted");
}

TEST(ApprovalRequest, IsEscalatedOneCompanyAfterTheOther) {
  Waiting shop;
  shop.given(R"("RegisterBuyer":{"buyer":"al","company":"acme",
               "roles":[{"role":"approver"}]})");
  shop.given(R"("SetRule":{"rule":"order-limit","outcome":"ask",
               "tiers":[{"groups":[{"people":["bob"]}]}]})");
  shop.policy("approval.escalation_days", "1");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_NE(shop.open("2026-03-03").body("ApprovalEscalated").find(R"(["al"])"), std::string::npos);
  EXPECT_NE(shop.open("2026-03-04").body("ApprovalEscalated").find(R"(["gus"])"),
            std::string::npos);
  shop.given(R"("RegisterBuyer":{"buyer":"al","company":"acme","roles":[{"role":"buyer"}]})");
  EXPECT_EQ(shop.when(by("al", "ApproveOrder", "O-1")).reasons, "not_an_approver");
  EXPECT_TRUE(shop.when(by("gus", "RejectOrder", "O-1")).has("OrderRejected"));
}

TEST(ApprovalRequest, IsAskedFurtherInsteadOfRejectedWhereExpiryEscalates) {
  Waiting shop;
  shop.policy("approval.expiry_days", "2");
  shop.policy("approval.expiry", "escalate");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.open("2026-03-04").follow_ups, "ApprovalExpired ApprovalEscalated");
  EXPECT_EQ(shop.open("2026-03-06").follow_ups, "ApprovalExpired ApprovalEscalated");
  EXPECT_EQ(shop.open("2026-03-20").follow_ups, "");
  EXPECT_TRUE(shop.when(by("bob", "ApproveOrder", "O-1")).has("OrderApproved"));
}

// Days that are opened at once: the last word counts, and is said once.
TEST(ApprovalRequest, ExpiresWithoutAReminderWhereBothAreDue) {
  Waiting shop;
  shop.policy("approval.expiry_days", "3");
  shop.policy("approval.reminder_days", "1");
  shop.policy("approval.escalation_days", "2");
  shop.place("O-1", "bolt", "42", kByAnn);
  EXPECT_EQ(shop.open("2026-03-20").follow_ups, "ApprovalExpired LinesCancelled OrderCancelled");
}

TEST(ApprovalRequest, IsReviewedInBoundedStepsWithManyOthers) {
  Waiting shop;
  shop.check_every(50);
  shop.policy("approval.expiry_days", "1");
  for (int i = 0; i < 150; ++i)
    shop.place("O-" + std::to_string(i), "penny", "50001", kByAnn);
  EXPECT_EQ(shop.book().approvals().pending().size(), 150U);
  const std::size_t before = shop.decisions();
  shop.open("2026-03-03");
  EXPECT_TRUE(shop.book().approvals().pending().empty());
  EXPECT_EQ(shop.decisions() - before, 4U);  // the day, and three steps of at most 64 requests
}

// An amendment that asks anew starts the days anew.
TEST(AmendOrder, StartsTheDaysOfARequestAnew) {
  Waiting shop;
  shop.policy("approval.expiry_days", "3");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.open("2026-03-04");
  EXPECT_TRUE(shop.when(R"("AmendOrder":{"order":"O-1","amendment":"A-1",
                         "lines":[{"line":1,"quantity":"43"}]})")
                  .has("ApprovalRequested"));
  EXPECT_EQ(shop.open("2026-03-06").follow_ups, "");
  EXPECT_TRUE(shop.open("2026-03-07").follow_ups.starts_with("ApprovalExpired"));
}

}  // namespace
}  // namespace kontor::test
