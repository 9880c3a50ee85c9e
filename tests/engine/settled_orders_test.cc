// Orders that are settled leave memory, and come back when a command names them.
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "document_generated.h"

#include "engine/replay.h"
#include "engine/views/view_host.h"
#include "events/base/mark.h"
#include "projections/hash_set.h"
#include "projections/tables.h"
#include "tests/engine/settled_shop.h"
#include "tests/engine/views/scratch.h"

namespace kontor::test {
namespace {

// What is kept of an order, as far as one who names it can tell.
struct Seen {
  bool in_memory = false;
  std::size_t settled = 0;
  std::uint32_t version = 0;
  Order order;
  std::vector<OrderLineState> lines;
  std::string region;
};

class SettledOrders : public SettledShop {
 protected:
  // What is ordered from here on is taken of a budget and a buyer's month.
  void allow_spending() {
    given(tell(R"("RegisterCostCentre":{"cost_centre":"bar","company":"acme"})"));
    given(tell(R"("SetBudget":{"budget":"b","amount":"10.00","cost_centres":["bar"]})"));
    given(tell(R"("RegisterBuyer":{"buyer":"ann","company":"acme","roles":[{"role":"buyer"}],
               "period_limit":"10.00","period":"month","cost_centre":"bar"})"));
    buyer_ = R"(,"buyer":"ann")";
  }
  std::int64_t taken_of_budget() {
    std::int64_t taken = 0;
    Look look([&](const Books& books) {
      const Budgets& budgets = books.find(BookNumber{1})->budgets();
      taken = budgets.budget(*budgets.find_budget("b")).taken.value();
    });
    EXPECT_EQ(live_.engine().ask(look.question()), StatusCode::kDone);
    EXPECT_TRUE(look.wait_answered());
    return taken;
  }
  void let_it_leave(const std::string& order) {
    let_all_leave();
    ASSERT_FALSE(look(order).in_memory);
  }
  Seen look(const std::string& name) {
    Seen seen;
    with_book([&](const Book& book) {
      seen.settled = book.orders().settled().size();
      const Order* const order = book.orders().find(name);
      if (order == nullptr) return;
      seen.in_memory = true;
      seen.order = *order;
      const auto lines = book.orders().lines(*order);
      seen.lines.assign(lines.begin(), lines.end());
      seen.region = book.orders().region(*order);
    });
    return seen;
  }
};

TEST_F(SettledOrders, LeaveWhenNothingHasTouchedThemForAsManyEventsAsTheBookSays) {
  trade("O-1");
  given(place("O-2"));
  let_pass(limits::kSettledKeptMin - 4);  // three events of O-2 came before
  EXPECT_TRUE(look("O-1").in_memory);
  let_pass(1);
  EXPECT_FALSE(look("O-1").in_memory);
  EXPECT_EQ(look("O-1").settled, 1U);
  let_pass(2 * limits::kSettledKeptMin);
  EXPECT_TRUE(look("O-2").in_memory) << "it is open";
}

TEST_F(SettledOrders, StayWhileWhatWasBilledAheadHasNotLeft) {
  given(tell(R"("SetPolicy":{"policy":"invoice.basis","value":"ordered"})"));
  given(place("O-1"));
  given(about("InvoiceOrder", "O-1", R"(,"invoice":"I-1")"));
  let_all_leave();
  EXPECT_TRUE(look("O-1").in_memory) << "its goods are still to be shipped";
  given(about("AllocateOrder", "O-1"));
  given(about("ShipOrder", "O-1", R"(,"shipment":"S-1")"));
  let_it_leave("O-1");
}

TEST_F(SettledOrders, AreReopenedByADecisionOfItsOwnBeforeTheCommandThatNamesThem) {
  trade("O-1");
  const Seen before = look("O-1");
  let_it_leave("O-1");
  const EngineAnswer refused = about("CancelOrder", "O-1");
  EXPECT_EQ(refused.status, StatusCode::kRefused);
  EXPECT_TRUE(live_.commands_in_log().ends_with("ReopenDocument CancelOrder"));

  const Seen after = look("O-1");
  ASSERT_TRUE(after.in_memory);
  EXPECT_EQ(after.settled, 0U);
  EXPECT_EQ(after.order.ref, before.order.ref);
  EXPECT_EQ(after.order.version, before.order.version) << "reopening is no change of it";
  EXPECT_EQ(after.order.total, before.order.total);
  EXPECT_EQ(after.order.agreed, before.order.agreed);
  EXPECT_EQ(after.order.company, before.order.company);
  EXPECT_EQ(after.order.placed_on, before.order.placed_on);
  EXPECT_EQ(after.order.approval, before.order.approval);
  EXPECT_EQ(after.order.credit, before.order.credit);
  EXPECT_EQ(after.order.fulfilled, before.order.fulfilled);
  EXPECT_EQ(after.region, "south");
  EXPECT_EQ(bytes_of(after.lines), bytes_of(before.lines));
}

// Every command that names an order finds a settled one, and says what it would have said.
TEST_F(SettledOrders, AreFoundByEveryCommandThatNamesAnOrder) {
  const std::vector<std::pair<std::string, std::string>> commands = {
      {"AllocateOrder", ""},
      {"AmendOrder", R"(,"amendment":"A-1","lines":[{"line":1,"quantity":9}])"},
      {"ApproveOrder", ""},
      {"CancelOrder", ""},
      {"HoldOrder", ""},
      {"InvoiceOrder", R"(,"invoice":"I-2")"},
      {"RejectOrder", ""},
      {"ReleaseHold", ""},
      {"ReleaseReservation", R"(,"release":"R-1")"},
      {"ReturnGoods", R"(,"return":"B-1","lines":[
          {"line":1,"quantity":99,"disposition":"scrap"}])"},
      {"ShipOrder", R"(,"shipment":"S-2")"},
      {"PlaceOrder", R"(,"company":"acme","lines":[{"item":"bolt","quantity":1}])"}};
  trade("O-1");
  std::size_t reopened = 0;
  for (const auto& [command, more] : commands) {
    const EngineAnswer at_once = about(command, "O-1", more);
    let_it_leave("O-1");
    const EngineAnswer later = about(command, "O-1", more);
    EXPECT_EQ(reopenings(), ++reopened) << command;
    EXPECT_TRUE(live_.commands_in_log().ends_with("ReopenDocument " + command));
    EXPECT_EQ(later.status, StatusCode::kRefused) << command;
    EXPECT_EQ(later.status, at_once.status) << command;
    EXPECT_EQ(later.bytes.size(), at_once.bytes.size()) << command << ": the same reasons";
    let_it_leave("O-1");
    // In memory for the next round's first asking.
    about("HoldOrder", "O-1");
    ++reopened;
  }
}

TEST_F(SettledOrders, AreGivenBackAndCreditedLikeOthers) {
  trade("O-1");
  let_it_leave("O-1");
  const EngineAnswer back = about("ReturnGoods", "O-1",
                                  R"(,"return":"B-1","warehouse":"north","lines":[
            {"line":1,"quantity":3,"disposition":"restock"}])");
  EXPECT_EQ(back.status, StatusCode::kDone) << back.events;
  let_pass(2 * limits::kSettledKeptMin);
  EXPECT_TRUE(look("O-1").in_memory) << "what came back is to be credited";
  given(tell(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-O-1",
             "returns":[{"goods_return":"B-1","line":1}]})"));
  let_it_leave("O-1");
  given(tell(R"("CancelCreditNote":{"credit_note":"C-1"})"));
  EXPECT_TRUE(look("O-1").in_memory) << "the note is of its invoice";
  EXPECT_EQ(look("O-1").lines.front().credited, Quantity{0});
}

TEST_F(SettledOrders, AreFoundByACreditNoteOfTheirInvoice) {
  trade("O-1");
  let_it_leave("O-1");
  given(tell(R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-O-1","warehouse":"north",
             "lines":[{"line":2,"quantity":2,"disposition":"restock"}]})"));
  EXPECT_EQ(reopenings(), 1U);
  EXPECT_EQ(look("O-1").lines.back().returned, Quantity{2 * kQuantityUnit});
}

TEST_F(SettledOrders, AreNotReadBackByARepeatNorByAPaymentOfTheirInvoice) {
  trade("O-1");
  const std::string command = R"({"id":"again","CancelOrder":{"order":"O-1"}})";
  const EngineAnswer first = live_.ask(command);
  let_it_leave("O-1");
  EXPECT_EQ(as_first(live_.ask(command)), first);
  given(tell(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"6.00",
             "invoices":[{"invoice":"I-O-1"}]})"));
  EXPECT_EQ(reopenings(), 0U);
  EXPECT_FALSE(look("O-1").in_memory);
}

TEST_F(SettledOrders, KeepWhatTheyTookOfABudgetAndGiveItBack) {
  allow_spending();
  trade("O-1");
  EXPECT_EQ(taken_of_budget(), 600);
  let_it_leave("O-1");
  for (int round = 1; round <= 2; ++round) {
    const std::string number = std::to_string(round);
    given(about("ReturnGoods", "O-1",
                R"(,"return":"B-)" + number +
                    R"(","lines":[{"line":1,"quantity":1,"disposition":"scrap"}])"));
    std::string credit = R"("IssueCreditNote":{"credit_note":"C-)";
    credit.append(number).append(R"(","invoice":"I-O-1","returns":[{"goods_return":"B-)");
    given(tell(credit.append(number).append(R"(","line":1}]})")));
    EXPECT_EQ(taken_of_budget(), 600 - 100 * round);
    let_it_leave("O-1");
  }
  EXPECT_EQ(taken_of_budget(), 400) << "leaving gives nothing back";
}

TEST_F(SettledOrders, ArePaidOfABudgetWithoutBeingReadBack) {
  allow_spending();
  given(tell(R"("SetPolicy":{"policy":"budget.at","value":"payment"})"));
  trade("O-1");
  let_it_leave("O-1");
  EXPECT_EQ(taken_of_budget(), 0);
  given(tell(R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"6.00"})"));
  EXPECT_EQ(taken_of_budget(), 600);
  given(tell(R"("ReversePayment":{"reversal":"V-1","payment":"P-1","amount":"2.00"})"));
  EXPECT_EQ(taken_of_budget(), 400);
  EXPECT_EQ(reopenings(), 0U);
  given(about("ReturnGoods", "O-1",
              R"(,"return":"B-1","lines":[{"line":1,"quantity":1,"disposition":"scrap"}])"));
  EXPECT_EQ(taken_of_budget(), 400) << "of the invoice, not of the order";
}

TEST_F(SettledOrders, LeaveAndComeBackAgainAndAgain) {
  trade("O-1");
  for (std::size_t round = 1; round <= 3; ++round) {
    let_it_leave("O-1");
    given(about("ReturnGoods", "O-1",
                R"(,"return":"B-)" + std::to_string(round) +
                    R"(","lines":[{"line":1,"quantity":1,"disposition":"scrap"}])"));
    given(tell(R"("IssueCreditNote":{"credit_note":"C-)" + std::to_string(round) +
               R"(","invoice":"I-O-1","returns":[{"goods_return":"B-)" + std::to_string(round) +
               R"(","line":1}]})"));
    EXPECT_EQ(reopenings(), round);
    EXPECT_EQ(look("O-1").lines.front().returned.value(),
              static_cast<std::int64_t>(round) * kQuantityUnit);
  }
}

TEST_F(SettledOrders, AreNamedBeforeTheirEventsAreDurable) {
  const std::uint64_t far = limits::kSettledKeptMin;
  std::vector<std::string> all;
  const auto add = [&](const std::string& command) {
    all.push_back(R"({"id":"n)" + std::to_string(all.size()) + "\"," + command + "}");
  };
  add(R"("PlaceOrder":{"order":"O-1","company":"acme","lines":[{"item":"bolt","quantity":1}]})");
  add(R"("CancelOrder":{"order":"O-1"})");
  for (std::uint64_t i = 0; i < far; ++i)
    add(R"("SetCreditLimit":{"company":"acme","limit":"1000000.00"})");
  add(R"("CancelOrder":{"order":"O-1"})");
  const std::vector<StatusCode> statuses = live_.submit(all)->statuses();
  ASSERT_EQ(statuses.size(), all.size());
  EXPECT_EQ(statuses.back(), StatusCode::kRefused);
  EXPECT_EQ(reopenings(), 1U) << "in one frame, and so in one batch";
}

TEST_F(SettledOrders, AreTheSameAfterAReplay) {
  trade("O-1");
  trade("O-2");
  let_it_leave("O-1");
  about("HoldOrder", "O-2");
  const Digest before = live_.digest();
  live_.restart();
  EXPECT_EQ(live_.digest(), before);
  EXPECT_EQ(place("O-1").status, StatusCode::kRefused) << "it exists";
  EXPECT_EQ(place("O-3").status, StatusCode::kDone);
  EXPECT_EQ(reopenings(), 2U);
}

TEST_F(SettledOrders, StayWhereTheLogDoesNotSayForHowLong) {
  // As logs of earlier releases say nothing: their decisions are about orders in memory.
  Orders orders;
  BufferSink saved;
  orders.save(saved);
  EXPECT_EQ(orders.settled_kept(), 0U);
  const EngineAnswer wrong =
      live_.ask(R"({"id":"w","OpenBook":{"book":"other","currency":"EUR","settled_kept":15}})");
  EXPECT_EQ(wrong.status, StatusCode::kRefused);
}

std::uint64_t times(std::string_view mark_name) {
  for (const Mark& mark : all_marks()) {
    if (mark.name == mark_name) return mark.count.load();
  }
  ADD_FAILURE() << "no such mark: " << mark_name;
  return 0;
}
constexpr std::string_view kReadBirths =
    "the births of documents read from the log, as no view has them";
std::uint64_t times_the_log_was_read() {
  return times("a settled document gathered by reading on from its birth") + times(kReadBirths);
}

// A shop whose settled documents leave memory after 16 events, beside its views.
class SettledDocumentsByTheViews : public testing::Test {
 protected:
  SettledDocumentsByTheViews() {
    ViewHostOptions host_options;
    host_options.look_every = std::chrono::milliseconds(1);
    auto log = std::make_unique<MemoryEventLog>();
    views_.emplace(*log, folder_.path(), host_options);
    EngineOptions options;
    options.views = &*views_;
    live_.emplace(std::move(log), options);
    live_->open_shop(R"(,"settled_kept":16)");
  }
  void TearDown() override { views_->stop(); }  // before the log goes

  bool views_have_all() { return views_->wait_for(live_->log().tail().last, kWaitMax); }
  StatusCode tell(const std::string& command) {
    return live_->ask(R"({"id":"told)" + std::to_string(++told_) + "\"," + command + "}").status;
  }
  StatusCode place(const std::string& order) {
    return tell(R"("PlaceOrder":{"order":")" + order +
                R"(","company":"acme","lines":[{"item":"bolt","quantity":1}]})");
  }
  void let_leave(const std::string& order) {
    ASSERT_EQ(place(order), StatusCode::kDone);
    ASSERT_EQ(tell(R"("CancelOrder":{"order":")" + order + "\"}"), StatusCode::kDone);
    let_pass();
  }
  // So many events that what is settled leaves.
  void let_pass() {
    for (int i = 0; i < 20; ++i)
      tell(R"("SetCreditLimit":{"company":"acme","limit":"1000000.00"})");
  }

  const Scratch folder_;
  std::optional<ViewHost> views_;
  std::optional<LiveEngine> live_;
  int told_ = 0;
};

// The views say where a document of that name was born and which events it has, so that nothing
// between them is read.
TEST_F(SettledDocumentsByTheViews, AreTheSameAsWithoutIt) {
  LiveEngine& live = *live_;
  live.ask(R"({"id":"a","PlaceOrder":{"order":"O-1","company":"acme","lines":[
           {"item":"bolt","quantity":1}]}})");
  live.ask(R"({"id":"b","CancelOrder":{"order":"O-1"}})");
  live.ask(R"({"id":"p","RecordPayment":{"payment":"P-1","payer":"acme","amount":"5.00"}})");
  live.ask(R"({"id":"q","Refund":{"refund":"F-1","payment":"P-1"}})");
  const std::uint64_t read = times_the_log_was_read();
  for (const char* const id :
       {"d", "e"}) {  // the second time with a DocumentReopened in its stream
    let_pass();
    ASSERT_TRUE(views_have_all());
    const std::string cancel =
        R"({"id":")" + std::string(id) + R"(","CancelOrder":{"order":"O-1"}})";
    EXPECT_EQ(live.ask(cancel).status, StatusCode::kRefused);
    EXPECT_TRUE(live.commands_in_log().ends_with("ReopenDocument CancelOrder"));
  }
  const std::string reverse = R"({"id":"r","ReversePayment":{"reversal":"R-1","payment":"P-1"}})";
  EXPECT_EQ(live.ask(reverse).status, StatusCode::kRefused) << "it was paid back";
  EXPECT_TRUE(live.commands_in_log().ends_with("ReopenDocument ReversePayment"));
  EXPECT_EQ(times_the_log_was_read(), read);
  Books again;
  ASSERT_TRUE(replay(live.log(), again, ReplayOptions{}, nullptr).ok());
  EXPECT_EQ(again.find(BookNumber{1})->digest(), live.digest());
}

// Views that lag: what they know they tell, and behind that the log is read.
TEST_F(SettledDocumentsByTheViews, AreFoundBehindThemToo) {
  let_leave("O-1");
  ASSERT_TRUE(views_have_all());
  views_->stop();
  let_leave("O-2");
  const std::uint64_t read = times(kReadBirths);
  EXPECT_EQ(place("O-1"), StatusCode::kRefused) << "it is there, says the view";
  EXPECT_EQ(times(kReadBirths), read);
  EXPECT_EQ(place("O-2"), StatusCode::kRefused) << "it is there, says the log";
  EXPECT_EQ(times(kReadBirths), read + 1);
  EXPECT_EQ(place("O-3"), StatusCode::kDone);
  EXPECT_TRUE(live_->commands_in_log().ends_with(
      "ReopenDocument PlaceOrder ReopenDocument PlaceOrder PlaceOrder"));
}

TEST_F(SettledDocumentsByTheViews, OfEveryKindAreFoundBehindThem) {
  ASSERT_TRUE(views_have_all());
  views_->stop();
  for (const char* const command :
       {R"("ReceiveStock":{"receipt":"rc","warehouse":"north","lines":[
         {"item":"bolt","quantity":9}]})",
        R"("PlaceOrder":{"order":"O-1","company":"acme","lines":[{"item":"bolt","quantity":4}]})",
        R"("AllocateOrder":{"order":"O-1"})", R"("ShipOrder":{"order":"O-1","shipment":"S-1"})",
        R"("InvoiceOrder":{"order":"O-1","invoice":"I-1"})",
        R"("IssueCreditNote":{"credit_note":"C-1","invoice":"I-1","cause":"goods_return",
         "lines":[{"line":1,"quantity":1,"disposition":"scrap"}]})",
        R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"3.00",
         "invoices":[{"invoice":"I-1"}]})"}) {
    ASSERT_EQ(tell(command), StatusCode::kDone) << command;
  }
  let_pass();
  const std::string read_back = live_->commands_in_log();
  for (const char* const command :
       {R"("InvoiceOrder":{"order":"no-order","invoice":"I-1"})",
        R"("IssueCreditNote":{"credit_note":"C-1","invoice":"no-invoice",
         "lines":[{"line":1,"quantity":1,"disposition":"scrap"}]})",
        R"("RecordPayment":{"payment":"P-1","payer":"acme","amount":"3.00"})"}) {
    EXPECT_EQ(tell(command), StatusCode::kRefused) << command;
  }
  EXPECT_EQ(live_->commands_in_log(),
            read_back +
                " ReopenDocument InvoiceOrder ReopenDocument IssueCreditNote"
                " ReopenDocument RecordPayment");
}

// The set of names that left keeps 29 bits of each: another name may seem to have left.
TEST_F(SettledDocumentsByTheViews, AreNotLookedForInTheLogWhenTheyNeverWere) {
  std::map<std::uint64_t, std::string> names;
  std::pair<std::string, std::string> alike;
  for (int i = 0; alike.first.empty(); ++i) {
    const std::string name = "O-" + std::to_string(i);
    const auto [first, is_new] =
        names.try_emplace(hash_bytes(name) >> (64 - HashSet::kHashBits), name);
    if (!is_new) alike = {first->second, name};
  }
  views_->stop();
  let_leave(alike.first);
  const std::uint64_t read = times_the_log_was_read();
  EXPECT_EQ(place(alike.second), StatusCode::kDone);
  EXPECT_EQ(times_the_log_was_read(), read);
  EXPECT_EQ(place(alike.first), StatusCode::kRefused) << "that one is there";
  EXPECT_GT(times_the_log_was_read(), read);
}

// What a decision says of an order behind the event that touches it belongs to the order, at
// whichever position it is read back.
TEST_F(SettledDocumentsByTheViews, HaveAllThatTheirLastDecisionSaysOfThem) {
  LiveEngine& live = *live_;
  const auto given = [&](const std::string& command) {
    ASSERT_EQ(tell(command), StatusCode::kDone) << command;
  };
  std::int64_t taken = 0;
  bool in_memory = true;
  const auto look = [&] {
    Look question([&](const Books& books) {
      const Book& book = *books.find(BookNumber{1});
      taken = book.budgets().budget(*book.budgets().find_budget("b")).taken.value();
      in_memory = book.orders().find("O-1") != nullptr;
    });
    ASSERT_EQ(live.engine().ask(question.question()), StatusCode::kDone);
    ASSERT_TRUE(question.wait_answered());
  };
  given(
      R"("ReceiveStock":{"receipt":"rc","warehouse":"north","lines":[{"item":"bolt","quantity":9}]})");
  given(R"("RegisterCostCentre":{"cost_centre":"bar","company":"acme"})");
  given(R"("SetBudget":{"budget":"b","amount":"10.00","cost_centres":["bar"]})");
  given(R"("PlaceOrder":{"order":"O-1","company":"acme","cost_centre":"bar","lines":[
         {"item":"bolt","quantity":4}]})");
  given(R"("AllocateOrder":{"order":"O-1"})");
  given(R"("ShipOrder":{"order":"O-1","shipment":"S-1"})");
  given(R"("InvoiceOrder":{"order":"O-1","invoice":"I-1"})");
  for (const std::string note : {"1", "2", "3"}) {
    given(R"("IssueCreditNote":{"credit_note":"C-)" + note +
          R"(","invoice":"I-1","cause":"goods_return",
           "lines":[{"line":1,"quantity":1,"disposition":"scrap"}]})");
    look();
    EXPECT_EQ(taken, 400 - 100 * std::stoi(note));
    for (int i = 0; i < 40 && in_memory; ++i) {  // until the moment at which it leaves
      given(R"("SetCreditLimit":{"company":"acme","limit":"1000000.00"})");
      look();
    }
    ASSERT_FALSE(in_memory);
    ASSERT_TRUE(views_have_all());
  }
}

}  // namespace
}  // namespace kontor::test
