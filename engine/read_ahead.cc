#include "engine/read_ahead.h"

#include <string>
#include <utility>

#include "events/codec/catalog.h"
#include "events/codec/decision.h"

namespace kontor {
namespace {

Status verify_bodies(const PageView& page, std::vector<const std::byte*>& decisions) {
  Status status;
  decisions.reserve(page.header().decision_count);
  const std::string book = std::to_string(page.header().book);
  page.for_each_decision([&](const DecisionView& decision) {
    decisions.push_back(decision.bytes().data());
    decision.for_each_event([&](const EventView& event) {
      if (!status.ok() || verify_event(event.header.kind, event.body)) return;
      const bool known = !event_name(event.header.kind).empty();
      status = Error{known ? ErrorKind::kCorrupt : ErrorKind::kNewer,
                     "event " + std::to_string(event.sequence.value()) + " of book " + book +
                         (known ? " has damaged bytes; restore a backup"
                                : " is of a kind this version does not know; use a newer one")};
    });
  });
  return status;
}

}  // namespace

CommitCheck::CommitCheck(const std::vector<PageChain>& chains, Trees trees) : trees_(trees) {
  for (const PageChain& chain : chains)
    chains_.emplace(chain.book.value(), chain);
}

PageChain& CommitCheck::chain_of(BookNumber book) {
  PageChain& chain = chains_[book.value()];
  chain.book = book;
  return chain;
}

void CommitCheck::check(CommitNumber number, std::span<const std::byte> bytes, CheckedCommit& out) {
  out.number = number;
  out.bytes.clear();
  out.bytes.append(bytes);
  out.pages.clear();
  out.readable = Status{};
  std::span<const std::byte> rest = out.bytes.bytes();
  while (!rest.empty()) {
    const Result<PageView> page = read_page(rest);
    if (!page.ok()) {
      out.readable = page.error();
      return;
    }
    PageChain& chain = chain_of(BookNumber{page->header().book});
    Status sound = trees_ == Trees::kFollow ? chain.follow(*page) : chain.follow_unhashed(*page);
    std::vector<const std::byte*> decisions;
    if (sound.ok()) sound = verify_bodies(*page, decisions);
    const bool goes_on = sound.ok();
    out.pages.push_back({*page, std::move(sound), chain, std::move(decisions)});
    if (!goes_on) return;
    rest = rest.subspan(page->header().header_bytes + page->header().stored_bytes);
  }
}

ReadAhead::ReadAhead(const EventLog& log, CommitNumber first, CommitNumber last, CommitCheck check)
    : check_(std::move(check)), thread_([this, &log, first, last] { read(log, first, last); }) {
}

ReadAhead::~ReadAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void ReadAhead::read(const EventLog& log, CommitNumber first, CommitNumber last) {
  Status status = log.read(
      first, last,
      [this](CommitNumber number, std::span<const std::byte> bytes) { return add(number, bytes); });
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    status_ = std::move(status);
  }
  changed_.notify_all();
}

bool ReadAhead::add(CommitNumber number, std::span<const std::byte> bytes) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stopped_ || made_ - taken_ < kCommits; });
  if (stopped_) return false;
  CheckedCommit& place = commits_[made_ % kCommits];
  lock.unlock();
  check_.check(number, bytes, place);
  const bool sound = place.readable.ok() && (place.pages.empty() || place.pages.back().sound.ok());
  lock.lock();
  ++made_;
  lock.unlock();
  changed_.notify_all();
  return sound;
}

const CheckedCommit* ReadAhead::next() {
  std::unique_lock lock(mutex_);
  if (holds_one_) {
    ++taken_;
    holds_one_ = false;
    changed_.notify_all();
  }
  changed_.wait(lock, [this] { return ended_ || made_ > taken_; });
  if (made_ == taken_) return nullptr;
  holds_one_ = true;
  return &commits_[taken_ % kCommits];
}

}  // namespace kontor
