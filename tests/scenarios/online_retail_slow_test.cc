// A year of a real wholesaler, decided command by command; every customer's balance against one
// that SQL computes from the file alone, under the rules the import states.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "open_book_generated.h"

#include "api/cli/online_retail.h"
#include "api/cli/online_retail_plan.h"
#include "engine/books.h"
#include "engine/decider.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"
#include "events/log/page_builder.h"
#include "tests/support/test_data.h"

namespace kontor::cli {
namespace {

// Receivable and unapplied, in pence.
using Balance = std::pair<std::int64_t, std::int64_t>;
using Balances = std::map<std::string, Balance>;

// Runs a shell command; what it said when it fails.
std::string run(const std::string& command) {
  std::FILE* const pipe = ::popen(("(" + command + ") 2>&1").c_str(), "r");
  if (pipe == nullptr) return "cannot start: " + command;
  std::string said;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    said += static_cast<char>(c);
  return ::pclose(pipe) == 0 ? std::string() : "failed: " + command + "\n" + said;
}

Balances computed_by_sql(const std::filesystem::path& file) {
  const test::ScratchDir folder;
  const std::string inside = "cd '" + folder.path().string() + "' && ";
  const std::string script =
      (test::source_dir() / "tests/scenarios/online_retail_balances.sql").string();
  EXPECT_EQ(run(inside + "xz -dc '" + file.string() + "' > retail.csv"), "");
  EXPECT_EQ(run(inside + "sqlite3 -batch book.db < '" + script + "' > balances"), "")
      << "sqlite3 is among what ops/install-packages installs";
  Balances out;
  std::ifstream rows(folder.path() / "balances");
  for (std::string row; std::getline(rows, row);) {
    std::istringstream fields(row);
    std::string customer;
    std::string receivable;
    std::string unapplied;
    std::getline(fields, customer, '|');
    std::getline(fields, receivable, '|');
    std::getline(fields, unapplied, '|');
    out[customer] = {std::stoll(receivable), std::stoll(unapplied)};
  }
  return out;
}

// The book that the plan opens, but with room for all its orders: no log is kept here from which
// settled ones could come back.
flatbuffers::DetachedBuffer with_all_orders(const CommandToSend& opening) {
  const OpenBook& planned = *flatbuffers::GetRoot<OpenBook>(opening.body.data());
  flatbuffers::FlatBufferBuilder out;
  const auto book = out.CreateString(planned.book());
  const auto country = out.CreateString(planned.country());
  OpenBookBuilder command(out);
  command.add_book(book);
  command.add_country(country);
  command.add_currency(planned.currency());
  command.add_first_business_date(planned.first_business_date());
  command.add_settled_kept(limits::kSettledKeptMax);
  out.Finish(command.Finish());
  return out.Release();
}

// Decides commands as a server does, and keeps the state alone.
class Trade {
 public:
  explicit Trade(RetailPlan& plan) {
    CommandToSend opening = plan.open_book("year");
    const flatbuffers::DetachedBuffer body = with_all_orders(opening);
    opening.body = std::as_bytes(std::span(body.data(), body.size()));
    send(books_.server(), opening);
    book_ = &books_.add();
    send(*book_, opening);
    const Status sent = plan.send_all([this](const CommandToSend& command) -> Status {
      send(*book_, command);
      return {};
    });
    EXPECT_TRUE(sent.ok());
  }
  const Book& book() const { return *book_; }
  std::uint64_t done() const { return done_; }

 private:
  void send(Book& book, const CommandToSend& command) {
    const AlignedBuffer body(command.body);
    CommandInput input;
    input.id = command.id;
    input.actor = command.actor;
    input.kind = command.kind;
    input.body = body.bytes();
    page_.begin(book.number(), Sequence{book.last_sequence().value() + 1});
    const Decided decided = decider_.decide(book, page_, input, next_time(), 0);
    EXPECT_EQ(decided.status, StatusCode::kDone) << command.id;
    done_ += decided.status == StatusCode::kDone ? 1U : 0U;
    page_.clear();
    while (const auto work = book.next_follow_up()) {
      page_.begin(book.number(), Sequence{book.last_sequence().value() + 1});
      decider_.decide_follow_up(book, page_, *work, next_time());
      page_.clear();
    }
  }
  Timestamp next_time() { return Timestamp{clock_ += 1'000}; }

  Books books_;
  Book* book_ = nullptr;
  Decider decider_;
  PageBuilder page_;
  std::int64_t clock_ = 1'291'161'600'000'000'000;  // 2010-12-01
  std::uint64_t done_ = 0;
};

TEST(OnlineRetailYear, LeavesEveryCustomerTheBalanceThatSqlComputesFromTheFile) {
  const auto file = test::test_data("online-retail/online-retail.csv.xz");
  if (!file) GTEST_SKIP() << "no online-retail/online-retail.csv.xz";
  const Result<RetailYear> year =
      read_online_retail(file->string(), {}, [](std::uint64_t, std::uint64_t) {});
  ASSERT_TRUE(year.ok()) << year.error().message;
  RetailPlan plan(*year);
  const auto trade = std::make_unique<Trade>(plan);
  EXPECT_EQ(trade->done(), plan.command_count() + 2);  // the book is opened in two places
  const Status sound = trade->book().check_invariants();
  ASSERT_TRUE(sound.ok()) << sound.error().message;

  const Balances expected = computed_by_sql(*file);
  EXPECT_EQ(expected.size(), year->taken_customers);
  Balances found;
  const Book& book = trade->book();
  for (std::uint32_t i = 0; i < book.parties().company_count(); ++i) {
    const std::string name(book.parties().name(CompanyId{i}));
    const Account& account = book.credit().account(CompanyId{i});
    const Balance balance{account.bucket(Bucket::receivable).value(),
                          account.bucket(Bucket::unapplied).value()};
    EXPECT_EQ(account.exposure().value(), balance.first - balance.second) << name;
    if (expected.contains(name) || balance != Balance{}) found[name] = balance;
  }
  EXPECT_EQ(found, expected);

  // The report's own expectation is the sum of the same.
  const RetailExpectation said = expectation(*year);
  Balance sum;
  for (const auto& [customer, balance] : expected) {
    sum.first += balance.first;
    sum.second += balance.second;
  }
  EXPECT_EQ(sum, Balance(said.open.value(), said.unapplied.value()));
}

}  // namespace
}  // namespace kontor::cli
