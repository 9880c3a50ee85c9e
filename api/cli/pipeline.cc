#include "api/cli/pipeline.h"

#include <utility>

namespace kontor::cli {
namespace {

constexpr std::size_t kExamplesMax = 5;
constexpr std::chrono::milliseconds kMeanwhile{100};

}  // namespace

Pipeline::Pipeline(Client& client, BookNumber book, std::size_t frame_commands)
    : client_(client), book_(book), frame_commands_(frame_commands), frame_(book, frame_commands) {
}

Status Pipeline::add(const CommandToSend& command) {
  if (!frame_.add(command)) {
    if (Status flushed = flush(); !flushed) return flushed;
    if (!frame_.add(command)) {
      return Error{ErrorKind::kUsage, "command " + std::string(command.id) + " is too large"};
    }
  }
  ids_.emplace_back(command.id);
  return {};
}

Status Pipeline::flush() {
  if (frame_.count() == 0) return {};
  bytes_ += frame_.bytes();
  sent_ += frame_.count();
  SubmitFrame full = std::exchange(frame_, SubmitFrame(book_, frame_commands_));
  return client_.send(std::move(full),
                      [this, ids = std::exchange(ids_, {})](std::span<const Answer> answers) {
                        count(ids, answers);
                      });
}

void Pipeline::count(const std::vector<std::string>& ids, std::span<const Answer> answers) {
  std::uint64_t done = 0;
  std::uint64_t repeated = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const Answer& answer = answers[i];
    repeated += answer.repeated ? 1 : 0;
    if (answer.status == StatusCode::kDone) {
      ++done;
      continue;
    }
    const StatusClass c = class_of(answer.status);
    if (c == StatusClass::kNotStarted || c == StatusClass::kUnknown) unreached_ = true;
    const std::lock_guard lock(mutex_);
    if (examples_.size() < kExamplesMax) examples_.push_back(answer_json(ids[i], answer));
  }
  done_ += done;
  repeated_ += repeated;
  const std::lock_guard lock(mutex_);
  answered_ += answers.size();
  changed_.notify_all();
}

Status Pipeline::wait(const std::function<void()>& meanwhile) {
  if (Status flushed = flush(); !flushed) return flushed;
  std::unique_lock lock(mutex_);
  while (answered_ < sent_) {
    changed_.wait_for(lock, kMeanwhile);
    lock.unlock();
    meanwhile();
    lock.lock();
  }
  return {};
}

std::vector<std::string> Pipeline::examples() const {
  const std::lock_guard lock(mutex_);
  return examples_;
}

}  // namespace kontor::cli
