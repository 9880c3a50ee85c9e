#include "tests/api/fake_engine.h"

#include <cstring>

#include "record_payment_generated.h"

#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor::test {

AlignedBuffer make_decision(std::string_view id, std::uint64_t first_sequence,
                            const std::vector<FakeEvent>& events) {
  DecisionHeader header;
  header.first_sequence = first_sequence;
  header.event_count = static_cast<std::uint32_t>(events.size());
  header.recorded_at = 1'773'135'000'000'000'000 + static_cast<std::int64_t>(first_sequence);
  header.id_bytes = static_cast<std::uint8_t>(id.size());
  AlignedBuffer bytes;
  bytes.append(std::as_bytes(std::span(&header, 1)));
  bytes.append_padded(std::as_bytes(std::span(id)));
  for (const FakeEvent& event : events) {
    EventHeader event_header;
    event_header.kind = event.kind;
    event_header.length = static_cast<std::uint32_t>(event.body.size());
    bytes.append(std::as_bytes(std::span(&event_header, 1)));
    bytes.append_padded(event.body);
  }
  header.bytes = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

std::vector<std::byte> payment_body(std::string_view payment, std::int64_t amount) {
  flatbuffers::FlatBufferBuilder builder;
  const auto payment_at = builder.CreateString(payment.data(), payment.size());
  const auto payer_at = builder.CreateString("acme");
  RecordPaymentBuilder out(builder);
  out.add_payment(payment_at);
  out.add_payer(payer_at);
  out.add_amount(amount);
  builder.Finish(out.Finish());
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

FakeEngine::FakeEngine() {
  add_book(1, "main");
  thread_ = std::thread([this] { run(); });
}

FakeEngine::~FakeEngine() {
  stop();
}

StatusCode FakeEngine::submit(std::unique_ptr<Submission>& job) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return StatusCode::kStopping;
  if (turn_away_ > 0) {
    --turn_away_;
    return turn_away_status_;
  }
  if (job->deadline) deadlines_.push_back(*job->deadline);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  return StatusCode::kDone;
}

StatusCode FakeEngine::ask(std::unique_ptr<Question>) {
  return StatusCode::kStopping;
}

StatusCode FakeEngine::read(LogWork) {
  return StatusCode::kStopping;
}

std::vector<BookInfo> FakeEngine::books() const {
  const std::lock_guard lock(mutex_);
  return books_;
}

EngineStats FakeEngine::stats() const {
  EngineStats stats;
  const std::lock_guard lock(mutex_);
  stats.commands.push_back({number_of<RecordPayment>, StatusCode::kDone, decided_.size()});
  stats.commits = 3;
  stats.commit_bytes = 4096;
  stats.commit_seconds_buckets = {1, 2, 0};
  stats.commit_seconds_sum = 0.5;
  stats.inbox_commands = jobs_.size();
  for (const BookInfo& book : books_) {
    stats.books.push_back({book.number, book.name, next_sequence_ - 1, 0});
  }
  return stats;
}

void FakeEngine::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    held_ = false;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void FakeEngine::add_book(std::uint32_t number, const std::string& name) {
  const std::lock_guard lock(mutex_);
  books_.push_back({BookNumber{number}, name, 978, limits::kOutcomesKept, Sequence{}});
}

void FakeEngine::hold() {
  const std::lock_guard lock(mutex_);
  held_ = true;
}

void FakeEngine::release() {
  const std::lock_guard lock(mutex_);
  held_ = false;
  changed_.notify_all();
}

void FakeEngine::turn_away(int times, StatusCode status) {
  const std::lock_guard lock(mutex_);
  turn_away_ = times;
  turn_away_status_ = status;
}

std::vector<std::string> FakeEngine::decided() const {
  const std::lock_guard lock(mutex_);
  return decided_;
}

std::size_t FakeEngine::waiting() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size();
}

std::size_t FakeEngine::repeats() const {
  const std::lock_guard lock(mutex_);
  return repeats_;
}

bool FakeEngine::wait_for_waiting(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return jobs_.size() >= count; });
}

std::vector<std::chrono::steady_clock::time_point> FakeEngine::deadlines() const {
  const std::lock_guard lock(mutex_);
  return deadlines_;
}

void FakeEngine::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || (!held_ && !jobs_.empty()); });
    if (jobs_.empty()) return;
    const std::unique_ptr<Submission> job = std::move(jobs_.front());
    jobs_.pop_front();
    decide(*job);
  }
}

// Called with the lock: answering hands over and does not call back.
void FakeEngine::decide(Submission& job) {
  std::vector<CommandResult> results;
  for (const CommandInput& command : job.commands) {
    if (command.status != StatusCode::kDone) {
      results.push_back({command.status, nullptr, false});
      continue;
    }
    const std::string id(command.id);
    auto found = outcomes_.find(id);
    const bool repeated = found != outcomes_.end();
    if (!command.resolve && fenced_.contains(id)) {
      results.push_back({StatusCode::kFenced, nullptr, true});
      continue;
    }
    if (command.resolve && !repeated) {
      fenced_.insert(id);
      results.push_back({StatusCode::kFenced, nullptr, false});
      continue;
    }
    if (repeated) {
      ++repeats_;
    } else {
      decided_.push_back(id);
      AlignedBuffer decision =
          make_decision(id, next_sequence_++, {{number_of<PaymentReceived>, {}}});
      found = outcomes_.emplace(id, std::move(decision)).first;
    }
    results.push_back({StatusCode::kDone, found->second.data(), repeated});
  }
  job.answer(results);
}

}  // namespace kontor::test
