#include "tests/scenarios/scenario.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "wire_generated.h"

#include "api/cli/program.h"
#include "api/client/command_lines.h"
#include "api/client/question_words.h"
#include "api/clock/business_days.h"
#include "api/questions/question.h"
#include "api/server.h"
#include "engine/past/past_copies.h"
#include "tests/support/engine/live_engine.h"

namespace kontor::test {
namespace {

constexpr BookNumber kServerBook{0};

// Engine, answerer and server as kontord has them, over a log in memory, and a client.
class SharedServer {
 public:
  static SharedServer& get() {
    static SharedServer shared;
    return shared;
  }
  ~SharedServer() {
    if (days_) days_->stop();
    client_.reset();
    past_.stop();
    server_->stop();
  }
  SharedServer(const SharedServer&) = delete;
  SharedServer& operator=(const SharedServer&) = delete;

  Client& client() { return *client_; }
  std::string address() const { return server_->address(); }
  void set_clock(Timestamp now) {
    live_.clock().set(now.value());
    if (!days_) {
      BusinessDays::Options options;
      options.look_interval = std::chrono::hours(1);  // only when told
      days_ = std::make_unique<BusinessDays>(live_.engine(), live_.clock(), options);
      days_->start();
    }
    days_->look();
  }

 private:
  SharedServer() {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto server = Server::start(live_.engine(), *questions_, std::move(options));
    if (!server) throw std::runtime_error(server.error().message);
    server_ = std::move(*server);
    ClientOptions client_options;
    if (!parse_server(server_->address(), client_options)) throw std::runtime_error("address");
    auto client = Client::connect(std::move(client_options));
    if (!client) throw std::runtime_error(client.error().message);
    client_ = std::move(*client);
  }

  LiveEngine live_;
  PastCopies past_{live_.log(), nullptr, {}};
  std::unique_ptr<QuestionAnswerer> questions_ = make_question_answerer(nullptr, &past_);
  std::unique_ptr<Server> server_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<BusinessDays> days_;  // once the clock was set
};

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

std::string field(std::string_view name, std::string_view value) {
  return quote(name) + ':' + quote(value);
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<std::string> out;
  for (std::string word; in >> word;)
    out.push_back(word);
  return out;
}

std::string joined(const Json& list, const char* key) {
  std::string out;
  for (const Json& row : list)
    out += (out.empty() ? "" : " ") + row.at(key).get<std::string>();
  return out;
}

std::string compared(const Json& reasons) {
  std::string out;
  for (const Json& reason : reasons) {
    if (!out.empty()) out += ", ";
    out += reason.at("reason").get<std::string>();
    const std::string found = reason.value("found", "");
    if (!found.empty()) out += ' ' + found + " > " + reason.value("allowed", "");
  }
  return out;
}

std::string goods(std::string_view amount) {
  return R"("lines":[{"item":"goods","quantity":)" + quote(amount) + "}]";
}

}  // namespace

bool Said::has(std::string_view event) const {
  return (' ' + events + ' ').find(' ' + std::string(event) + ' ') != std::string::npos;
}

Scenario::Scenario(const Opening& opening) : currency_(opening.currency) {
  static unsigned books = 0;
  const std::string name = "scenario-" + std::to_string(++books);
  const Said opened =
      send(kServerBook,
           R"("OpenBook":{)" + field("book", name) + ',' + field("currency", currency_) + ',' +
               field("first_business_date", opening.first_day) + std::string(opening.more) + '}',
           name);
  EXPECT_TRUE(opened.done()) << opened.json.dump();
  auto book = SharedServer::get().client().book(name);
  if (!book) throw std::runtime_error(book.error().message);
  book_ = std::move(*book);
  given(R"("SetTaxRate":{"category":"exempt","rate":0})");
  given(R"("SetTaxRate":{"category":"standard","rate":20})");
  policy("price.list", "retail");
  given(R"("RegisterWarehouse":{"warehouse":"main"})");
  item("goods", "1.00", R"(,"decimals":2)");
}

Said Scenario::send(BookNumber book, std::string_view command, std::string_view id) const {
  const std::string line = "{" + field("id", id) + ',' + std::string(command) + '}';
  JsonOptions options;
  options.default_currency = book_.currency;
  const auto text = read_command_line(line, options);
  if (!text) throw std::runtime_error(text.error().message + " in " + line);
  const auto outcome = SharedServer::get().client().submit_and_wait(book, to_send(*text));
  if (!outcome) throw std::runtime_error(outcome.error().message);
  Said said;
  said.json = Json::parse(outcome->json);
  said.status = said.json.at("status");
  said.events = joined(said.json.at("events"), "event");
  said.reasons = joined(said.json.at("reasons"), "reason");
  said.warnings = joined(said.json.at("warnings"), "reason");
  return said;
}

std::string Scenario::next_id() {
  return "c-" + std::to_string(++commands_);
}

Said Scenario::when(std::string_view command) {
  return send(book_.number, command, next_id());
}

Said Scenario::when(std::string_view command, std::string_view id) {
  return send(book_.number, command, id);
}

void Scenario::given(std::string_view command) {
  const Said said = when(command);
  EXPECT_TRUE(said.done()) << command << '\n' << said.json.dump();
}

// ---- who is who ---------------------------------------------------------------------------------

void Scenario::company(std::string_view company, std::string_view more) {
  given(R"("RegisterCompany":{)" + field("company", company) + ',' + field("currency", currency_) +
        std::string(more) + '}');
}

void Scenario::person(std::string_view person, std::string_view company, std::string_view roles,
                      std::string_view more) {
  std::string grants;
  for (const std::string& word : words_of(roles)) {
    const std::size_t slash = word.find('/');
    grants += (grants.empty() ? "{" : ",{") + field("role", word.substr(0, slash));
    if (slash != std::string::npos) grants += ',' + field("reach", word.substr(slash + 1));
    grants += '}';
  }
  given(R"("RegisterBuyer":{)" + field("buyer", person) + ',' + field("company", company) +
        R"(,"roles":[)" + grants + ']' + std::string(more) + '}');
}

void Scenario::limit(std::string_view company, std::string_view amount, std::string_view more) {
  given(R"("SetCreditLimit":{)" + field("company", company) + ',' + field("limit", amount) +
        std::string(more) + '}');
}

// ---- rules and policies -------------------------------------------------------------------------

void Scenario::policy(std::string_view policy, std::string_view value) {
  given(R"("SetPolicy":{)" + field("policy", policy) + ',' + field("value", value) + '}');
}

void Scenario::policy(std::string_view policy, std::string_view value, std::string_view scope_kind,
                      std::string_view scope) {
  given(R"("SetPolicy":{)" + field("policy", policy) + ',' + field("value", value) + ',' +
        field("scope_kind", scope_kind) + ',' + field("scope", scope) + '}');
}

void Scenario::rule(std::string_view rule, std::string_view body) {
  given(R"("SetRule":{)" + field("rule", rule) + ',' + std::string(body) + '}');
}

void Scenario::withdraw(std::string_view name) {
  rule(name, R"("outcome":"warn","withdrawn":true)");
}

void Scenario::ask_above(std::string_view rule_name, std::string_view amount,
                         const std::vector<std::string_view>& of_each, std::string_view more) {
  std::string groups;
  for (const std::string_view one : of_each) {
    const bool person = one.starts_with('@');
    groups += (groups.empty() ? "{" : ",{") + quote(person ? "people" : "roles") + ":[" +
              quote(one.substr(person ? 1 : 0)) + "]}";
  }
  rule(rule_name,
       R"("outcome":"ask","conditions":[{"figure":"order_total_with_tax","operator":"gt",)" +
           field("amount", amount) + R"(}],"tiers":[{"number":1,"groups":[)" + groups + "]}]" +
           std::string(more));
}

void Scenario::ask_over(std::string_view rule_name, std::string_view figure,
                        std::string_view role) {
  rule(rule_name, R"("outcome":"ask","conditions":[{)" + field("figure", figure) +
                      R"(}],"tiers":[{"groups":[{"roles":[)" + quote(role) + "]}]}]");
}

void Scenario::cost_centre(std::string_view cost_centre, std::string_view company,
                           std::string_view more) {
  given(R"("RegisterCostCentre":{)" + field("cost_centre", cost_centre) + ',' +
        field("company", company) + std::string(more) + '}');
}

void Scenario::budget(std::string_view budget, std::string_view amount,
                      std::string_view cost_centre, std::string_view more) {
  given(R"("SetBudget":{)" + field("budget", budget) + ',' + field("amount", amount) +
        R"(,"cost_centres":[)" + quote(cost_centre) + ']' + std::string(more) + '}');
}

void Scenario::item(std::string_view item, std::string_view unit_price, std::string_view more) {
  given(R"("RegisterItem":{)" + field("item", item) + R"(,"tax_category":"exempt")" +
        std::string(more) + '}');
  price(item, unit_price);
  given(R"("ReceiveStock":{)" + field("receipt", "opening-" + std::string(item)) +
        R"(,"warehouse":"main","lines":[{"quantity":100000000,)" + field("item", item) + "}]}");
}

void Scenario::price(std::string_view item, std::string_view unit_price) {
  given(R"("SetPrice":{"list":"retail",)" + field("item", item) +
        R"(,"breaks":[{"from_quantity":0,)" + field("unit_price", unit_price) + "}]}");
}

void Scenario::day(std::string_view date) {
  given(R"("OpenBusinessDay":{)" + field("date", date) + '}');
}

void Scenario::clock(std::string_view utc, std::string_view day) const {
  SharedServer::get().set_clock(*parse_timestamp(utc));
  const auto until = std::chrono::steady_clock::now() + kWaitMax;
  std::string is;
  while (is != day && std::chrono::steady_clock::now() < until) {
    is = ask("book").at("business_date");
    std::this_thread::yield();
  }
  EXPECT_EQ(is, day);
}

// ---- orders -------------------------------------------------------------------------------------

Said Scenario::place(std::string_view order, std::string_view company, std::string_view total,
                     std::string_view more) {
  return when(R"("PlaceOrder":{)" + field("order", order) + ',' + field("company", company) + ',' +
              goods(total) + std::string(more) + '}');
}

Said Scenario::ordered(std::string_view order, std::string_view company, std::string_view buyer,
                       std::string_view total, std::string_view more) {
  return place(order, company, total, ',' + field("buyer", buyer) + std::string(more));
}

Said Scenario::approve(std::string_view order, std::string_view person) {
  return when(field("actor", person) + R"(,"ApproveOrder":{)" + field("order", order) + '}');
}

Said Scenario::reject(std::string_view order, std::string_view person) {
  return when(field("actor", person) + R"(,"RejectOrder":{)" + field("order", order) + '}');
}

Said Scenario::allocate(std::string_view order) {
  return when(R"("AllocateOrder":{)" + field("order", order) + '}');
}

Said Scenario::ship(std::string_view order) {
  return when(R"("ShipOrder":{)" + field("order", order) + ',' +
              field("shipment", "S-" + std::string(order)) + '}');
}

Said Scenario::invoice(std::string_view order) {
  return when(R"("InvoiceOrder":{)" + field("order", order) + ',' +
              field("invoice", "I-" + std::string(order)) + '}');
}

Said Scenario::cancel(std::string_view order) {
  return when(R"("CancelOrder":{)" + field("order", order) + '}');
}

Said Scenario::cancel_part(std::string_view order, std::string_view amount) {
  const std::string id = next_id();
  return when(R"("CancelOrder":{)" + field("order", order) + ',' + field("cancellation", id) +
                  R"(,"lines":[{"line":1,)" + field("quantity", amount) + "}]}",
              id);
}

Said Scenario::pay(std::string_view payment, std::string_view payer, std::string_view amount,
                   std::string_view more) {
  return when(R"("RecordPayment":{)" + field("payment", payment) + ',' + field("payer", payer) +
              ',' + field("amount", amount) + std::string(more) + '}');
}

// ---- questions ----------------------------------------------------------------------------------

Sequence Scenario::position() const {
  return Sequence{ask("book").at("position").get<std::uint64_t>()};
}

Json Scenario::ask(std::string_view words, Sequence as_of) const {
  std::vector<std::string> arguments = words_of(words);
  const std::string word = arguments.front();
  arguments.erase(arguments.begin());
  return query(word, arguments, as_of);
}

Json Scenario::query(std::string_view word, const std::vector<std::string>& arguments,
                     Sequence as_of) const {
  const QuestionWord* const row = find_question_word(word);
  if (row == nullptr) throw std::runtime_error("no question " + std::string(word));
  QueryToSend to_send;
  to_send.question = static_cast<wire::Question>(row->question);
  to_send.as_of = as_of;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const QuestionArgument& argument = row->arguments.at(i);
    const Status set = set_argument(to_send, argument, arguments[i], argument.name);
    if (!set) throw std::runtime_error(set.error().message);
  }
  const auto answer = SharedServer::get().client().ask(book_.number, to_send);
  if (!answer) throw std::runtime_error(answer.error().message);
  EXPECT_EQ(answer->status, StatusCode::kDone) << word << ": " << answer->message;
  return Json::parse(answer_page_json(to_send.question, *answer), nullptr, false);
}

Json Scenario::why(std::string_view name) const {
  return query("why", {std::string(name)});
}

std::string Scenario::run(const std::vector<std::string>& words, const std::string& input) const {
  const std::string address = SharedServer::get().address();
  std::vector<const char*> all = {"kontor", "--server", address.c_str(), "--book",
                                  book_.name.c_str()};
  for (const std::string& word : words)
    all.push_back(word.c_str());
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  cli::Environment env{.in = in, .out = out, .err = err};
  cli::run_program(static_cast<int>(all.size()), all.data(), env);
  EXPECT_EQ(err.str(), "");
  return out.str();
}

std::string Scenario::why_text(std::string_view name) const {
  return run({"why", std::string(name)});
}

Json Scenario::check(std::string_view place_order) const {
  std::string line = "{" + std::string(place_order) + "}";
  std::replace(line.begin(), line.end(), '\n', ' ');
  return Json::parse(run({"check", "-"}, line + "\n"));
}

std::string Scenario::account(std::string_view company, std::string_view figure) const {
  const Json answer = ask("account " + std::string(company));
  const auto found = answer.find(figure);
  return found == answer.end() ? "" : found->get<std::string>();
}

std::string Scenario::state(std::string_view order) const {
  return ask("order " + std::string(order)).at("state");
}

std::string Scenario::waits_for(std::string_view order) const {
  const Json answer = why(order);
  std::string out;
  if (!answer.contains("approval")) return out;
  for (const Json& group : answer["approval"].value("groups", Json::array())) {
    if (!group.value("open", false)) continue;
    auto may = group.value("may", std::vector<std::string>{});
    std::sort(may.begin(), may.end());
    std::string one_of;
    for (const std::string& person : may)
      one_of += (one_of.empty() ? "" : " or ") + person;
    out += (out.empty() ? "" : ", ") + one_of;
  }
  return out;
}

std::string Scenario::held_for(std::string_view order) const {
  const Json answer = why(order);
  return answer.contains("hold") ? compared(answer["hold"].value("reasons", Json::array())) : "";
}

std::string Scenario::asked_for(std::string_view order) const {
  const Json answer = why(order);
  if (!answer.contains("approval")) return "";
  return compared(answer["approval"].value("reasons", Json::array()));
}

}  // namespace kontor::test
