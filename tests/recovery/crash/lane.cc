#include "tests/recovery/crash/lane.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace kontor::test {
namespace {

constexpr std::size_t kSamplesMax = 512;
constexpr std::uint64_t kSampleOneIn = 32;
constexpr std::chrono::seconds kDeadline{120};

bool is_final(StatusCode status) {
  const StatusClass is = class_of(status);
  return is != StatusClass::kNotStarted && is != StatusClass::kUnknown;
}

}  // namespace

Lane::Lane(Ledger& ledger, std::unique_ptr<Traffic> traffic, std::uint64_t seed)
    : ledger_(ledger), traffic_(std::move(traffic)), random_(seed) {
}

Status Lane::connect(const std::string& address) {
  ClientOptions options;
  options.name = "crash test";
  options.deadline = kDeadline;
  options.frames_in_flight = 4'096;
  if (Status parsed = parse_server(address, options); !parsed) return parsed;
  Result<std::unique_ptr<Client>> client = Client::connect(options);
  if (!client) return client.error();
  client_ = std::move(*client);
  return {};
}

void Lane::add(Kept command) {
  const std::lock_guard lock(mutex_);
  unanswered_.push_back(std::make_shared<const Kept>(std::move(command)));
}

void Lane::run(BookNumber book, const LaneLimits& limits, bool onwards, OnAnswered on_answered) {
  const std::lock_guard lock(mutex_);
  book_ = book;
  limits_ = limits;
  onwards_ = onwards;
  on_answered_ = std::move(on_answered);
  in_flight_ = 0;
  to_repeat_ = samples_;
  to_repeat_.insert(to_repeat_.end(), unanswered_.begin(), unanswered_.end());
  running_ = true;
  fill();
}

std::shared_ptr<const Kept> Lane::next() {
  if (!to_repeat_.empty()) {
    std::shared_ptr<const Kept> command = std::move(to_repeat_.front());
    to_repeat_.pop_front();
    return command;
  }
  if (!onwards_) return nullptr;
  unanswered_.push_back(std::make_shared<const Kept>(traffic_->next()));
  return unanswered_.back();
}

void Lane::fill() {
  while (running_ && in_flight_ < limits_.in_flight) {
    if (!send_frame()) break;
  }
}

// False: nothing was left to send, or the client takes nothing.
bool Lane::send_frame() {
  const std::size_t room = std::min(limits_.frame_commands, limits_.in_flight - in_flight_);
  const std::size_t count = 1 + below(random_, room);
  SubmitFrame frame(book_, count);
  Frame held;
  while (held.size() < count) {
    std::shared_ptr<const Kept> command = next();
    if (command == nullptr) break;
    if (!frame.add(command->to_send())) {
      to_repeat_.push_front(std::move(command));
      break;
    }
    held.push_back(std::move(command));
  }
  if (held.empty()) return false;
  const std::size_t sent = held.size();
  const Status queued = client_->send(
      std::move(frame),
      [this, held = std::move(held)](std::span<const Answer> answers) { take(held, answers); });
  if (queued) {
    in_flight_ += sent;
    return true;
  }
  running_ = false;
  ledger_.unsound("the client takes no more commands: " + queued.error().message);
  return false;
}

void Lane::take(const Frame& frame, std::span<const Answer> answers) {
  OnAnswered tell;
  std::size_t settled = 0;
  {
    const std::lock_guard lock(mutex_);
    settled = settle(frame, answers);
    in_flight_ -= frame.size();
    fill();
    tell = on_answered_;
  }
  changed_.notify_all();
  if (tell) tell(settled);
}

std::size_t Lane::settle(const Frame& frame, std::span<const Answer> answers) {
  if (frame.size() != answers.size()) {
    ledger_.unsound("a frame of " + std::to_string(frame.size()) + " commands got " +
                    std::to_string(answers.size()) + " answers");
    return 0;
  }
  std::unordered_set<const Kept*> final;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!is_final(answers[i].status)) continue;
    ledger_.answered(frame[i]->id, answers[i], frame[i]->expected);
    final.insert(frame[i].get());
    if (below(random_, kSampleOneIn) == 0) samples_.push_back(frame[i]);
  }
  while (samples_.size() > kSamplesMax)
    samples_.pop_front();
  if (final.empty()) return 0;
  // Answers come about in the order of sending: what is final is near the front.
  std::size_t left = final.size();
  for (auto at = unanswered_.begin(); at != unanswered_.end() && left > 0;) {
    const bool is = final.contains(at->get());
    left -= is ? 1 : 0;
    at = is ? unanswered_.erase(at) : at + 1;
  }
  return final.size();
}

bool Lane::wait_all_answered(std::chrono::seconds within) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, within, [this] {
    return in_flight_ == 0 && (!running_ || to_repeat_.empty());
  }) && unanswered_.empty();
}

void Lane::disconnect() {
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    on_answered_ = nullptr;
  }
  client_.reset();
}

std::size_t Lane::unanswered() const {
  const std::lock_guard lock(mutex_);
  return unanswered_.size();
}

}  // namespace kontor::test
