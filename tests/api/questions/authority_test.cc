// Questions about people: whose approvals wait, who may do what, and where one person was two.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "events/base/time.h"
#include "tests/api/questions/told_engine.h"

namespace kontor::test {
namespace {

using nlohmann::json;
using wire::Question;

json told(const Story& story, const ToAsk& to_ask) {
  return json::parse(told_body(story, to_ask), nullptr, false);
}

std::string by(std::string_view person, std::string_view command, std::string_view order,
               std::string_view more = "") {
  return R"("actor":")" + std::string(person) + R"(",")" + std::string(command) +
         R"(":{"order":")" + std::string(order) + "\"" + std::string(more) + "}";
}

constexpr std::string_view kByAnn = R"("buyer":"ann")";

json approvals_of(const Story& story, std::string_view person) {
  const json all = told(story, {.question = Question::approvals, .name = std::string(person)});
  return all.value("approvals", json::array());
}

TEST(ApprovalsAnswer, FindsWhatNamesAPersonOfAnotherCompanyAndWhatClimbsToAParent) {
  Shop shop;
  shop.given(R"("RegisterCompany":{"company":"group","currency":"EUR"})");
  shop.given(R"("RegisterCompany":{"company":"acme","currency":"EUR","parent":"group"})");
  shop.given(R"("RegisterCompany":{"company":"audit","currency":"EUR"})");
  shop.given(R"("RegisterBuyer":{"buyer":"aud","company":"audit"})");
  shop.given(R"("RegisterBuyer":{"buyer":"gus","company":"group",
               "roles":[{"role":"boss","reach":"company_and_below"}]})");
  shop.given(R"("SetRule":{"rule":"order-limit","outcome":"ask","tiers":[{"groups":[
               {"people":["aud"]},{"climb":true,"roles":["boss"]}]}]})");
  for (int i = 0; i < 3; ++i)
    shop.place("O-" + std::to_string(i), "bolt", "1", kByAnn);
  EXPECT_EQ(approvals_of(shop, "aud").size(), 3U);
  EXPECT_EQ(approvals_of(shop, "gus").size(), 3U);
  EXPECT_TRUE(approvals_of(shop, "bob").empty());
  shop.given(by("gus", "ApproveOrder", "O-1", R"(,"comment":"fine")"));
  EXPECT_EQ(approvals_of(shop, "gus").size(), 2U);
  const json of_aud = approvals_of(shop, "aud");
  ASSERT_EQ(of_aud.size(), 3U);
  EXPECT_EQ(of_aud[1]["votes"][0]["comment"], "fine");
  EXPECT_EQ(of_aud[1]["votes"][0]["voted_as"], "climb");
  EXPECT_EQ(of_aud[1]["asked_on"], "2026-03-02");
}

TEST(ApprovalsAnswer, GoesOnWhereAPageEnded) {
  Shop shop;
  shop.given(R"("SetRule":{"rule":"order-limit","outcome":"ask","tiers":[{"groups":[
               {"roles":["approver"]}]}]})");
  for (int i = 0; i < 5; ++i)
    shop.place("O-" + std::to_string(i), "bolt", "1", kByAnn);
  std::vector<std::string> orders;
  std::string after;
  do {
    const Told page =
        ask(shop, {.question = Question::approvals, .name = "bob", .after = after, .limit = 2});
    const json body = json::parse(page.body, nullptr, false);
    for (const json& row : body["approvals"])
      orders.push_back(row["order"]);
    after = page.next;
  } while (!after.empty());
  EXPECT_EQ(orders, (std::vector<std::string>{"O-0", "O-1", "O-2", "O-3", "O-4"}));
}

TEST(ApprovalsAnswer, SaysWhenARequestExpiresAndWhoWasAskedBesides) {
  Shop shop;
  shop.given(R"("RegisterBuyer":{"buyer":"adm","company":"acme","roles":[{"role":"admin"}]})");
  shop.policy("approval.expiry_days", "9");
  shop.policy("approval.escalation_days", "1");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.day("2026-03-03");
  const json row = approvals_of(shop, "adm").at(0);
  EXPECT_EQ(row["expires_on"], "2026-03-11");
  EXPECT_EQ(row["escalated_to"], json({"adm"}));
}

TEST(OrderAnswer, KeepsWhatARequestEndedAsWithItsComments) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(by("bob", "RejectOrder", "O-1", R"(,"comment":"too dear")"));
  const json order = told(shop, {.question = Question::order, .name = "O-1"});
  EXPECT_EQ(order["approval_ended"]["ended_as"], "rejected");
  EXPECT_EQ(order["approval_ended"]["by"], "bob");
  EXPECT_EQ(order["approval_ended"]["comment"], "too dear");
  shop.place("O-2", "bolt", "42", kByAnn);
  shop.given(by("bob", "ApproveOrder", "O-2", R"(,"comment":"go")"));
  const json other = told(shop, {.question = Question::order, .name = "O-2"});
  EXPECT_EQ(other["approval_ended"]["votes"][0]["comment"], "go");
}

TEST(StaffAnswer, SaysRolesAndWhatComesOfThem) {
  Shop shop;
  shop.given(R"("RegisterStaff":{"staff":"carla","name":"Carla C.","roles":[
      {"role":"credit_manager","limits":[{"act":"release_hold","amount":"500.00"}]}]})");
  const json staff = told(shop, {.question = Question::staff, .name = "carla"});
  EXPECT_EQ(staff["name"], "Carla C.");
  EXPECT_EQ(staff["acts"][0]["act"], "release_hold");
  EXPECT_EQ(staff["acts"][0]["amount"], "500.00");
  EXPECT_EQ(staff["acts"].size(), 3U);
  const json list = told(shop, {.question = Question::staff_list});
  EXPECT_EQ(list["staff"][0]["roles"], json({"credit_manager"}));
}

TEST(AuthorityAnswer, SaysUpToWhichAmountPeopleMayApprove) {
  Shop shop;
  shop.given(R"("RegisterStaff":{"staff":"carla","roles":[{"role":"credit_manager"}]})");
  shop.given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","order_limit":"900.00",
               "roles":[{"role":"approver","may_override":true}]})");
  const json all = told(shop, {.question = Question::authority});
  ASSERT_EQ(all["people"].size(), 3U);
  EXPECT_EQ(all["people"][0]["person"], "carla");
  EXPECT_EQ(all["people"][0]["kind"], "staff");
  const json people = told(shop, {.question = Question::authority, .name = "acme"})["people"];
  ASSERT_EQ(people.size(), 2U);
  EXPECT_EQ(people[0]["person"], "ann");
  EXPECT_EQ(people[0]["approves"], false);
  EXPECT_EQ(people[1]["approves_up_to"], "900.00");
  EXPECT_EQ(people[1]["overrides"], true);
}

// ---- four eyes ----------------------------------------------------------------------------------

json four_eyes(const Story& story, ToAsk ask = {}) {
  ask.question = Question::four_eyes;
  return told(story, ask);
}

TEST(FourEyesAnswer, FindsNothingWherePeopleDiffer) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(by("bob", "ApproveOrder", "O-1"));
  const json all = four_eyes(shop);
  EXPECT_EQ(all["approvals"], 1);
  EXPECT_TRUE(all.value("found", json::array()).empty());
}

TEST(FourEyesAnswer, FindsPlacersWhoApprovedUnderTheRolesOfThatDay) {
  Shop shop;
  shop.policy("approval.self", "allowed");
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"500.00",
               "roles":[{"role":"buyer"},{"role":"approver"}]})");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"buyer"}]})");
  const json found = four_eyes(shop)["found"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["order"], "O-1");
  EXPECT_EQ(found[0]["person"], "ann");
  EXPECT_EQ(found[0]["created"], true);
  EXPECT_EQ(found[0]["approved"], true);
  EXPECT_EQ(found[0]["how"], "OrderApproved");
  EXPECT_EQ(found[0]["roles"].size(), 2U);
}

TEST(FourEyesAnswer, CountsWhoPlacedForSomebodyElseAsCreator) {
  Shop shop;
  shop.when(R"("actor":"bob",)"
            R"("PlaceOrder":{"order":"O-1","company":"acme","buyer":"ann",
             "lines":[{"item":"bolt","quantity":"42"}]})");
  shop.given(by("bob", "ApproveOrder", "O-1", R"(,"comment":"mine")"));
  const json found = four_eyes(shop)["found"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["person"], "bob");
  EXPECT_EQ(found[0]["how"], "ApprovalGranted");
  EXPECT_EQ(found[0]["comment"], "mine");
}

TEST(FourEyesAnswer, FindsApproversWhoRecordedThePayment) {
  Shop shop;
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(by("bob", "ApproveOrder", "O-1"));
  shop.allocate("O-1");
  shop.ship("O-1", "S-1");
  shop.invoice("O-1", "I-1");
  shop.day("2026-03-05");
  shop.given(R"("actor":"bob","RecordPayment":{"payment":"P-1","payer":"acme",
               "amount":"504.00","currency":"EUR"})");
  const json found = four_eyes(shop)["found"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["paid"], true);
  EXPECT_EQ(found[0]["approved"], true);
  EXPECT_EQ(found[0]["created"], false);
  EXPECT_EQ(found[0]["how"], "PaymentApplied");
  EXPECT_EQ(found[0]["business_date"], "2026-03-05");
  const Date day = *parse_date("2026-03-05");
  EXPECT_EQ(four_eyes(shop, {.date_from = day, .date_to = day})["found"].size(), 1U);
  EXPECT_TRUE(
      four_eyes(shop, {.date_to = add_days(day, -1)}).value("found", json::array()).empty());
  EXPECT_TRUE(four_eyes(shop, {.name = "ann"}).value("found", json::array()).empty());
}

TEST(FourEyesAnswer, FindsApproversWhoRecordedThePaymentOfADeposit) {
  Shop shop;
  shop.place("O-1", "bolt", "42", std::string(kByAnn) + R"(,"settlement":"prepaid")");
  shop.given(by("bob", "ApproveOrder", "O-1"));
  shop.given(R"("actor":"bob","RecordPayment":{"payment":"P-1","payer":"acme",
               "amount":"504.00","orders":[{"order":"O-1"}]})");
  const json found = four_eyes(shop)["found"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["paid"], true);
  EXPECT_EQ(found[0]["approved"], true);
  EXPECT_EQ(found[0]["how"], "DepositApplied");
}

TEST(FourEyesAnswer, FindsWhoOverrodeAnOrderOfOnesOwn) {
  Shop shop;
  shop.given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"1.00",
               "roles":[{"role":"buyer","may_override":true}]})");
  shop.policy("approval.self", "allowed");
  shop.place("O-1", "bolt", "42", kByAnn);
  shop.given(by("ann", "OverrideApproval", "O-1"));
  const json found = four_eyes(shop)["found"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["how"], "ApprovalOverridden");
}

}  // namespace
}  // namespace kontor::test
