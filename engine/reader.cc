#include "engine/reader.h"

#include <string>

#include "events/json/json.h"

namespace kontor {
namespace {

constexpr std::size_t kWorkMax = 1024;

// Whether what was sent now is what was sent then, whatever its layout.
bool says_the_same(const CommandInput& now, const DecisionView& then) {
  const DecisionHeader& header = then.header();
  const bool dated = (header.flags & kEffectiveDateGiven) != 0;
  const Date effective = dated ? Date{header.effective_date} : kNoDate;
  return now.kind == header.command_kind && now.actor == then.actor() &&
         now.on_behalf_of == then.on_behalf_of() && now.reason == then.reason() &&
         now.effective_date == effective && now.expected_version == header.expected_version &&
         same_command(now.kind, now.body, then.command());
}

}  // namespace

void Reader::start() {
  thread_ = std::thread([this] { run(); });
}

void Reader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Reader::post(LogWork work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || work_.size() >= kWorkMax) return false;
    work_.push_back(std::move(work));
  }
  wake_.notify_one();
  return true;
}

void Reader::push(LogWork work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
  }
  wake_.notify_one();
}

void Reader::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || !work_.empty(); });
    if (work_.empty()) return;
    const LogWork work = std::move(work_.front());
    work_.pop_front();
    lock.unlock();
    work(*this);
    lock.lock();
  }
}

void Reader::answer(PendingSubmission submission) {
  const auto held = std::make_shared<PendingSubmission>(std::move(submission));
  push([this, held](const LogReader&) {
    std::vector<AlignedBuffer> decisions;
    std::vector<CommandResult> results;
    decisions.reserve(held->results.size());
    for (std::size_t i = 0; i < held->results.size(); ++i) {
      const PendingResult& pending = held->results[i];
      CommandResult& result = results.emplace_back();
      result.status = pending.status;
      if (pending.sequence.value() == 0) continue;
      auto bytes = decision_at(pending.book, pending.sequence);
      KONTOR_ASSERT(bytes.ok());  // durable, and verified at start: the disk has failed since
      const DecisionView decision(decisions.emplace_back(std::move(*bytes)).data());
      result.decision = decision.bytes().data();
      result.repeated = pending.repeated;
      result.status = decision.refused() ? StatusCode::kRefused : StatusCode::kDone;
      if (pending.compare && !says_the_same(held->job->commands[i], decision)) {
        result.status = StatusCode::kIdReused;
      }
    }
    held->job->answer(results);
  });
}

Sequence Reader::last_sequence(BookNumber book) const {
  return directory_.last_sequence(book);
}

Result<PageView> Reader::page_at(BookNumber book, Sequence sequence) const {
  const CommitNumber commit = directory_.find(book, sequence);
  if (commit.value() == 0) {
    return Error{ErrorKind::kNotFound,
                 "sequence " + std::to_string(sequence.value()) + " is not in the log (yet)"};
  }
  if (commit != commit_number_) {
    commit_number_ = CommitNumber{};
    const Status read =
        log_.read(commit, commit, [&](CommitNumber, std::span<const std::byte> bytes) {
          commit_.clear();
          commit_.append(bytes);
          return true;
        });
    if (!read.ok()) return read.error();
    commit_number_ = commit;
  }
  std::span<const std::byte> bytes = commit_.bytes();
  while (!bytes.empty()) {
    auto page = read_page(bytes);
    if (!page.ok()) return page.error();
    if (page->header().book == book.value()) return page;
    bytes = bytes.subspan(page->header().header_bytes + page->header().stored_bytes);
  }
  return Error{ErrorKind::kCorrupt,
               "commit " + std::to_string(commit.value()) + " lacks its page; run kontor verify"};
}

Result<AlignedBuffer> Reader::decision_at(BookNumber book, Sequence sequence) const {
  const auto page = page_at(book, sequence);
  if (!page.ok()) return page.error();
  AlignedBuffer out;
  page->for_each_decision([&](const DecisionView& decision) {
    const std::uint64_t first = decision.header().first_sequence;
    const bool holds =
        sequence.value() >= first && sequence.value() < first + decision.header().event_count;
    if (holds) out.append(decision.bytes());
  });
  if (out.empty()) return Error{ErrorKind::kCorrupt, "a page without the sequence it should hold"};
  return out;
}

Status Reader::scan(BookNumber book, Sequence from,
                    const std::function<bool(const DecisionView&)>& visit) const {
  const Sequence last = directory_.last_sequence(book);
  Sequence next{std::max<std::uint64_t>(from.value(), 1)};
  bool go_on = true;
  while (go_on && next <= last) {
    const auto page = page_at(book, next);
    if (!page.ok()) return page.error();
    page->for_each_decision([&](const DecisionView& decision) {
      const std::uint64_t end = decision.header().first_sequence + decision.header().event_count;
      if (!go_on || end <= next.value() || decision.first_sequence() > last) return;
      next = Sequence{end};
      go_on = visit(decision);
    });
  }
  return {};
}

}  // namespace kontor
