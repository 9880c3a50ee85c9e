// Online Retail without a server: reading, sorting out, sums, and the commands it becomes.
#include "api/cli/online_retail.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "api/cli/online_retail_plan.h"
#include "api/cli/online_retail_report.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "events/log/page.h"
#include "tests/support/test_data.h"

namespace kontor::cli {
namespace {

// One invoice of two lines and a doubled code, one part taken, one due within the file, and a line
// for every reason to leave one out.
constexpr std::string_view kSmall =
    R"("InvoiceNo","StockCode","Description","Quantity","InvoiceDate","UnitPrice","CustomerID","Country"
"1001","A","",2,"2010-12-01T08:26:00",2.55,17850,"United Kingdom"
"1001","B","RED ""BIG"" BOX, LARGE",3,"2010-12-01T08:26:00",0.125,17850,"United Kingdom"
"1001","A","LANTERN",1,"2010-12-01T08:27:00",2.55,17850,"United Kingdom"
"C1002","A","LANTERN",-1,"2010-12-01T09:00:00",2.55,17850,"United Kingdom"
"1003","A","LANTERN",4,"2010-12-02T09:00:00",1,,"France"
"1004","C","POSTAGE",1,"2010-12-02T10:00:00",0.001,12583,"France"
"1004","A","LANTERN",1,"2010-12-02T10:00:00",0,12583,"France"
"1005","A","LANTERN",-5,"2010-12-02T11:00:00",2,12583,"France"
"1006","A","LANTERN",1,"2010-12-02T11:00:00",-2,12583,"France"
"A1007","B","Adjust bad debt",1,"2010-12-02T12:00:00",-11062.06,,"United Kingdom"
"1004","B","BOX",1,"2010-12-02T10:00:00",7,99999,"Germany"
"1008","A","LANTERN",10,"2010-12-31T10:00:00",3,12583,"France"
)";

Result<RetailYear> read_text(std::string_view text, const RetailOptions& options) {
  const test::ScratchDir folder;
  const std::string path = (folder.path() / "retail.csv").string();
  std::ofstream(path, std::ios::binary) << text;
  return read_online_retail(path, options, [](std::uint64_t, std::uint64_t) {});
}

RetailYear small(const RetailOptions& options = {}) {
  Result<RetailYear> year = read_text(kSmall, options);
  EXPECT_TRUE(year.ok()) << (year.ok() ? "" : year.error().message);
  return year.ok() ? std::move(*year) : RetailYear{};
}

const RetailSum& left_out(const RetailYear& year, LeftOut reason) {
  return year.by_reason[static_cast<std::size_t>(reason)];
}

TEST(OnlineRetail, CountsWhatIsInTheFile) {
  const RetailYear year = small();
  EXPECT_EQ(year.file.lines, 12U);
  EXPECT_EQ(year.file_invoices, 6U);
  EXPECT_EQ(year.file_cancellations, 1U);
  EXPECT_EQ(year.file_other_entries, 1U);
  EXPECT_EQ(year.customers.size(), 3U);
  EXPECT_EQ(year.items.size(), 3U);
  EXPECT_EQ(year.file.quantity, 2 + 3 + 1 - 1 + 4 + 1 + 1 - 5 + 1 + 1 + 1 + 10);
}

TEST(OnlineRetail, LeavesLinesOutForTheFirstReasonThatFits) {
  const RetailYear year = small();
  for (const LeftOut reason : {LeftOut::kOtherEntry, LeftOut::kNoCustomer, LeftOut::kNotPositive,
                               LeftOut::kNegativePrice, LeftOut::kNoPrice, LeftOut::kMixed}) {
    EXPECT_EQ(left_out(year, reason).lines, 1U) << left_out_word(reason);
  }
  EXPECT_EQ(left_out(year, LeftOut::kOtherEntry).micros, -11'062'060'000);
  EXPECT_EQ(left_out(year, LeftOut::kNotPositive).micros, -10'000'000);
}

TEST(OnlineRetail, AccountsForEveryLineAndEveryMillionthOfAPound) {
  const RetailYear year = small();
  RetailSum sum = year.matched;
  for (const RetailSum& part : year.by_reason) {
    sum.lines += part.lines;
    sum.quantity += part.quantity;
    sum.micros += part.micros;
  }
  EXPECT_EQ(sum.lines, year.file.lines);
  EXPECT_EQ(sum.quantity, year.file.quantity);
  EXPECT_EQ(sum.micros, year.file.micros);
}

TEST(OnlineRetail, RoundsLineByLineAsTheBookDoes) {
  const RetailYear year = small();
  ASSERT_EQ(year.invoices.size(), 3U);
  // 5.10 + 0.375 -> 0.38 + 2.55; then 0.001 -> 0.00.
  EXPECT_EQ(year.invoices[0].total, Minor{803});
  EXPECT_EQ(year.invoices[1].total, Minor{0});
  EXPECT_EQ(year.taken().micros, 5'100'000 + 375'000 + 2'550'000 + 1'000 + 30'000'000);
  EXPECT_EQ(year.invoiced, Minor{803 + 3'000});
}

TEST(OnlineRetail, KeepsLinesOfTheSameCodeApartAndTakesTheFirstDescription) {
  const RetailYear year = small();
  ASSERT_EQ(year.invoices[0].lines.size(), 3U);
  EXPECT_EQ(year.items[0].code, "A");
  EXPECT_EQ(year.items[0].description, "LANTERN");
  EXPECT_EQ(year.items[1].description, "RED \"BIG\" BOX, LARGE");
}

TEST(OnlineRetail, ExpectsWhatFellDueToBePaidAndTheRestToBeOpen) {
  const RetailExpectation expected = expectation(small());
  EXPECT_EQ(expected.invoices, 3U);
  EXPECT_EQ(expected.payments, 1U);  // of 2010-12-01, due on the file's last day
  EXPECT_EQ(expected.paid, Minor{803 - 255});
  EXPECT_EQ(expected.open_invoices, 1U);  // the one of 0.00 owes nothing
  EXPECT_EQ(expected.open, Minor{3'000});
  EXPECT_EQ(expected.credit_notes, 1U);
  EXPECT_EQ(expected.credited, Minor{255});
  EXPECT_EQ(expected.unapplied, Minor{0});
}

// Of one customer and item: 5 and 3 pieces at 2.00, 4 at 1.00, and what is taken back of them.
std::string cancelling(std::string_view lines) {
  const std::string head(kSmall.substr(0, kSmall.find('\n') + 1));
  return head +
         "1,A,x,5,2010-12-01,2,K,UK\n"
         "2,A,x,3,2010-12-02,2,K,UK\n"
         "3,A,x,4,2010-12-03,1,K,UK\n" +
         std::string(lines) + "9,B,x,1,2011-02-01,1,K,UK\n";
}

RetailYear cancelled(std::string_view lines) {
  Result<RetailYear> year = read_text(cancelling(lines), {});
  EXPECT_TRUE(year.ok()) << (year.ok() ? "" : year.error().message);
  return year.ok() ? std::move(*year) : RetailYear{};
}

TEST(OnlineRetailMatch, TakesTheNewestPurchaseAtThatPriceFirst) {
  const RetailYear year = cancelled("C4,A,x,-4,2010-12-04,2,K,UK\n");
  ASSERT_EQ(year.credits.size(), 2U);
  EXPECT_EQ(year.credits[0].name, "C4-2");
  EXPECT_EQ(year.credits[0].total, Minor{600});
  EXPECT_EQ(year.credits[1].name, "C4-1");
  EXPECT_EQ(year.credits[1].total, Minor{200});
  EXPECT_EQ(year.matched.lines, 1U);
  EXPECT_EQ(year.matched.quantity, -4);
  EXPECT_EQ(year.taken_cancellations, 1U);
}

TEST(OnlineRetailMatch, LeavesOutWhatWasNotBoughtBefore) {
  EXPECT_EQ(left_out(cancelled("C4,B,x,-1,2010-12-04,1,K,UK\n"), LeftOut::kNothingBought).lines,
            1U);
  EXPECT_EQ(left_out(cancelled("C4,A,x,-1,2010-11-30,2,K,UK\n"), LeftOut::kNothingBought).lines,
            1U);
  EXPECT_EQ(left_out(cancelled("C4,A,x,-1,2010-12-04,2,L,UK\n"), LeftOut::kNothingBought).lines,
            1U);
  EXPECT_EQ(left_out(cancelled("C4,A,x,-1,2010-12-04,3,K,UK\n"), LeftOut::kOtherPrice).lines, 1U);
  EXPECT_EQ(left_out(cancelled("C4,A,x,-1,2010-12-02,1,K,UK\n"), LeftOut::kOtherPrice).lines, 1U);
  EXPECT_EQ(
      left_out(cancelled("C4,A,x,-1,2010-12-04,2,,UK\n"), LeftOut::kCancelledNoCustomer).lines, 1U);
  EXPECT_EQ(left_out(cancelled("C4,A,x,1,2010-12-04,2,K,UK\n"), LeftOut::kCancelledOther).lines,
            1U);
}

TEST(OnlineRetailMatch, TakesALineInPartAndLeavesItsRestOut) {
  const RetailYear year = cancelled("C4,A,x,-10,2010-12-04,2,K,UK\nC5,A,x,-1,2010-12-05,2,K,UK\n");
  EXPECT_EQ(year.matched.lines, 1U);
  EXPECT_EQ(year.matched_in_part, 1U);
  EXPECT_EQ(year.matched.quantity, -8);
  const RetailSum& rest = left_out(year, LeftOut::kMoreThanBought);
  EXPECT_EQ(rest.lines, 1U);  // of the second; the first was taken
  EXPECT_EQ(rest.quantity, -3);
  EXPECT_EQ(rest.micros, -6'000'000);
}

// Before the due date a credit lessens what is paid; afterwards it stays unapplied.
TEST(OnlineRetailMatch, ExpectsWhatIsOpenOnTheDueDateToBePaid) {
  const RetailExpectation expected =
      expectation(cancelled("C4,A,x,-1,2010-12-31,2,K,UK\nC5,A,x,-2,2011-01-02,2,K,UK\n"
                            "C6,A,x,-4,2011-01-03,1,K,UK\n"));
  // C4 takes one of invoice 2 before it is paid, C5 two afterwards, C6 all of invoice 3.
  EXPECT_EQ(expected.paid, Minor{1'000 + 400 + 400});
  EXPECT_EQ(expected.unapplied, Minor{400 + 400});
  EXPECT_EQ(expected.open, Minor{100});
  EXPECT_EQ(expected.credited, Minor{200 + 400 + 400});
}

TEST(OnlineRetail, TakesOnlyTheDaysAskedForAndSaysSo) {
  const RetailYear year = small({.until = kNoDate, .days = 1});
  EXPECT_EQ(year.invoices.size(), 1U);
  EXPECT_EQ(left_out(year, LeftOut::kLater).lines, 8U);
  EXPECT_EQ(year.items.size(), 3U) << "master data is the same whatever the days";
  const RetailYear until = small({.until = *parse_date("2010-12-01"), .days = 0});
  EXPECT_EQ(until.invoices.size(), 1U);
}

TEST(OnlineRetail, NamesTheRecordThatCannotBeRead) {
  const std::string head(kSmall.substr(0, kSmall.find('\n') + 1));
  const auto error = [&](const std::string& line) {
    const Result<RetailYear> year = read_text(head + line, {});
    EXPECT_FALSE(year.ok()) << line;
    EXPECT_TRUE(year.ok() || year.error().kind == ErrorKind::kMalformed);
    return year.ok() ? std::string() : year.error().message;
  };
  EXPECT_NE(error("1,A,x,two,2010-12-01,1,1,UK\n").find("record 2: Quantity 'two'"),
            std::string::npos);
  EXPECT_NE(error("1,A,x,2,12/1/2010,1,1,UK\n").find("InvoiceDate '12/1/2010'"), std::string::npos);
  EXPECT_NE(error("1,A,x,2,2010-12-01,1.1234567,1,UK\n").find("UnitPrice"), std::string::npos);
  EXPECT_NE(error("1,A,x,2\n").find("4 fields instead of 8"), std::string::npos);
  EXPECT_NE(error("1,A,x,9223372036854775807,2010-12-01,2,1,UK\n").find("out of all proportion"),
            std::string::npos);
  EXPECT_NE(error("1,A,\"x,2,2010-12-01,2,1,UK\n").find("not CSV"), std::string::npos);
}

TEST(OnlineRetail, SaysWhenAColumnIsMissing) {
  const Result<RetailYear> year = read_text("a,b\n1,2\n", {});
  ASSERT_FALSE(year.ok());
  EXPECT_NE(year.error().message.find("no column InvoiceNo"), std::string::npos);
}

TEST(OnlineRetail, RefusesADamagedXzFile) {
  const Result<RetailYear> year = read_text(std::string("\xFD"
                                                        "7zXZ\0damaged",
                                                        13),
                                            {});
  ASSERT_FALSE(year.ok());
  EXPECT_NE(year.error().message.find("damaged"), std::string::npos) << year.error().message;
}

TEST(OnlineRetail, SaysWhenTheFileIsNotThere) {
  const Result<RetailYear> year =
      read_online_retail("/nowhere/retail.csv", {}, [](std::uint64_t, std::uint64_t) {});
  ASSERT_FALSE(year.ok());
  EXPECT_EQ(year.error().kind, ErrorKind::kUsage);
}

struct Sent {
  std::string id;
  std::uint16_t kind = 0;
  std::string json;
};

std::vector<Sent> sent_by(const RetailYear& year) {
  RetailPlan plan(year);
  std::vector<Sent> all;
  const Status status = plan.send_all([&](const CommandToSend& command) -> Status {
    const AlignedBuffer aligned(command.body);
    const bool sound = verify_command(command.kind, aligned.bytes());
    all.push_back({std::string(command.id), command.kind,
                   sound ? write_command_body_json(command.kind, aligned.bytes(), no_names())
                         : std::string("does not verify")});
    return {};
  });
  EXPECT_TRUE(status.ok());
  EXPECT_EQ(all.size(), plan.command_count());
  return all;
}

std::vector<std::string> ids_from(const std::vector<Sent>& all, std::string_view first) {
  std::vector<std::string> ids;
  for (const Sent& sent : all) {
    if (!ids.empty() || sent.id == first) ids.push_back(sent.id);
  }
  return ids;
}

TEST(OnlineRetailPlan, SendsEveryDayInOrder) {
  const std::vector<std::string> expected = {
      "or-receive-2010-12-01", "or-place-1001",        "or-allocate-1001",      "or-ship-1001",
      "or-invoice-1001",       "or-return-C1002-1001", "or-credit-C1002-1001",  "or-day-2010-12-02",
      "or-receive-2010-12-02", "or-place-1004",        "or-allocate-1004",      "or-ship-1004",
      "or-invoice-1004",       "or-day-2010-12-31",    "or-receive-2010-12-31", "or-place-1008",
      "or-allocate-1008",      "or-ship-1008",         "or-invoice-1008",       "or-pay-1001"};
  EXPECT_EQ(ids_from(sent_by(small()), "or-receive-2010-12-01"), expected);
}

TEST(OnlineRetailPlan, ReceivesOnADayWhatItsOrdersNeed) {
  for (const Sent& sent : sent_by(small())) {
    EXPECT_NE(sent.json, "does not verify") << sent.id;
    if (sent.id != "or-receive-2010-12-01") continue;
    EXPECT_NE(sent.json.find(R"("lines":[{"quantity":3,"item":"A"},{"quantity":3,"item":"B"}])"),
              std::string::npos)
        << sent.json;
  }
}

TEST(OnlineRetailPlan, OfFewerDaysIsTheBeginningOfThatOfMore) {
  const std::vector<Sent> all = sent_by(small());
  const std::vector<Sent> part = sent_by(small({.until = kNoDate, .days = 2}));
  ASSERT_LT(part.size(), all.size());
  for (std::size_t i = 0; i < part.size(); ++i) {
    EXPECT_EQ(part[i].id, all[i].id);
    EXPECT_EQ(part[i].json, all[i].json);
  }
}

TEST(OnlineRetailReport, ShowsEveryFigureAsJson) {
  const RetailYear year = small();
  RetailReport report;
  report.year = &year;
  report.expected = expectation(year);
  report.server = {.invoices = 3,
                   .invoiced = Minor{3'803},
                   .open_invoices = 1,
                   .open = Minor{3'000},
                   .credit_notes = 1,
                   .credited = Minor{255},
                   .unapplied = Minor{0}};
  report.commands = report.done = report.repeated = 5;
  EXPECT_TRUE(report.agrees());
  const std::string json = retail_report_json(report);
  for (const char* part :
       {R"("file":{"lines":12,)", R"("amount_rounded":"35.48")", R"("rounding":"0.004")",
        R"("matched":{"lines":1,"quantity":-1,"amount":"-2.55","in_part":0})",
        R"("changed_nothing":true)", R"("agrees":true)"}) {
    EXPECT_NE(json.find(part), std::string::npos) << part << " in " << json;
  }
  report.server.open = Minor{2'999};
  EXPECT_FALSE(report.agrees());
}

// Figures of the data set's description; sums computed from the file by other means.
TEST(OnlineRetail, AgreesWithThePublishedFiguresOfTheYear) {
  const auto file = test::test_data("online-retail/online-retail.csv.xz");
  if (!file) GTEST_SKIP() << "no online-retail/online-retail.csv.xz";
  const Result<RetailYear> year =
      read_online_retail(file->string(), {}, [](std::uint64_t, std::uint64_t) {});
  ASSERT_TRUE(year.ok()) << year.error().message;
  EXPECT_EQ(year->file.lines, 541'909U);
  EXPECT_EQ(year->file_invoices, 22'061U);
  EXPECT_EQ(year->file_cancellations, 3'836U);
  EXPECT_EQ(year->file_other_entries, 3U);
  EXPECT_EQ(year->customers.size(), 4'372U);
  EXPECT_EQ(year->items.size(), 4'070U);
  EXPECT_EQ(year->file.quantity, 5'176'450);
  EXPECT_EQ(micros_text(year->file.micros), "9747747.934");
  EXPECT_EQ(year->taken().lines, 397'884U);
  EXPECT_EQ(micros_text(year->taken().micros), "8911407.904");
  EXPECT_EQ(year->invoiced, Minor{891'140'790});
  EXPECT_EQ(year->invoices.size(), 18'532U);
  EXPECT_EQ(year->taken_customers, 4'338U);
  EXPECT_EQ(year->taken_items, 3'665U);
  // The 9,288 lines of its cancellations, worth -896,812.49.
  EXPECT_EQ(year->matched.lines, 7'345U);
  EXPECT_EQ(year->matched_in_part, 52U);
  EXPECT_EQ(year->matched.quantity, -249'238);
  EXPECT_EQ(micros_text(year->matched.micros), "-492453.83");
  EXPECT_EQ(left_out(*year, LeftOut::kCancelledNoCustomer).lines, 383U);
  EXPECT_EQ(left_out(*year, LeftOut::kNothingBought).lines, 1'206U);
  EXPECT_EQ(left_out(*year, LeftOut::kOtherPrice).lines, 331U);
  EXPECT_EQ(left_out(*year, LeftOut::kMoreThanBought).lines, 23U);
  EXPECT_EQ(left_out(*year, LeftOut::kCancelledOther).lines, 0U);
  EXPECT_EQ(left_out(*year, LeftOut::kNoCustomer).lines, 134'694U);
  EXPECT_EQ(micros_text(left_out(*year, LeftOut::kNoCustomer).micros), "1744214.58");
  EXPECT_EQ(left_out(*year, LeftOut::kNoPrice).lines, 40U);
  EXPECT_EQ(left_out(*year, LeftOut::kOtherEntry).lines, 3U);
  EXPECT_EQ(left_out(*year, LeftOut::kMixed).lines, 0U);
}

}  // namespace
}  // namespace kontor::cli
