// The seller's people: what needs authority, and how far it goes.
#include <gtest/gtest.h>

#include "engine/rules/authority.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

std::string as(std::string_view actor, std::string_view command) {
  return R"("actor":")" + std::string(actor) + "\"," + std::string(command);
}

std::string staff(std::string_view name, std::string_view roles, std::string_view more = "") {
  return R"("RegisterStaff":{"staff":")" + std::string(name) + R"(","roles":[)" +
         std::string(roles) + "]" + std::string(more) + "}";
}

// acme's O-1 of 1,200.00 is held over its limit of 1,000.00; carla releases up to 1,200.00.
class Office : public Shop {
 public:
  Office() {
    given(staff("carla", R"({"role":"credit_manager","limits":[
                {"act":"release_hold","amount":"1200.00"}]})"));
    given(staff("arne", R"({"role":"accountant"})"));
    given(staff("willi", R"({"role":"warehouse"})"));
    place("O-1", "penny", "120000");
  }
  ~Office() override = default;
};

constexpr std::string_view kRelease = R"("ReleaseHold":{"order":"O-1"})";

TEST(ReleaseHold, IsDoneUpToOnesAuthority) {
  Office office;
  const Answer released = office.when(as("carla", kRelease));
  EXPECT_EQ(released.events, "HoldReleased CreditCommitted");
  EXPECT_NE(released.body("HoldReleased").find("carla"), std::string::npos);
}

TEST(ReleaseHold, RefusesAboveAuthorityOneCentBeyondIt) {
  Office office;
  office.cancel("O-1");
  office.place("O-2", "penny", "120001");
  const Answer no = office.when(as("carla", R"("ReleaseHold":{"order":"O-2"})"));
  EXPECT_EQ(no.reasons, "above_authority");
  EXPECT_EQ(no.grounds.at(0).subject, "staff");
  EXPECT_EQ(no.grounds.at(0).name, "carla");
  EXPECT_EQ(no.grounds.at(0).found, "1200.01");
  EXPECT_EQ(no.grounds.at(0).allowed, "1200.00");
}

// E-C17: recorded with person and expiry; the reason stands in the decision.
TEST(ReleaseHold, IsRecordedWithPersonAndExpiry) {
  Office office;
  const Answer released = office.when(R"("actor":"carla","reason":"paid by phone",
      "ReleaseHold":{"order":"O-1","expires":"2026-03-10"})");
  const std::string body = released.body("HoldReleased");
  EXPECT_NE(body.find(R"("by_name":"carla","expires":"2026-03-10")"), std::string::npos) << body;
}

TEST(ReleaseHold, RefusesNotPermittedToWhoHasNoRoleForIt) {
  Office office;
  EXPECT_EQ(office.when(as("arne", kRelease)).reasons, "not_permitted");
  EXPECT_EQ(office.when(as("bob", kRelease)).reasons, "not_permitted");
  EXPECT_EQ(office.when(as("nobody", kRelease)).reasons, "not_permitted");
  office.given(staff("carla", R"({"role":"credit_manager"})", R"(,"status":"inactive")"));
  EXPECT_EQ(office.when(as("carla", kRelease)).reasons, "not_permitted");
}

TEST(ReleaseHold, IsThePrincipalsWithoutAnActor) {
  Office office;
  EXPECT_TRUE(office.when(kRelease).has("HoldReleased"));
}

TEST(ReleaseHold, IsAnybodysInABookWithoutRegisteredPeople) {
  Shop shop;
  shop.place("O-1", "penny", "120000");
  EXPECT_TRUE(shop.when(as("whoever", kRelease)).has("HoldReleased"));
}

TEST(ReleaseHold, RefusesAboveAuthorityInAnotherCurrency) {
  Office office;
  office.given(staff("carla", R"({"role":"credit_manager","limits":[
                     {"act":"release_hold","amount":"9000.00"}]})",
                     R"(,"currency":"USD")"));
  EXPECT_EQ(office.when(as("carla", kRelease)).reasons, "above_authority");
}

// Of several roles the one that goes farthest counts.
TEST(ReleaseHold, GoesByTheRoleWhoseAuthorityGoesFarthest) {
  Office office;
  office.given(staff("carla", R"({"role":"credit_manager","limits":[
      {"act":"release_hold","amount":"1.00"}]},{"role":"head_of_sales","limits":[
      {"act":"release_hold"}]})"));
  EXPECT_TRUE(office.when(as("carla", kRelease)).has("HoldReleased"));
  const StaffMember& carla = office.book().staff().member(StaffId{0});
  EXPECT_EQ(authority_of(carla, SellerAct::release_hold).role, "head_of_sales");
  EXPECT_EQ(authority_of(carla, SellerAct::hold_order).role, "credit_manager");
  EXPECT_FALSE(authority_of(carla, SellerAct::refund).may());
}

TEST(HoldOrder, RefusesReasonMissingWhereThePolicyWantsOne) {
  Office office;
  office.policy("staff.reason", "required");
  const std::string hold = R"("HoldOrder":{"order":"O-1"})";
  EXPECT_EQ(office.when(as("carla", hold)).reasons, "reason_missing");
  EXPECT_FALSE(office.when(R"("reason":"fraud",)" + as("carla", hold)).refused());
}

TEST(Refund, IsBoundedByTheAccountantsAuthority) {
  Office office;
  office.given(staff("arne", R"({"role":"accountant","limits":[
                     {"act":"refund","amount":"50.00"},
                     {"act":"reverse_payment","amount":"20.00"}]})"));
  office.pay("P-1", "acme", "300.00");
  const auto refund = [](std::string_view name, std::string_view amount) {
    return R"("Refund":{"payment":"P-1","refund":")" + std::string(name) + R"(","amount":")" +
           std::string(amount) + R"("})";
  };
  EXPECT_EQ(office.when(as("arne", refund("R-1", "50.01"))).reasons, "above_authority");
  EXPECT_EQ(office.when(as("carla", refund("R-2", "1.00"))).reasons, "not_permitted");
  EXPECT_EQ(office.when(as("arne", refund("R-3", "50.00"))).events, "RefundPaid");
  const std::string reverse = R"("ReversePayment":{"payment":"P-1","reversal":"V-1","amount":)";
  EXPECT_EQ(office.when(as("arne", reverse + R"("20.01"})")).reasons, "above_authority");
  EXPECT_EQ(office.when(as("arne", reverse + R"("20.00"})")).events, "PaymentReversed");
}

TEST(IssueCreditNote, IsBoundedByTheAccountantsAuthority) {
  Office office;
  office.given(staff("arne", R"({"role":"accountant","limits":[
                     {"act":"issue_credit_note","amount":"1.00"},
                     {"act":"cancel_credit_note","amount":"0.99"}]})"));
  office.cancel("O-1");
  office.place("O-2", "penny", "1000");
  office.allocate("O-2");
  office.ship("O-2", "S-2");
  office.invoice("O-2", "I-2");
  const auto note = [](std::string_view name, std::string_view amount) {
    return R"("IssueCreditNote":{"credit_note":")" + std::string(name) +
           R"(","invoice":"I-2","amounts":[{"line":1,"amount":")" + std::string(amount) + R"("}]})";
  };
  EXPECT_EQ(office.when(as("arne", note("C-1", "1.01"))).reasons, "above_authority");
  EXPECT_EQ(office.when(as("willi", note("C-2", "1.00"))).reasons, "not_permitted");
  EXPECT_TRUE(office.when(as("arne", note("C-3", "1.00"))).has("CreditNoteIssued"));
  EXPECT_EQ(office.when(as("arne", R"("CancelCreditNote":{"credit_note":"C-3"})")).reasons,
            "above_authority");
}

TEST(CountStock, IsTheWarehouses) {
  Office office;
  const std::string count = R"("CountStock":{"count":"C-1","warehouse":"north",
      "lines":[{"item":"bolt","quantity":"90"}]})";
  EXPECT_EQ(office.when(as("arne", count)).reasons, "not_permitted");
  EXPECT_TRUE(office.when(as("willi", count)).has("StockCounted"));
}

TEST(OverrideApproval, IsBoundedByTheCreditManagersAuthority) {
  Office office;
  office.place("O-2", "bolt", "42", R"("buyer":"ann")");
  office.given(staff("carla", R"({"role":"credit_manager","limits":[
                     {"act":"override_approval","amount":"503.99"}]})"));
  const std::string override_it = R"("OverrideApproval":{"order":"O-2"})";
  EXPECT_EQ(office.when(as("carla", override_it)).reasons, "above_authority");
  EXPECT_EQ(office.when(as("arne", override_it)).reasons, "not_permitted");
  office.given(staff("carla", R"({"role":"credit_manager"})"));
  const Answer done = office.when(as("carla", override_it));
  EXPECT_TRUE(done.has("ApprovalOverridden"));
  EXPECT_NE(done.body("ApprovalOverridden").find(R"("staff":"carla")"), std::string::npos);
}

TEST(RegisterStaff, StatesAPersonAnewAsAWhole) {
  Office office;
  office.given(staff("carla", "", R"(,"name":"Carla C.")"));
  const StaffMember& carla = office.book().staff().member(StaffId{0});
  EXPECT_EQ(carla.name, "Carla C.");
  EXPECT_TRUE(carla.roles.empty());
  EXPECT_EQ(carla.version, 2U);
  EXPECT_EQ(office.when(R"("expected_version":1,)" + staff("carla", "")).reasons, "wrong_version");
}

TEST(RegisterStaff, RefusesWhatIsNotAnAuthority) {
  Shop shop;
  EXPECT_EQ(shop.when(staff("carla", R"({"role":"r","limits":[
                {"act":"refund","amount":-1}]})"))
                .reasons,
            "invalid_value");
  EXPECT_EQ(shop.when(staff("carla", R"({"role":"r","limits":[
                {"act":"refund"},{"act":"refund","amount":"2.00"}]})"))
                .reasons,
            "invalid_value");
}

}  // namespace
}  // namespace kontor::test
