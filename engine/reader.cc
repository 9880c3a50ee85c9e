#include "engine/reader.h"

#include <algorithm>
#include <string>

#include "events/base/mark.h"
#include "events/codec/catalog.h"
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

StatusCode status_of(const DecisionView& decision) {
  if (decision.header().command_kind == number_of<FenceCommand>) return StatusCode::kFenced;
  return decision.refused() ? StatusCode::kRefused : StatusCode::kDone;
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
      result.status = status_of(decision);
      const bool fenced = result.status == StatusCode::kFenced;
      if (pending.compare && !fenced && !says_the_same(held->job->commands[i], decision)) {
        KONTOR_MARK("an id used again for something else");
        result.status = StatusCode::kIdReused;
      }
    }
    held->job->answer(results);
  });
}

Sequence Reader::last_sequence(BookNumber book) const {
  return directory_.last_sequence(book);
}

Status Reader::load_page(BookNumber book, CommitNumber commit) const {
  page_.number = CommitNumber{};
  page_.decisions.clear();
  const Status read =
      log_.read(commit, commit, [&](CommitNumber, std::span<const std::byte> bytes) {
        page_.commit.clear();
        page_.commit.append(bytes);
        return true;
      });
  if (!read.ok()) return read;
  std::span<const std::byte> bytes = page_.commit.bytes();
  while (!bytes.empty()) {
    const auto page = read_page(bytes);
    if (!page.ok()) return page.error();
    if (page->header().book == book.value()) {
      page->for_each_decision([&](const DecisionView& decision) {
        page_.decisions.emplace_back(decision.header().first_sequence, decision.bytes().data());
      });
    }
    bytes = bytes.subspan(page->header().header_bytes + page->header().stored_bytes);
  }
  page_.number = commit;
  page_.book = book;
  return {};
}

Status Reader::open_page(BookNumber book, Sequence sequence) const {
  const CommitNumber commit = directory_.find(book, sequence);
  if (commit.value() == 0) {
    return Error{ErrorKind::kNotFound,
                 "sequence " + std::to_string(sequence.value()) + " is not in the log (yet)"};
  }
  if (commit == page_.number && book == page_.book) return {};
  return load_page(book, commit);
}

Error Reader::lacks(Sequence sequence) const {
  return {ErrorKind::kCorrupt, "commit " + std::to_string(page_.number.value()) +
                                   " lacks sequence " + std::to_string(sequence.value()) +
                                   "; run kontor verify"};
}

Result<const std::byte*> Reader::find_decision(BookNumber book, Sequence sequence) const {
  if (const Status opened = open_page(book, sequence); !opened.ok()) return opened.error();
  const auto after = std::upper_bound(
      page_.decisions.begin(), page_.decisions.end(), sequence.value(),
      [](std::uint64_t wanted, const auto& place) { return wanted < place.first; });
  if (after == page_.decisions.begin()) return lacks(sequence);
  return (after - 1)->second;
}

Result<AlignedBuffer> Reader::decision_at(BookNumber book, Sequence sequence) const {
  const auto found = find_decision(book, sequence);
  if (!found.ok()) return found.error();
  return AlignedBuffer(DecisionView(*found).bytes());
}

Status Reader::scan(BookNumber book, Sequence from,
                    const std::function<bool(const DecisionView&)>& visit) const {
  const Sequence last = directory_.last_sequence(book);
  Sequence next{std::max<std::uint64_t>(from.value(), 1)};
  while (next <= last) {
    const auto found = find_decision(book, next);
    if (!found.ok()) return found.error();
    const DecisionView decision(*found);
    next = Sequence{decision.header().first_sequence + decision.header().event_count};
    if (!visit(decision)) return {};
  }
  return {};
}

Status Reader::scan_pages(BookNumber book, Sequence from, const PageVisit& visit) const {
  const Sequence last = directory_.last_sequence(book);
  Sequence next{std::max<std::uint64_t>(from.value(), 1)};
  bool wanted = true;
  while (wanted && next <= last) {
    if (const Status opened = open_page(book, next); !opened.ok()) return opened.error();
    const Sequence before = next;
    std::span<const std::byte> bytes = page_.commit.bytes();
    while (!bytes.empty()) {
      const auto page = read_page(bytes);
      if (!page.ok()) return page.error();
      if (page->header().book == book.value()) {
        next = Sequence{page->header().first_sequence + page->header().event_count};
        wanted = visit(*page, bytes.first(page->bytes()));
      }
      bytes = bytes.subspan(page->bytes());
    }
    if (next <= before) return lacks(before);
  }
  return {};
}

}  // namespace kontor
