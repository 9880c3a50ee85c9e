// Questions about the past through the real server and its views: over TCP, from the command line,
// after kill -9, after the stores were deleted or damaged.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/cli/program.h"
#include "tests/support/recovery/server_process.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::chrono::seconds kPatience{30};

struct Ran {
  int status = 0;
  std::string out;
  std::string err;
  json first() const { return json::parse(out.substr(0, out.find('\n')), nullptr, false); }
};

Ran kontor(std::vector<std::string> arguments, const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  cli::Environment env{.in = in, .out = out, .err = err};
  std::vector<const char*> words{"kontor", "--json"};
  for (const std::string& argument : arguments)
    words.push_back(argument.c_str());
  const int status = cli::run_program(static_cast<int>(words.size()), words.data(), env);
  return {status, out.str(), err.str()};
}

// A book in which acme orders on the 2nd of March and pays on the 20th.
constexpr const char* kTrade =
    R"({"id":"1","OpenBook":{"book":"shop","currency":"EUR","first_business_date":"2026-03-02"}}
{"id":"2","SetTaxRate":{"category":"none","rate":0}}
{"id":"3","RegisterItem":{"item":"bolt","tax_category":"none"}}
{"id":"4","SetPrice":{"list":"retail","item":"bolt","breaks":[{"from_quantity":0,"unit_price":"10.00"}]}}
{"id":"5","SetPolicy":{"policy":"price.list","value":"retail"}}
{"id":"6","RegisterWarehouse":{"warehouse":"north"}}
{"id":"7","RegisterCompany":{"company":"acme","currency":"EUR"}}
{"id":"8","SetCreditLimit":{"company":"acme","limit":"1000.00"}}
{"id":"9","ReceiveStock":{"receipt":"R-1","warehouse":"north","lines":[{"item":"bolt","quantity":100}]}}
{"id":"10","PlaceOrder":{"order":"O-1","company":"acme","buyer_reference":"PO 4711","lines":[{"item":"bolt","quantity":5}]}}
{"id":"11","AllocateOrder":{"order":"O-1"}}
{"id":"12","ShipOrder":{"order":"O-1","shipment":"S-1"}}
{"id":"13","InvoiceOrder":{"order":"O-1","invoice":"I-1"}}
{"id":"14","OpenBusinessDay":{"date":"2026-03-20"}}
{"id":"15","RecordPayment":{"payment":"P-1","payer":"acme","amount":"50.00"}}
{"id":"16","PlaceOrder":{"order":"O-2","company":"acme","lines":[{"item":"bolt","quantity":1}]}}
)";

class PastThroughTheServer : public testing::Test {
 protected:
  PastThroughTheServer() {
    std::string pattern = (fs::temp_directory_path() / "kontor-past-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  ~PastThroughTheServer() override {
    server_.reset();  // it writes there
    fs::remove_all(folder_);
  }

  void start() {
    auto server = ServerProcess::spawn(
        {KONTORD, "--data", data(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"},
        messages());
    ASSERT_TRUE(server.ok());
    server_ = std::move(*server);
    ASSERT_EQ(server_->wait_ready(kPatience), ServerProcess::Seen::kReady);
  }
  void stop() { ASSERT_TRUE(server_->stop(kPatience).ok()); }
  std::string data() const { return (folder_ / "data").string(); }
  fs::path views() const { return folder_ / "data" / "views"; }
  std::string messages() const { return (folder_ / "messages").string(); }
  std::string said() const {
    std::ifstream file(messages());
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Ran run(std::vector<std::string> arguments, const std::string& input = {}) const {
    arguments.insert(arguments.begin(), {"--server", server_->address()});
    return kontor(std::move(arguments), input);
  }
  json ask(std::vector<std::string> arguments) const {
    const Ran ran = run(std::move(arguments));
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.first();
  }
  void trade() {
    start();
    const Ran ran = run({"submit", "-"}, kTrade);
    ASSERT_EQ(ran.status, 0) << ran.out << ran.err;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      const json answer = json::parse(line, nullptr, false);
      if (answer.contains("id")) answers_[answer["id"].get<std::string>()] = answer;
    }
  }
  std::string position_of(const std::string& id) {
    const json& answer = answers_.at(id);
    return std::to_string(answer["sequence"].get<std::uint64_t>() + answer["events"].size() - 1);
  }

  // Every question of this kind, as one text.
  std::string everything() {
    std::string all;
    for (const std::vector<std::string>& question : std::vector<std::vector<std::string>>{
             {"events", "--stream", "O-1"},
             {"events", "--stream", "company:acme"},
             {"get", "order", "O-1", "--as-of", position_of("12")},
             {"get", "invoice", "I-1", "--as-of", position_of("13")},
             {"get", "payment", "P-1", "--as-of", position_of("15")},
             {"get", "account", "acme", "--as-of", position_of("13")},
             {"get", "account", "acme", "--effective", "2026-03-10"},
             {"list", "documents", "--company", "acme"}}) {
      const Ran ran = run(question);
      EXPECT_EQ(ran.status, 0) << question[0] << " " << question[1] << ": " << ran.err;
      all += ran.out;
    }
    return all;
  }

  fs::path folder_;
  std::unique_ptr<ServerProcess> server_;
  std::map<std::string, json> answers_;
};

TEST_F(PastThroughTheServer, ShowsADocumentAsItWasAtAPosition) {
  trade();
  EXPECT_EQ(ask({"get", "order", "O-1"})["state"], "invoiced");
  const json shipped = ask({"get", "order", "O-1", "--as-of", position_of("12")});
  EXPECT_EQ(shipped["state"], "shipped");
  EXPECT_EQ(std::to_string(shipped["position"].get<std::uint64_t>()), position_of("12"));
  EXPECT_EQ(ask({"get", "order", "O-1", "--as-of", position_of("10")})["state"], "open");
  const json issued = ask({"get", "invoice", "I-1", "--as-of", position_of("13")});
  EXPECT_EQ(issued["state"], "open");
  EXPECT_EQ(ask({"get", "invoice", "I-1"})["state"], "paid");
}

TEST_F(PastThroughTheServer, ShowsADocumentAsItWasAtARecordedTime) {
  trade();
  const std::string when = answers_.at("12")["recorded_at"];
  const json then = ask({"get", "order", "O-1", "--as-of", when});
  EXPECT_EQ(then["state"], "shipped");
  EXPECT_EQ(std::to_string(then["position"].get<std::uint64_t>()), position_of("12"));
  EXPECT_EQ(ask({"get", "order", "O-1", "--as-of", "2199-01-01T00:00:00Z"})["state"], "invoiced");
  const Ran early = run({"get", "order", "O-1", "--as-of", "1999-01-01T00:00:00Z"});
  EXPECT_NE(early.status, 0);
  EXPECT_NE(early.err.find("the book is younger"), std::string::npos) << early.err;
}

TEST_F(PastThroughTheServer, SaysWhatIsNotThereYetAndWhatIsNotAnswered) {
  trade();
  const Ran young = run({"get", "order", "O-2", "--as-of", position_of("12")});
  EXPECT_NE(young.status, 0);
  EXPECT_NE(young.err.find("there was no order 'O-2' at position"), std::string::npos) << young.err;
  const Ran beyond = run({"get", "order", "O-1", "--as-of", "99999"});
  EXPECT_NE(beyond.err.find("behind the end of the book"), std::string::npos) << beyond.err;
  const Ran dated = run({"list", "orders", "--effective", "2026-03-10"});
  EXPECT_EQ(dated.status, cli::kExitUsage);
  EXPECT_NE(dated.err.find("a date is for a price or account"), std::string::npos) << dated.err;
}

TEST_F(PastThroughTheServer, ListsAndStockAreThoseOfThen) {
  trade();
  const json stock = ask({"get", "stock", "bolt", "--as-of", position_of("9")});
  EXPECT_EQ(stock["position"].dump(), position_of("9"));
  EXPECT_NE(stock, ask({"get", "stock", "bolt"}));
  EXPECT_TRUE(ask({"list", "orders", "--as-of", position_of("9")})["orders"].empty());
  const json open = ask({"list", "orders", "--as-of", position_of("10")});
  ASSERT_EQ(open["orders"].size(), 1U) << open;
  EXPECT_EQ(open["orders"][0]["order"], "O-1");
  EXPECT_TRUE(ask({"list", "invoices", "--as-of", position_of("12")})["invoices"].empty());
  EXPECT_EQ(ask({"list", "invoices", "--as-of", position_of("13")})["invoices"].size(), 1U);
  const json exposure = ask({"explain", "exposure", "acme", "--as-of", position_of("13")});
  EXPECT_EQ(exposure["exposure"], "50.00");
  EXPECT_EQ(exposure["adds_up"], true);
}

TEST_F(PastThroughTheServer, ShowsAnAccountAsItWasKnownAndAsItWasTrue) {
  trade();
  const json known = ask({"get", "account", "acme", "--as-of", position_of("13")});
  EXPECT_EQ(known["exposure"], "50.00");
  EXPECT_EQ(known["receivable"], "50.00");
  EXPECT_EQ(known["available"], "950.00");
  const json early = ask({"get", "account", "acme", "--effective", "2026-03-10"});
  EXPECT_EQ(early["exposure"], "50.00") << "the payment is of the 20th";
  EXPECT_EQ(early["effective_to"], "2026-03-10");
  EXPECT_EQ(ask({"get", "account", "acme", "--effective", "2026-03-20"})["exposure"],
            ask({"get", "account", "acme"})["exposure"]);
  EXPECT_EQ(ask({"get", "account", "acme", "--effective", "2026-02-28"})["exposure"], "0.00");
}

TEST_F(PastThroughTheServer, FindsDocumentsByWhatIsKnownOfThem) {
  trade();
  const auto names = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"list", "documents"};
    words.insert(words.end(), more.begin(), more.end());
    const json answer = ask(words);
    std::string out;
    for (const json& row : answer["documents"])
      out += row["document"].get<std::string>() + " ";
    return out;
  };
  EXPECT_EQ(names({}), "O-1 I-1 P-1 O-2 ");
  EXPECT_EQ(names({"--text", "po 4"}), "O-1 ");
  EXPECT_EQ(names({"--kind", "order", "--state", "open"}), "O-2 ");
  EXPECT_EQ(names({"--from", "2026-03-20", "--kind", "payment"}), "P-1 ");
  EXPECT_EQ(names({"--to", "2026-03-02", "--company", "acme"}), "O-1 I-1 ");
  const json page = ask({"list", "documents", "--limit", "3"});
  EXPECT_EQ(page["documents"].size(), 3U);
  EXPECT_EQ(names({"--after", page["next"].get<std::string>()}), "O-2 ");
  EXPECT_EQ(run({"list", "documents", "--kind", "parcel"}).status, cli::kExitUsage);
  EXPECT_EQ(run({"list", "documents", "--from", "soon"}).status, cli::kExitUsage);
}

TEST_F(PastThroughTheServer, AnswersTheSameAfterAKillAndWithoutItsStores) {
  trade();
  const std::string before = everything();
  ASSERT_TRUE(server_->kill());
  start();
  EXPECT_EQ(everything(), before) << "after kill -9";
  stop();
  fs::remove_all(views());
  start();
  EXPECT_EQ(everything(), before) << "without stores";
  stop();
  EXPECT_NE(said().find("view timeline: there is none; building it"), std::string::npos) << said();
}

TEST_F(PastThroughTheServer, VerifiesAndReplaysItsViewsOffline) {
  trade();
  const Ran busy = kontor({"replay", "--data", data(), "--view", "entries"});
  EXPECT_EQ(busy.status, cli::kExitUnreached) << "a server runs on it: " << busy.err;
  stop();
  const json verified = kontor({"verify", "--data", data()}).first();
  ASSERT_EQ(verified["views"].size(), 3U) << verified;
  for (const std::string view : {"timeline", "entries", "documents"}) {
    const Ran ran = kontor({"replay", "--data", data(), "--view", view});
    EXPECT_EQ(ran.status, 0) << ran.err;
    EXPECT_TRUE(ran.first()["found"] == "equal" || ran.first()["found"] == "none") << ran.out;
    EXPECT_EQ(kontor({"replay", "--data", data(), "--view", view}).first()["found"], "equal");
  }
  std::ofstream(views() / "entries" / "CURRENT") << "nonsense";
  const Ran damaged = kontor({"verify", "--data", data()});
  EXPECT_EQ(damaged.status, cli::kExitCorrupt);
  EXPECT_NE(damaged.err.find("kontor replay --view entries"), std::string::npos) << damaged.err;
  const Ran mended = kontor({"replay", "--data", data(), "--view", "entries"});
  EXPECT_EQ(mended.status, cli::kExitCorrupt) << "it was damaged";
  EXPECT_EQ(mended.first()["found"], "of_no_use");
  EXPECT_EQ(kontor({"verify", "--data", data()}).status, 0);
  fs::remove_all(views());
  const json none = kontor({"verify", "--data", data()}).first();
  EXPECT_EQ(none["views"][0]["found"], "none");
  EXPECT_EQ(kontor({"replay", "--data", data(), "--view", "journal"}).status, cli::kExitUsage);
}

}  // namespace
}  // namespace kontor::test
