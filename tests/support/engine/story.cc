#include "tests/support/engine/story.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "approval_generated.h"
#include "book_generated.h"
#include "credit_generated.h"
#include "order_generated.h"

#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

constexpr std::uint16_t kEuro = 978;

class BookNames final : public NameSource {
 public:
  explicit BookNames(const Book& book) : book_(book) {}
  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const override {
    return book_.name(kind, ref);
  }

 private:
  const Book& book_;
};

void append(std::string& list, std::string_view word) {
  if (!list.empty()) list += ' ';
  list += word;
}

template <class Event>
const Grounds* grounds_of(const EventView& event) {
  return flatbuffers::GetRoot<Event>(event.body.data())->grounds();
}

const Grounds* find_grounds(const EventView& event) {
  switch (event.header.kind) {
    case number_of<CommandRefused>:
      return grounds_of<CommandRefused>(event);
    case number_of<CommandWarned>:
      return grounds_of<CommandWarned>(event);
    case number_of<OrderFailed>:
      return grounds_of<OrderFailed>(event);
    case number_of<OrderHeld>:
      return grounds_of<OrderHeld>(event);
    case number_of<DepositRequested>:
      return grounds_of<DepositRequested>(event);
    case number_of<ApprovalRequested>:
      return grounds_of<ApprovalRequested>(event);
    default:
      return nullptr;
  }
}

CommandInput input_of(const CommandText& text, const AlignedBuffer& body) {
  CommandInput input;
  input.id = text.id;
  input.actor = text.actor;
  input.on_behalf_of = text.on_behalf_of;
  input.reason = text.reason;
  input.correlation_id = text.correlation_id;
  input.effective_date = text.effective_date;
  input.expected_version = text.expected_version;
  input.caused_by = text.caused_by;
  input.kind = text.kind;
  input.body = body.bytes();
  return input;
}

std::string quote(std::string_view text) {
  return '"' + std::string(text) + '"';
}

}  // namespace

bool Answer::has(std::string_view event) const {
  return (' ' + events + ' ' + follow_ups + ' ').find(' ' + std::string(event) + ' ') !=
         std::string::npos;
}

std::string Answer::body(std::string_view event) const {
  const std::string head = std::string(event) + ' ';
  for (const std::string& text : bodies) {
    if (text.starts_with(head)) return text.substr(head.size());
  }
  return {};
}

Story::Story() = default;

Story::~Story() {
  check_replay();
  check_saved();
}

std::string Story::next_id() {
  return "c-" + std::to_string(++commands_);
}

Timestamp Story::next_time() {
  return Timestamp{clock_ += 1'000'000};
}

Decided Story::decide(Book& book, const CommandInput& input) {
  page_.begin(book.number(), Sequence{book.last_sequence().value() + 1});
  return decider_.decide(book, page_, input, next_time(), 0);
}

// Takes the page's decision over into the log and the answer.
void Story::keep(Book& book, Answer& answer, bool follow_up) {
  const BookNames names(book);
  page_.for_each_decision([&](const DecisionView& decision) {
    const Status sound = check_decision(decision.bytes());
    EXPECT_TRUE(sound.ok()) << sound.error().message;
    decision.for_each_event([&](const EventView& event) {
      const std::string name(event_name(event.header.kind));
      EXPECT_TRUE(verify_event(event.header.kind, event.body)) << name;
      if (check_every_ == 1) {
        answer.bodies.push_back(name + ' ' +
                                write_event_json(event.header.kind, event.body, names));
      }
      if (event.header.kind == number_of<FollowUpAdvanced>) return;
      append(follow_up ? answer.follow_ups : answer.events, name);
      const Grounds* const grounds = find_grounds(event);
      if (grounds == nullptr || follow_up) return;
      for (const ReasonText& reason : read_grounds(*grounds, names)) {
        append(answer.reasons, reason.reason);
        answer.grounds.push_back(reason);
      }
    });
    log_.push_back({book.number(), AlignedBuffer(decision.bytes())});
  });
  page_.clear();
  if (log_.size() % check_every_ != 0) return;
  const Status sound = book.check_invariants();
  ASSERT_TRUE(sound.ok()) << sound.error().message << " after " << answer.events << " / "
                          << answer.follow_ups;
}

void Story::run_follow_ups(Book& book, Answer& answer) {
  while (const auto work = book.next_follow_up()) {
    page_.begin(book.number(), Sequence{book.last_sequence().value() + 1});
    decider_.decide_follow_up(book, page_, *work, next_time());
    keep(book, answer, true);
    if (testing::Test::HasFatalFailure()) return;
  }
}

void Story::open_registered_book(const CommandInput& input, Answer& answer) {
  Book& opened = books_.add();
  CommandInput again = input;
  again.expected_version = kAnyVersion;
  decide(opened, again);
  keep(opened, answer, false);
}

Answer Story::when(std::string_view command) {
  Answer answer;
  const std::string json = "{\"id\":" + quote(next_id()) + "," + std::string(command) + "}";
  const auto text = read_command_json(json, JsonOptions{kEuro});
  if (!text.ok()) {
    ADD_FAILURE() << text.error().message << "\n" << json;
    answer.status = StatusCode::kMalformed;
    return answer;
  }
  const AlignedBuffer body(text->body);
  const CommandInput input = input_of(*text, body);
  const bool opens = input.kind == number_of<OpenBook>;
  Book& book = *books_.find(BookNumber{opens ? 0 : books_.count() - 1});
  answer.status = decide(book, input).status;
  keep(book, answer, false);
  if (opens && answer.status == StatusCode::kDone) open_registered_book(input, answer);
  run_follow_ups(book, answer);
  return answer;
}

void Story::given(std::string_view command) {
  const Answer answer = when(command);
  EXPECT_EQ(answer.status, StatusCode::kDone) << command << "\nrefused: " << answer.reasons;
}

// ---- short words
// ---------------------------------------------------------------------------------

Answer Story::place(std::string_view order, std::string_view item, std::string_view quantity,
                    std::string_view more) {
  return when(R"("PlaceOrder":{"company":"acme","order":)" + quote(order) + R"(,"lines":)" +
              lines({{item, quantity}}) + (more.empty() ? "" : "," + std::string(more)) + "}");
}

Answer Story::allocate(std::string_view order) {
  return when(R"("AllocateOrder":{"order":)" + quote(order) + "}");
}

Answer Story::ship(std::string_view order, std::string_view shipment) {
  return when(R"("ShipOrder":{"order":)" + quote(order) + R"(,"shipment":)" + quote(shipment) +
              "}");
}

Answer Story::invoice(std::string_view order, std::string_view invoice) {
  return when(R"("InvoiceOrder":{"order":)" + quote(order) + R"(,"invoice":)" + quote(invoice) +
              "}");
}

Answer Story::pay(std::string_view payment, std::string_view payer, std::string_view amount) {
  return when(R"("RecordPayment":{"payment":)" + quote(payment) + R"(,"payer":)" + quote(payer) +
              R"(,"amount":)" + quote(amount) + "}");
}

Answer Story::cancel(std::string_view order) {
  return when(R"("CancelOrder":{"order":)" + quote(order) + "}");
}

Answer Story::receive(std::string_view receipt, std::string_view warehouse, std::string_view item,
                      std::string_view quantity) {
  return when(R"("ReceiveStock":{"receipt":)" + quote(receipt) + R"(,"warehouse":)" +
              quote(warehouse) + R"(,"lines":)" + lines({{item, quantity}}) + "}");
}

void Story::limit(std::string_view company, std::string_view amount) {
  given(R"("SetCreditLimit":{"company":)" + quote(company) + R"(,"limit":)" + quote(amount) + "}");
}

void Story::policy(std::string_view key, std::string_view value) {
  given(R"("SetPolicy":{"policy":)" + quote(key) + R"(,"value":)" + quote(value) + "}");
}

void Story::day(std::string_view date) {
  given(R"("OpenBusinessDay":{"date":)" + quote(date) + "}");
}

std::string lines(const std::vector<LineText>& lines) {
  std::string out = "[";
  for (const LineText& line : lines) {
    if (out.size() > 1) out += ',';
    out += R"({"item":)" + quote(line.item) + R"(,"quantity":)" + quote(line.quantity) + "}";
  }
  return out + "]";
}

// ---- figures
// -------------------------------------------------------------------------------------

const Account& Story::account(std::string_view company) const {
  return book().credit().account(book().parties().find_company(company).value());
}

const Order& Story::order(std::string_view name) const {
  const Order* const found = book().orders().find(name);
  if (found == nullptr) throw std::runtime_error("no order " + std::string(name));
  return *found;
}

const OrderLineState& Story::line(std::string_view name, std::uint32_t number) const {
  return book().orders().lines(order(name))[number - 1];
}

std::int64_t Story::salable(std::string_view item, std::string_view warehouse) const {
  return units(book().stock().salable(book().catalogue().find_item(item).value(),
                                      book().stock().find_warehouse(warehouse).value()));
}

const Invoice& Story::invoice_of(std::string_view name) const {
  const Invoice* const found = book().receivables().find_invoice(name);
  if (found == nullptr) throw std::runtime_error("no invoice " + std::string(name));
  return *found;
}

const Payment& Story::payment_of(std::string_view name) const {
  const Payment* const found = book().receivables().find_payment(name);
  if (found == nullptr) throw std::runtime_error("no payment " + std::string(name));
  return *found;
}

const CreditNote& Story::credit_note_of(std::string_view name) const {
  const CreditNote* const found = book().credit_notes().find(name);
  if (found == nullptr) throw std::runtime_error("no credit note " + std::string(name));
  return *found;
}

// ---- at the end
// ----------------------------------------------------------------------------------

void Story::check_replay() const {
  Books again;
  for (const Written& written : log_) {
    while (again.count() <= written.book.value())
      again.add();
    Book& book = *again.find(written.book);
    const DecisionView decision(written.bytes.data());
    book.begin(decision.header(), decision.id());
    Envelope by{Sequence{}, Timestamp{decision.header().recorded_at},
                Date{decision.header().effective_date}, Date{decision.header().business_date}};
    decision.for_each_event([&](const EventView& event) {
      by.sequence = event.sequence;
      ASSERT_TRUE(book.apply(by, event).ok());
      if (check_every_ != 1) return;
      const Status sound = book.check_invariants();
      ASSERT_TRUE(sound.ok()) << sound.error().message << " after replaying "
                              << event_name(event.header.kind);
    });
    book.end();
  }
  for (std::uint32_t number = 0; number < books_.count(); ++number) {
    const Book* const told = books_.find(BookNumber{number});
    const Book* const replayed = again.find(BookNumber{number});
    if (told->last_sequence() == Sequence{}) continue;
    ASSERT_NE(replayed, nullptr);
    EXPECT_EQ(hex(told->digest()), hex(replayed->digest())) << "replayed, book " << number;
  }
}

void Story::check_saved() const {
  for (std::uint32_t number = 0; number < books_.count(); ++number) {
    BufferSink saved;
    books_.find(BookNumber{number})->save(saved);
    Book loaded{BookNumber{number}};
    Source source(saved.bytes());
    const Status read = loaded.load(source);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_TRUE(source.at_end());
    EXPECT_EQ(hex(books_.find(BookNumber{number})->digest()), hex(loaded.digest()))
        << "saved and loaded, book " << number;
    const Status sound = loaded.check_invariants();
    EXPECT_TRUE(sound.ok()) << sound.error().message;
  }
}

Shop::Shop() {
  given(R"("OpenBook":{"book":"shop","currency":"EUR","first_business_date":"2026-03-02"})");
  given(R"("SetTaxRate":{"category":"standard","rate":20})");
  given(R"("SetTaxRate":{"category":"exempt","rate":0})");
  given(R"("RegisterItem":{"item":"bolt","tax_category":"standard"})");
  given(R"("RegisterItem":{"item":"nut","tax_category":"standard"})");
  given(R"("RegisterItem":{"item":"penny","tax_category":"exempt"})");
  const auto price = [&](std::string_view item, std::string_view amount) {
    given(R"("SetPrice":{"list":"retail","item":)" + quote(item) +
          R"(,"breaks":[{"from_quantity":0,"unit_price":)" + quote(amount) + "}]}");
  };
  price("bolt", "10.00");
  price("nut", "0.25");
  price("penny", "0.01");
  policy("price.list", "retail");
  given(R"("RegisterWarehouse":{"warehouse":"north"})");
  given(R"("ReceiveStock":{"receipt":"opening","warehouse":"north","lines":)" +
        lines({{"bolt", "100"}, {"nut", "1000"}, {"penny", "1000000"}}) + "}");
  given(R"("RegisterCompany":{"company":"acme","currency":"EUR"})");
  limit("acme", "1000.00");
  given(R"("RegisterBuyer":{"buyer":"ann","company":"acme","order_limit":"500.00",
           "roles":[{"role":"buyer"}]})");
  given(R"("RegisterBuyer":{"buyer":"bob","company":"acme","roles":[{"role":"approver"}]})");
}

}  // namespace kontor::test
