// Groups that ask the owner of the order's cost centre (domain: One kind of rule, asking people).
#include <gtest/gtest.h>

#include "engine/rules/asking.h"
#include "tests/support/engine/spending_shop.h"

namespace kontor::test {
namespace {

constexpr std::string_view kBar = R"("cost_centre":"bar")";

// The cost centre bar is carla's; every order asks its owner. ann orders, bob approves.
class OwnedCentre : public SpendingShop {
 public:
  OwnedCentre() {
    person("carla", R"({"role":"clerk"})");
    own("carla");
    ask_owner();
  }
  ~OwnedCentre() override = default;

  void person(std::string_view name, std::string_view roles, std::string_view more = "") {
    given(R"("RegisterBuyer":{"buyer":")" + std::string(name) + R"(","company":"acme","roles":[)" +
          std::string(roles) + "]" + std::string(more) + "}");
  }
  void own(std::string_view owner, std::string_view more = "") {
    cost_centre("bar", R"(,"owner":")" + std::string(owner) + "\"" + std::string(more));
  }
  void ask_owner(std::string_view more = "") {
    given(R"("SetRule":{"rule":"owner","outcome":"ask",
             "tiers":[{"number":1,"groups":[{"cost_centre_owner":true)" +
          std::string(more) + "}]}]}");
  }
  std::vector<std::string> asked(std::string_view order) const {
    std::vector<std::string> out;
    const ApprovalRequest* const request =
        book().approvals().find(OrderRef{this->order(order).ref});
    if (request == nullptr) return out;
    for (const BuyerId person : people_wanted(book(), *request, 50))
      out.emplace_back(book().parties().name(person));
    return out;
  }
};
using Names = std::vector<std::string>;

TEST(CostCentreOwner, IsAskedWhateverHisRoles) {
  OwnedCentre shop;
  EXPECT_EQ(shop.spend("O-1", 100, kBar).events, "OrderPlaced ApprovalRequested");
  EXPECT_EQ(shop.asked("O-1"), Names{"carla"});
  EXPECT_EQ(shop.approve("bob", "O-1").reasons, "not_an_approver");
  const Answer yes = shop.approve("carla", "O-1");
  EXPECT_EQ(yes.events, "ApprovalGranted OrderApproved CreditCommitted");
  EXPECT_NE(yes.body("ApprovalGranted").find(R"("voted_as":"cost_centre_owner")"),
            std::string::npos)
      << yes.body("ApprovalGranted");
}

TEST(CostCentreOwner, MayRejectTheOrder) {
  OwnedCentre shop;
  shop.spend("O-1", 100, kBar);
  EXPECT_EQ(shop.reject("bob", "O-1").reasons, "not_an_approver");
  const Answer no = shop.reject("carla", "O-1");
  EXPECT_TRUE(no.has("OrderRejected"));
  EXPECT_NE(no.body("OrderRejected").find(R"("voted_as":"cost_centre_owner")"), std::string::npos);
}

// INT-2: the owner first, then any one approver; the approvers are not asked before.
TEST(CostCentreOwner, IsAskedBeforeTheApproversWhereTheRulesSaySo) {
  OwnedCentre shop;
  shop.person("quinn", R"({"role":"approver"})");
  shop.buyer(R"("order_limit":"500.00")");
  shop.given(R"("SetRule":{"rule":"order-limit","outcome":"ask",
               "conditions":[{"figure":"over_order_limit"}],
               "tiers":[{"number":2,"groups":[{"roles":["approver"]}]}]})");
  shop.spend("O-1", 60000, kBar);
  EXPECT_EQ(shop.asked("O-1"), Names{"carla"});
  EXPECT_EQ(shop.approve("bob", "O-1").reasons, "not_this_tier");
  EXPECT_EQ(shop.approve("carla", "O-1").events, "ApprovalGranted");
  EXPECT_EQ(shop.asked("O-1"), (Names{"bob", "quinn"}));
  EXPECT_TRUE(shop.approve("quinn", "O-1").has("OrderApproved"));

  shop.spend("O-2", 60000, kBar);
  EXPECT_TRUE(shop.reject("carla", "O-2").has("OrderRejected"));
  EXPECT_EQ(shop.approve("bob", "O-2").reasons, "request_closed");
  shop.spend("O-3", 50000, kBar);  // within the order limit
  EXPECT_TRUE(shop.approve("carla", "O-3").has("OrderApproved"));
}

TEST(PlaceOrder, RefusesNoApproverWhereTheOwnerIsAskedAndThereIsNone) {
  OwnedCentre shop;
  EXPECT_EQ(shop.spend("O-1", 100).reasons, "no_approver");  // no cost centre
  shop.cost_centre("bar");
  EXPECT_EQ(shop.spend("O-2", 100, kBar).reasons, "no_approver");  // nobody owns it
  shop.own("carla");
  shop.person("carla", R"({"role":"clerk"})", R"(,"status":"inactive")");
  EXPECT_EQ(shop.spend("O-3", 100, kBar).reasons, "no_approver");
  shop.person("carla", "");
  EXPECT_TRUE(shop.spend("O-4", 100, kBar).has("ApprovalRequested"));
}

// While the book knows no cost centre, an order's is a free text that nobody owns.
TEST(PlaceOrder, RefusesNoApproverForACostCentreThatIsAFreeText) {
  SpendingShop shop;
  shop.given(R"("SetRule":{"rule":"owner","outcome":"ask",
               "tiers":[{"groups":[{"cost_centre_owner":true}]}]})");
  EXPECT_EQ(shop.spend("O-1", 100, kBar).reasons, "no_approver");
}

// One of a group's ways to find people.
TEST(CostCentreOwner, IsAskedBesideTheRolesAndPeopleOfTheGroup) {
  OwnedCentre shop;
  shop.ask_owner(R"(,"roles":["approver"])");
  shop.spend("O-1", 100);  // nobody's cost centre: the role is left
  EXPECT_EQ(shop.asked("O-1"), Names{"bob"});
  shop.spend("O-2", 100, kBar);
  EXPECT_EQ(shop.asked("O-2"), (Names{"carla", "bob"}));
  EXPECT_TRUE(shop.approve("bob", "O-2").has("OrderApproved"));

  shop.ask_owner(R"(,"roles":["approver"],"needed":65535)");
  shop.spend("O-3", 100, kBar);
  EXPECT_EQ(shop.approve("bob", "O-3").events, "ApprovalGranted");
  EXPECT_TRUE(shop.approve("carla", "O-3").has("OrderApproved"));
  shop.person("carla", R"({"role":"approver"})");  // once, however he is found
  shop.spend("O-4", 100, kBar);
  EXPECT_EQ(shop.asked("O-4"), (Names{"carla", "bob"}));
  EXPECT_EQ(shop.approve("carla", "O-4").events, "ApprovalGranted");
  EXPECT_TRUE(shop.approve("bob", "O-4").has("OrderApproved"));
}

TEST(CostCentreOwner, IsAskedBesideWhomTheGroupClimbsTo) {
  OwnedCentre shop;
  shop.ask_owner(R"(,"climb":true)");
  shop.spend("O-1", 100, kBar);
  EXPECT_EQ(shop.asked("O-1"), (Names{"carla", "bob"}));
  EXPECT_TRUE(shop.approve("carla", "O-1").has("OrderApproved"));
  shop.spend("O-2", 100, kBar);
  EXPECT_TRUE(shop.approve("bob", "O-2").has("OrderApproved"));
}

// E-A2: authority is judged at the moment of the decision.
TEST(CostCentreOwner, IsWhoOwnsItWhenSomebodyAnswers) {
  OwnedCentre shop;
  shop.person("dora", R"({"role":"clerk"})");
  shop.spend("O-1", 100, kBar);
  shop.own("dora");
  EXPECT_EQ(shop.asked("O-1"), Names{"dora"});
  EXPECT_EQ(shop.approve("carla", "O-1").reasons, "not_an_approver");
  EXPECT_TRUE(shop.approve("dora", "O-1").has("OrderApproved"));
}

// As a yes of somebody who has lost the role.
TEST(CostCentreOwner, IsAskedAnewWhereAnotherHasSaidYesAndDoesNotOwnItAnyMore) {
  OwnedCentre shop;
  shop.person("dora", R"({"role":"clerk"})");
  shop.given(R"("SetRule":{"rule":"second","outcome":"ask",
               "tiers":[{"number":2,"groups":[{"people":["bob"]}]}]})");
  shop.spend("O-1", 100, kBar);
  EXPECT_EQ(shop.approve("carla", "O-1").events, "ApprovalGranted");
  EXPECT_EQ(shop.asked("O-1"), Names{"bob"});
  shop.own("dora");
  EXPECT_EQ(shop.asked("O-1"), Names{"dora"});
  EXPECT_EQ(shop.approve("bob", "O-1").reasons, "not_this_tier");
  shop.own("carla");
  EXPECT_TRUE(shop.approve("bob", "O-1").has("OrderApproved"));
}

TEST(CostCentreOwner, IsNobodyWhileTheCentreServesAnotherCompany) {
  OwnedCentre shop;
  shop.given(R"("RegisterCompany":{"company":"other","currency":"EUR"})");
  shop.spend("O-1", 100, kBar);
  shop.given(R"("RegisterCostCentre":{"cost_centre":"bar","company":"other","owner":"carla"})");
  EXPECT_EQ(shop.asked("O-1"), Names{});
  EXPECT_EQ(shop.approve("carla", "O-1").reasons, "not_an_approver");
}

// A closed cost centre takes no new orders; those that wait are still its owner's.
TEST(CostCentreOwner, AnswersForACentreThatIsInactiveByNow) {
  OwnedCentre shop;
  shop.spend("O-1", 100, kBar);
  shop.own("carla", R"(,"status":"inactive")");
  EXPECT_TRUE(shop.approve("carla", "O-1").has("OrderApproved"));
}

TEST(CostCentreOwner, IsThatOfTheCentreTheOrderWasMovedTo) {
  OwnedCentre shop;
  shop.person("dora", R"({"role":"clerk"})");
  shop.cost_centre("van", R"(,"owner":"dora")");
  shop.spend("O-1", 100, kBar);
  shop.given(R"("AmendOrder":{"order":"O-1","amendment":"A-1","cost_centre":"van"})");
  EXPECT_EQ(shop.asked("O-1"), Names{"dora"});
  EXPECT_TRUE(shop.approve("dora", "O-1").has("OrderApproved"));
}

// ---- who places and owns ------------------------------------------------------------------------

TEST(CostCentreOwner, IsRefusedSelfApprovalOfWhatHeOrders) {
  OwnedCentre shop;
  shop.own("ann");
  EXPECT_EQ(shop.spend("O-1", 100, kBar).reasons, "no_approver");
  shop.ask_owner(R"(,"roles":["approver"])");
  EXPECT_TRUE(shop.spend("O-2", 100, kBar).has("ApprovalRequested"));
  EXPECT_EQ(shop.asked("O-2"), Names{"bob"});
  EXPECT_EQ(shop.approve("ann", "O-2").reasons, "self_approval");
}

TEST(CostCentreOwner, ApprovesByPlacingWherePoliciesLetHim) {
  OwnedCentre shop;
  shop.own("ann");
  shop.policy("approval.self", "allowed");
  EXPECT_EQ(shop.spend("O-1", 100, kBar).events, "OrderPlaced OrderApproved CreditCommitted");
  shop.policy("approval.self", "sole_holder");
  const Answer sole = shop.spend("O-2", 100, kBar);
  EXPECT_EQ(sole.events, "OrderPlaced OrderApproved CreditCommitted");
  EXPECT_NE(sole.body("OrderApproved").find("\"self\""), std::string::npos);
  shop.ask_owner(R"(,"roles":["approver"])");  // bob could as well
  EXPECT_TRUE(shop.spend("O-3", 100, kBar).has("ApprovalRequested"));
}

TEST(SetRule, TakesAGroupThatIsOnlyTheCostCentresOwner) {
  Shop shop;
  EXPECT_FALSE(shop.when(R"("SetRule":{"rule":"r","outcome":"ask",
                           "tiers":[{"groups":[{"cost_centre_owner":true}]}]})")
                   .refused());
  EXPECT_EQ(shop.when(R"("SetRule":{"rule":"r","outcome":"ask",
                        "tiers":[{"groups":[{"cost_centre_owner":true,"needed":0}]}]})")
                .reasons,
            "invalid_value");
}

}  // namespace
}  // namespace kontor::test
