#include "engine/committer.h"

#include <algorithm>
#include <utility>

#include "engine/engine.h"
#include "events/base/niceness.h"

namespace kontor {

Committer::Committer(Parts parts, std::vector<PageChain> chains, Epoch epoch, Fatal fatal,
                     Idle idle)
    : parts_(parts),
      chains_(std::move(chains)),
      epoch_(epoch),
      fatal_(std::move(fatal)),
      idle_(std::move(idle)),
      spare_(std::make_unique<Batch>()) {
}

void Committer::start() {
  thread_ = std::thread([this] { run(); });
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Committer::idle() const {
  const std::lock_guard lock(mutex_);
  return !busy_ && waiting_ == nullptr;
}

std::unique_ptr<Batch> Committer::hand_over(std::unique_ptr<Batch> batch) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return waiting_ == nullptr && spare_ != nullptr; });
  waiting_ = std::move(batch);
  std::unique_ptr<Batch> empty = std::move(spare_);
  lock.unlock();
  wake_.notify_all();
  return empty;
}

void Committer::wait_until_idle() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return !busy_ && waiting_ == nullptr; });
}

void Committer::look_at_probe() {
  bool ended = false;
  {
    const std::lock_guard lock(mutex_);
    ended = ended_;
  }
  if (ended) return answer_probe();
  wake_.notify_all();
}

void Committer::answer_probe() {
  if (!parts_.probe.asked()) return;
  std::optional<LogChains> chains;
  if (!failed_) chains = LogChains{parts_.log.tail().last, chains_};
  parts_.probe.answer(std::move(chains));
  idle_();
}

CommitStats Committer::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void Committer::run() {
  if (parts_.nice != 0) be_nice(parts_.nice);  // who decides says so where it is not allowed
  std::unique_lock lock(mutex_);
  while (true) {
    const auto asked = [&] { return parts_.probe.asked(); };
    wake_.wait(lock, [&] { return stopping_ || waiting_ != nullptr || asked(); });
    if (asked()) {
      lock.unlock();
      answer_probe();
      lock.lock();
      continue;
    }
    if (waiting_ == nullptr) break;
    std::unique_ptr<Batch> batch = std::move(waiting_);
    busy_ = true;
    lock.unlock();
    commit(*batch);
    batch->clear();
    lock.lock();
    spare_ = std::move(batch);
    busy_ = false;
    lock.unlock();
    wake_.notify_all();
    idle_();
    lock.lock();
  }
  ended_ = true;
}

void Committer::commit(Batch& batch) {
  if (!failed_ && batch.page_count() > 0) append(batch);
  if (!failed_) answer(batch);
}

void Committer::append(Batch& batch) {
  const auto begun = std::chrono::steady_clock::now();
  std::vector<CommitPage> pages;
  for (std::uint32_t i = 0; i < batch.page_count(); ++i) {
    const BookNumber book = batch.page(i).book();
    while (chains_.size() <= book.value()) {
      chains_.emplace_back();
      chains_.back().book = BookNumber{static_cast<std::uint32_t>(chains_.size() - 1)};
    }
  }
  for (std::uint32_t i = 0; i < batch.page_count(); ++i) {
    pages.push_back({&batch.page(i), &chains_[batch.page(i).book().value()]});
  }
  const CommitNumber before = parts_.log.tail().last;
  const CommitNumber number{before.value() + 1};
  const auto bytes = seal_commit(pages, {epoch_, number, 1}, scratch_);
  if (const Status written = parts_.log.append(epoch_, before, bytes); !written.ok()) {
    failed_ = true;
    return fatal_(written.error());
  }
  for (const CommitPage& page : pages) {
    PageChain& chain = *page.chain;
    chain.durable_watermark = chain.last_sequence;
    const Sequence first{chain.last_sequence.value() + 1 - page.page->events()};
    parts_.directory.add(chain.book, first, chain.last_sequence, number);
    parts_.followers.tell(chain.book, chain.last_sequence);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const std::lock_guard lock(mutex_);
  ++stats_.commits;
  stats_.bytes += bytes.size();
  stats_.seconds_sum += took.count();
  const auto& bounds = Engine::commit_bounds();
  const auto bound = std::lower_bound(bounds.begin(), bounds.end(), took.count());
  ++stats_.buckets.at(static_cast<std::size_t>(bound - bounds.begin()));
}

void Committer::answer(Batch& batch) {
  std::vector<CommandResult> results;
  for (PendingSubmission& pending : batch.submissions) {
    if (pending.needs_log) {
      parts_.reader.answer(std::move(pending));
      continue;
    }
    results.clear();
    for (const PendingResult& result : pending.results) {
      const std::byte* const decision =
          result.decided_here ? batch.page(result.page).buffer().data() + result.offset : nullptr;
      results.push_back({result.status, decision, false});
    }
    pending.job->answer(results);
  }
  for (const std::unique_ptr<Question>& question : batch.questions)
    question->answer();
}

}  // namespace kontor
