#include "tests/support/engine/live_engine.h"

#include <cstring>

#include <gtest/gtest.h>

#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

constexpr std::uint16_t kEuro = 978;

// The commands of open_shop after the book itself.
constexpr std::array kShop = {
    R"({"id":"shop-1","SetTaxRate":{"category":"exempt","rate":0}})",
    R"({"id":"shop-2","RegisterItem":{"item":"bolt","tax_category":"exempt"}})",
    R"({"id":"shop-3","SetPrice":{"list":"retail","item":"bolt",
        "breaks":[{"from_quantity":0,"unit_price":"1.00"}]}})",
    R"({"id":"shop-4","SetPolicy":{"policy":"price.list","value":"retail"}})",
    R"({"id":"shop-5","RegisterWarehouse":{"warehouse":"north"}})",
    R"({"id":"shop-6","RegisterCompany":{"company":"acme","currency":"EUR"}})",
    R"({"id":"shop-7","SetCreditLimit":{"company":"acme","limit":"1000000.00"}})"};

class TicketSubmission final : public Submission {
 public:
  explicit TicketSubmission(Ticket ticket) : ticket_(std::move(ticket)) {}

  void answer(std::span<const CommandResult> results) override {
    std::vector<EngineAnswer> all;
    for (const CommandResult& result : results) {
      EngineAnswer& told = all.emplace_back();
      told.status = result.status;
      told.repeated = result.repeated;
      if (result.decision == nullptr) continue;
      const DecisionView decision(result.decision);
      told.sequence = decision.header().first_sequence;
      told.recorded_at = decision.header().recorded_at;
      told.bytes.assign(decision.bytes().begin(), decision.bytes().end());
      decision.for_each_event([&told](const EventView& event) {
        if (!told.events.empty()) told.events += ' ';
        told.events += event_name(event.header.kind);
      });
    }
    ticket_->put(std::move(all));
  }

 private:
  Ticket ticket_;
};

// Appends texts and bodies to one buffer first, so that views into it stay.
class Placer {
 public:
  explicit Placer(AlignedBuffer& bytes) : bytes_(bytes) {}

  std::size_t place(std::span<const std::byte> part) {
    const std::size_t at = bytes_.size();
    bytes_.append_padded(part);
    return at;
  }
  std::string_view text(std::size_t at, const std::string& of) const {
    return {reinterpret_cast<const char*>(bytes_.data()) + at, of.size()};
  }

 private:
  AlignedBuffer& bytes_;
};

}  // namespace

// ---- gate ---------------------------------------------------------------------------------------

void Gate::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Gate::open() {
  const std::lock_guard lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

void Gate::pass(CommitNumber number) {
  std::unique_lock lock(mutex_);
  came_ = number;
  changed_.notify_all();
  EXPECT_TRUE(changed_.wait_for(lock, kWaitMax, [this] { return !closed_; }));
}

bool Gate::wait_for_commit(CommitNumber number) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kWaitMax, [&] { return came_ >= number; });
}

// ---- answers ------------------------------------------------------------------------------------

EngineAnswer as_first(EngineAnswer told) {
  told.repeated = false;
  return told;
}

void Answers::put(std::vector<EngineAnswer> told) {
  const std::lock_guard lock(mutex_);
  EXPECT_FALSE(told_.has_value()) << "answered twice";
  told_ = std::move(told);
  changed_.notify_all();
}

bool Answers::here() const {
  const std::lock_guard lock(mutex_);
  return told_.has_value();
}

std::vector<EngineAnswer> Answers::all() const {
  std::unique_lock lock(mutex_);
  const bool came = changed_.wait_for(lock, kWaitMax, [this] { return told_.has_value(); });
  EXPECT_TRUE(came) << "no answer";
  return told_.value_or(std::vector<EngineAnswer>{});
}

std::vector<StatusCode> Answers::statuses() const {
  std::vector<StatusCode> out;
  for (const EngineAnswer& told : all())
    out.push_back(told.status);
  return out;
}

CommandText command_text(std::string_view json) {
  auto text = read_command_json(json, JsonOptions{kEuro});
  if (text.ok()) return std::move(text.value());
  ADD_FAILURE() << text.error().message << "\n" << json;
  return {};
}

std::unique_ptr<Submission> make_submission(const std::vector<CommandText>& commands,
                                            const SubmitOptions& options, const Ticket& ticket) {
  auto job = std::make_unique<TicketSubmission>(ticket);
  job->book = options.book;
  job->deadline = options.deadline;
  job->principal = options.principal;
  Placer placer(job->bytes);
  struct Places {
    std::size_t body, id, actor;
  };
  std::vector<Places> places;
  for (const CommandText& text : commands) {
    const std::size_t body = placer.place(text.body);
    const std::size_t id = placer.place(std::as_bytes(std::span(text.id)));
    places.push_back({body, id, placer.place(std::as_bytes(std::span(text.actor)))});
  }
  for (std::size_t i = 0; i < commands.size(); ++i) {
    const CommandText& text = commands[i];
    CommandInput& input = job->commands.emplace_back();
    input.id = placer.text(places[i].id, text.id);
    input.actor = placer.text(places[i].actor, text.actor);
    input.effective_date = text.effective_date;
    input.expected_version = text.expected_version;
    input.kind = text.kind;
    input.body = job->bytes.bytes().subspan(places[i].body, text.body.size());
  }
  return job;
}

std::unique_ptr<Submission> make_resolve(const std::vector<std::string>& ids, Sequence since,
                                         const SubmitOptions& options, const Ticket& ticket) {
  std::vector<CommandText> texts(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i)
    texts[i].id = ids[i];
  auto job = make_submission(texts, options, ticket);
  for (CommandInput& input : job->commands) {
    input.resolve = true;
    input.since = since;
  }
  return job;
}

// ---- questions ----------------------------------------------------------------------------------

class Look::Asked final : public Question {
 public:
  Asked(std::function<void(const Books&)> look, std::shared_ptr<State> state)
      : look_(std::move(look)), state_(std::move(state)) {}

  void ask(const Books& books) override {
    set(&State::begun);
    look_(books);
    set(&State::asked);
  }
  void answer() override { set(&State::answered); }

 private:
  void set(bool State::*flag) {
    const std::lock_guard lock(state_->mutex);
    (*state_).*flag = true;
    state_->changed.notify_all();
  }

  std::function<void(const Books&)> look_;
  std::shared_ptr<State> state_;
};

std::unique_ptr<Question> Look::question() {
  return std::make_unique<Asked>(look_, state_);
}

bool Look::wait(bool State::*flag) const {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, kWaitMax, [&] { return (*state_).*flag; });
}

bool Look::answered() const {
  const std::lock_guard lock(state_->mutex);
  return state_->answered;
}

// ---- engine -------------------------------------------------------------------------------------

LiveEngine::LiveEngine(EngineOptions options)
    : LiveEngine(std::make_unique<MemoryEventLog>(), std::move(options)) {
}

LiveEngine::LiveEngine(std::unique_ptr<MemoryEventLog> log, EngineOptions options)
    : options_(std::move(options)), log_(std::move(log)) {
  start();
}

LiveEngine::~LiveEngine() {
  gate_->open();
  engine_->stop();
}

void LiveEngine::start() {
  log_->before_append([gate = gate_](CommitNumber number) { gate->pass(number); });
  auto started = Engine::start(*log_, clock_, options_, nullptr);
  if (!started.ok()) throw std::runtime_error(started.error().message);
  engine_ = std::move(started.value());
}

void LiveEngine::restart() {
  gate_->open();
  engine_->stop();
  engine_.reset();
  log_ = log_->crash_and_reopen();
  start();
}

Ticket LiveEngine::submit(const std::vector<std::string>& json, const SubmitOptions& options) {
  std::vector<CommandText> commands;
  for (const std::string& text : json)
    commands.push_back(command_text(text));
  return submit_texts(commands, options);
}

Ticket LiveEngine::submit_texts(const std::vector<CommandText>& commands,
                                const SubmitOptions& options) {
  auto ticket = std::make_shared<Answers>();
  auto job = make_submission(commands, options, ticket);
  EXPECT_EQ(engine_->submit(job), StatusCode::kDone);
  return ticket;
}

Ticket LiveEngine::resolve(const std::vector<std::string>& ids, Sequence since,
                           const SubmitOptions& options) {
  auto ticket = std::make_shared<Answers>();
  auto job = make_resolve(ids, since, options, ticket);
  EXPECT_EQ(engine_->submit(job), StatusCode::kDone);
  return ticket;
}

EngineAnswer LiveEngine::ask(std::string_view json, const SubmitOptions& options) {
  const std::vector<EngineAnswer> all = submit({std::string(json)}, options)->all();
  return all.empty() ? EngineAnswer{} : all.front();
}

void LiveEngine::open_shop(std::string_view more) {
  const EngineAnswer opened = ask(R"({"id":"open-shop","OpenBook":{"book":"shop","currency":"EUR",
                              "first_business_date":"2026-03-02")" +
                                  std::string(more) + "}}");
  EXPECT_EQ(opened.status, StatusCode::kDone);
  const Ticket ticket = submit(std::vector<std::string>(kShop.begin(), kShop.end()));
  for (const EngineAnswer& told : ticket->all())
    EXPECT_EQ(told.status, StatusCode::kDone) << told.events;
}

Digest LiveEngine::digest(BookNumber book) {
  Digest digest{};
  Look look([&](const Books& books) { digest = books.find(book)->digest(); });
  EXPECT_EQ(engine_->ask(look.question()), StatusCode::kDone);
  EXPECT_TRUE(look.wait_answered());
  return digest;
}

std::size_t LiveEngine::follow_ups(BookNumber book) {
  std::size_t count = 0;
  Look look([&](const Books& books) { count = books.find(book)->follow_up_count(); });
  EXPECT_EQ(engine_->ask(look.question()), StatusCode::kDone);
  EXPECT_TRUE(look.wait_answered());
  return count;
}

void LiveEngine::for_each_decision(BookNumber book,
                                   const std::function<void(const DecisionView&)>& visit) const {
  const Status read = log_->read(CommitNumber{1}, log_->tail().last, [&](auto, auto bytes) {
    while (!bytes.empty()) {
      const auto page = read_page(bytes);
      if (!page.ok()) {
        ADD_FAILURE() << page.error().message;
        return false;
      }
      if (page->header().book == book.value()) page->for_each_decision(visit);
      bytes = bytes.subspan(page->bytes());
    }
    return true;
  });
  EXPECT_TRUE(read.ok());
}

std::string LiveEngine::commands_in_log(BookNumber book) const {
  std::string out;
  for_each_decision(book, [&out](const DecisionView& decision) {
    if (!out.empty()) out += ' ';
    out += command_name(decision.header().command_kind);
  });
  return out;
}

std::unique_ptr<MemoryEventLog> first_commits(const MemoryEventLog& of, CommitNumber last) {
  auto copy = std::make_unique<MemoryEventLog>();
  const Status read = of.read(CommitNumber{1}, last, [&](CommitNumber number, auto bytes) {
    PageHeader header;
    std::memcpy(&header, bytes.data(), sizeof header);
    const Status written =
        copy->append(Epoch{header.epoch}, CommitNumber{number.value() - 1}, bytes);
    EXPECT_TRUE(written.ok()) << written.error().message;
    return written.ok();
  });
  EXPECT_TRUE(read.ok());
  return copy;
}

}  // namespace kontor::test
