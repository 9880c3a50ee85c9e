#include "api/cli/bodies.h"

#include <array>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/cli/bench_workload.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "events/log/page.h"

namespace kontor::cli {
namespace {

// The body as the server would hold it: aligned. Empty: not verified.
std::string json_of(std::uint16_t kind, Bodies::Body body) {
  const AlignedBuffer aligned(body);
  if (!verify_command(kind, aligned.bytes())) return {};
  return write_command_body_json(kind, aligned.bytes(), no_names());
}

TEST(Bodies, MakeAnOrderOfSeveralLines) {
  Bodies bodies;
  const std::array<LineBody, 2> lines = {
      LineBody{
          .item = "85123A", .quantity = Quantity{6'000'000}, .unit_price = UnitPrice{2'550'000}},
      LineBody{.item = "71053", .quantity = Quantity{1'000'000}}};
  const std::string json =
      json_of(number_of<PlaceOrder>,
              bodies.place({.order = "536365", .company = "17850", .buyer = {}, .lines = lines}));
  EXPECT_NE(json.find("\"order\":\"536365\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"item\":\"85123A\""), std::string::npos) << json;
  EXPECT_NE(json.find("\"item\":\"71053\""), std::string::npos) << json;
  EXPECT_EQ(json.find("buyer"), std::string::npos) << json;
}

TEST(Bodies, PayAnInvoiceWithWhatIsOpenOrOnAccount) {
  Bodies bodies;
  const std::string named = json_of(
      number_of<RecordPayment>,
      bodies.pay({.payment = "P-1", .payer = "acme", .amount = Minor{12'345}, .invoice = "I-1"}));
  EXPECT_NE(named.find("\"invoice\":\"I-1\""), std::string::npos) << named;
  const std::string on_account =
      json_of(number_of<RecordPayment>,
              bodies.pay({.payment = "P-2", .payer = "acme", .amount = Minor{1}, .invoice = {}}));
  EXPECT_FALSE(on_account.empty());
  EXPECT_EQ(on_account.find("invoices"), std::string::npos) << on_account;
}

TEST(BenchSetup, MakesOnlyCommandsThatVerify) {
  const BenchWorld world(3, 5);
  BenchSetup setup(world);
  CommandToSend command;
  std::uint64_t count = 0;
  while (setup.next(command)) {
    ++count;
    EXPECT_NE(json_of(command.kind, command.body), "") << command.id;
  }
  EXPECT_EQ(count, setup.count());
}

TEST(Lifecycles, TakeEveryOrderThroughItsSixCommandsInOrder) {
  const BenchWorld world(3, 5);
  const auto work = make_lifecycles(world, {.seed = 7, .open_orders = 4, .units_max = 10});
  const std::vector<std::uint16_t> life = {number_of<PlaceOrder>,    number_of<ApproveOrder>,
                                           number_of<AllocateOrder>, number_of<ShipOrder>,
                                           number_of<InvoiceOrder>,  number_of<RecordPayment>};
  std::map<std::string, std::vector<std::uint16_t>> kinds;
  CommandToSend command;
  while (work->next(command)) {
    EXPECT_NE(json_of(command.kind, command.body), "") << command.id;
    kinds[std::string(command.id.substr(1))].push_back(command.kind);
  }
  EXPECT_EQ(kinds.size(), 10U);
  for (const auto& [order, row] : kinds)
    EXPECT_EQ(row, life) << order;
}

TEST(Lifecycles, FinishWhatWasBegunWhenTheyEnd) {
  const BenchWorld world(1, 1);
  const auto work = make_lifecycles(world, {.open_orders = 12});
  CommandToSend command;
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(work->next(command));
  work->end();
  std::uint64_t placed_after = 0;
  while (work->next(command))
    placed_after += command.kind == number_of<PlaceOrder> ? 1 : 0;
  EXPECT_EQ(placed_after, 0U);
}

TEST(Lifecycles, AreTheSameForTheSameSeed) {
  const BenchWorld world(10, 10);
  const auto row = [&](std::uint64_t seed) {
    const auto work = make_lifecycles(world, {.seed = seed, .units_max = 20});
    std::string all;
    CommandToSend command;
    while (work->next(command))
      all += json_of(command.kind, command.body);
    return all;
  };
  EXPECT_EQ(row(1), row(1));
  EXPECT_NE(row(1), row(2));
}

TEST(Payments, VerifyAndCarryDifferentIds) {
  const BenchWorld world(10, 1);
  const auto work = make_payments(world, {.units_max = 50});
  std::map<std::string, int> ids;
  CommandToSend command;
  while (work->next(command)) {
    EXPECT_NE(json_of(command.kind, command.body), "");
    ++ids[std::string(command.id)];
  }
  EXPECT_EQ(ids.size(), 50U);
}

}  // namespace
}  // namespace kontor::cli
