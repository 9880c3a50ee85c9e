#include "api/clock/business_days.h"

#include <algorithm>

#include <pthread.h>

#include "open_business_day_generated.h"

#include "engine/books.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr milliseconds kTryAgain{200};
constexpr milliseconds kShortest{1};

}  // namespace

std::string day_command_id(Date date) {
  return "clock:" + format_date(date);
}

// What wakes the thread, and what it waits for.
struct BusinessDays::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  bool look = true;
  bool stopping = false;
  std::optional<std::vector<ClockBook>> books;  // the answer to its question
  std::size_t unanswered = 0;                   // commands on their way
  std::string refused;                          // the last that was not done

  void wake() {
    {
      const std::lock_guard lock(mutex);
      look = true;
    }
    changed.notify_all();
  }
};

namespace {

template <class State>
class ClockBooksQuestion final : public Question {
 public:
  explicit ClockBooksQuestion(std::shared_ptr<State> state) : state_(std::move(state)) {}

  void ask(const Books& books) override {
    for (std::uint32_t number = 1; number < books.count(); ++number) {
      const Calendar& calendar = books.find(BookNumber{number})->calendar();
      if (calendar.mode() != CalendarMode::clock) continue;
      found_.push_back({BookNumber{number}, calendar.time_zone(), calendar.business_date()});
    }
  }
  void answer() override {
    {
      const std::lock_guard lock(state_->mutex);
      state_->books = std::move(found_);
    }
    state_->changed.notify_all();
  }

 private:
  std::shared_ptr<State> state_;
  std::vector<ClockBook> found_;
};

template <class State>
class OpenDayJob final : public Submission {
 public:
  OpenDayJob(std::shared_ptr<State> state, BookNumber to, Date date)
      : state_(std::move(state)), id_(day_command_id(date)) {
    flatbuffers::FlatBufferBuilder builder;
    builder.Finish(CreateOpenBusinessDay(builder, date.value()));
    bytes = AlignedBuffer(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
    book = to;
    principal = kServerPrincipal;
    CommandInput input;
    input.id = id_;
    input.kind = number_of<OpenBusinessDay>;
    input.body = bytes.bytes();
    commands.push_back(input);
  }

  void answer(std::span<const CommandResult> results) override {
    const StatusCode status = results.front().status;
    {
      const std::lock_guard lock(state_->mutex);
      --state_->unanswered;
      if (status != StatusCode::kDone)
        state_->refused = id_ + ": " + std::string(status_word(status));
    }
    state_->changed.notify_all();
  }

 private:
  std::shared_ptr<State> state_;
  const std::string id_;
};

}  // namespace

BusinessDays::BusinessDays(Engine& engine, Clock& clock, Options options)
    : engine_(engine),
      clock_(clock),
      options_(std::move(options)),
      shared_(std::make_shared<Shared>()),
      // Book 0 goes on when a book is opened: its day may be due.
      on_durable_(std::make_shared<const OnDurable>([shared = shared_](BookNumber book, Sequence) {
        if (book == BookNumber{0}) shared->wake();
      })) {
}

void BusinessDays::start() {
  engine_.follow(on_durable_);
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "kontor-days");
    run();
  });
}

void BusinessDays::look() {
  shared_->wake();
}

void BusinessDays::stop() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
  }
  shared_->changed.notify_all();
  if (thread_.joinable()) thread_.join();
}

void BusinessDays::run() {
  Shared& shared = *shared_;
  std::unique_lock lock(shared.mutex);
  while (!shared.stopping) {
    shared.look = false;
    lock.unlock();
    const auto books = ask_books();
    nanoseconds pause = kTryAgain;
    if (books) {
      const std::int64_t until = open_due(*books).value() - clock_.now().value();
      pause = std::clamp<nanoseconds>(nanoseconds(until), kShortest, options_.look_interval);
    }
    lock.lock();
    shared.changed.wait_for(lock, pause, [&] { return shared.look || shared.stopping; });
  }
}

// Nothing: the engine has too much to do, or stops.
std::optional<std::vector<ClockBook>> BusinessDays::ask_books() {
  if (engine_.ask(std::make_unique<ClockBooksQuestion<Shared>>(shared_)) != StatusCode::kDone) {
    return std::nullopt;
  }
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [this] { return shared_->books || shared_->stopping; });
  return std::exchange(shared_->books, std::nullopt);
}

Timestamp BusinessDays::open_due(const std::vector<ClockBook>& books) {
  const Timestamp now = clock_.now();
  std::int64_t next = now.value() + nanoseconds(options_.look_interval).count();
  for (const ClockBook& book : books) {
    const TimeZone* const local = zone(book.time_zone);
    if (local == nullptr) continue;
    const Date today = local->date_at(now);
    if (today > book.business_date) {
      // As many days as one command may open; the next look opens the rest.
      open_day(book, std::min(today, add_days(book.business_date, limits::kDaysAtOnceMax)));
      next = now.value();
    } else {
      next = std::min(next, local->first_of(add_days(book.business_date, 1)).value());
    }
  }
  std::unique_lock lock(shared_->mutex);
  shared_->changed.wait(lock, [this] { return shared_->unanswered == 0 || shared_->stopping; });
  const std::string refused = std::exchange(shared_->refused, {});
  lock.unlock();
  if (refused.empty()) return Timestamp{next};
  warn("a business day could not be opened: " + refused);
  return Timestamp{now.value() + nanoseconds(options_.look_interval).count()};
}

const TimeZone* BusinessDays::zone(const std::string& name) {
  const auto known = zones_.find(name);
  if (known != zones_.end()) return &known->second;
  Result<TimeZone> loaded = TimeZone::load(name, options_.zone_folder);
  if (!loaded) {
    warn("business days of a book are not opened: " + loaded.error().message);
    return nullptr;
  }
  return &zones_.emplace(name, std::move(loaded.value())).first->second;
}

void BusinessDays::open_day(const ClockBook& book, Date date) {
  std::unique_ptr<Submission> job = std::make_unique<OpenDayJob<Shared>>(shared_, book.book, date);
  {
    const std::lock_guard lock(shared_->mutex);
    ++shared_->unanswered;
  }
  if (engine_.submit(job) == StatusCode::kDone) return;
  const std::lock_guard lock(shared_->mutex);  // full, or stopping: the next look tries again
  --shared_->unanswered;
}

void BusinessDays::warn(const std::string& text) {
  if (text == warned_ || !options_.warn) return;
  warned_ = text;
  options_.warn(text);
}

}  // namespace kontor
