#include "engine/sequencer.h"

#include <algorithm>

#include "engine/look_ahead.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "events/codec/catalog.h"

namespace kontor {

void CommandCounts::count(std::uint16_t kind, StatusCode status) {
  std::size_t end = 0;
  switch (class_of(status)) {
    case StatusClass::kDone:
      break;
    case StatusClass::kRefused:
      end = 1;
      break;
    case StatusClass::kMisuse:
      end = 2;
      break;
    default:
      end = 3;
  }
  counts_[std::min<std::size_t>(kind, kKinds - 1)][end].fetch_add(1, std::memory_order_relaxed);
}

std::vector<CommandCount> CommandCounts::list() const {
  std::vector<CommandCount> out;
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    for (std::size_t end = 0; end < kEnds.size(); ++end) {
      const std::uint64_t count = counts_[kind][end].load(std::memory_order_relaxed);
      if (count > 0) out.push_back({static_cast<std::uint16_t>(kind), kEnds[end], count});
    }
  }
  return out;
}

bool Sequencer::is_full(const Batch& batch) const {
  return batch.decisions() >= options_.page_decisions_max ||
         batch.bytes() + limits::kDecisionBytesMax > limits::kPageBytesMax;
}

Timestamp Sequencer::next_time(const Book& book) {
  const std::int64_t last = book.last_recorded().value();
  if (now_.value() <= last) KONTOR_MARK("a clock that did not go on");
  return std::max(now_, Timestamp{last + 1});
}

void Sequencer::make_room(PendingSubmission& pending, std::unique_ptr<Batch>& batch) {
  if (!is_full(*batch)) return;
  KONTOR_MARK("a batch full in the middle of a submission");
  flush(pending, batch);
}

void Sequencer::flush(PendingSubmission& pending, std::unique_ptr<Batch>& batch) const {
  for (PendingResult& result : pending.results) {
    pending.needs_log = pending.needs_log || result.decided_here;
    result.decided_here = false;
  }
  hands_.flush(batch);
}

void Sequencer::catch_up(std::unique_ptr<Batch>& batch) {
  now_ = clock_.now();
  PendingSubmission nobody;
  for (std::uint32_t i = 0; i < books_.count(); ++i)
    run_follow_ups(*books_.find(BookNumber{i}), nobody, batch);
}

void Sequencer::run(std::unique_ptr<Submission> job, std::unique_ptr<Batch>& batch) {
  now_ = clock_.now();
  const bool late = job->deadline && *job->deadline <= clock_.steady();
  // A decision is a few times its command; a frame that would not fit begins a new batch.
  const std::size_t expected = job->bytes.size() * 4;
  if (batch->decisions() > 0 && batch->bytes() + expected > limits::kPageBytesMax) {
    hands_.flush(batch);
  }

  PendingSubmission pending;
  pending.results.reserve(job->commands.size());
  LookAhead ahead(books_.find(job->book), *job);
  for (std::size_t i = 0; i < job->commands.size(); ++i) {
    ahead.before(i);
    const CommandInput& input = job->commands[i];
    PendingResult result;
    if (input.status != StatusCode::kDone) {
      result.status = input.status;
    } else if (late) {
      KONTOR_MARK("work whose deadline passed before it began");
      result.status = StatusCode::kDeadlineExpired;
      counts_.count_expired();
    } else {
      make_room(pending, batch);
      result.status = reopen(*job, input, pending, batch);
      if (result.status == StatusCode::kDone) result = run_one(*job, input, *batch);
    }
    pending.needs_log = pending.needs_log || (!result.decided_here && result.sequence.value() != 0);
    counts_.count(input.kind, result.status);
    pending.results.push_back(result);
    Book* const book = books_.find(job->book);
    if (book != nullptr && result.decided_here) run_follow_ups(*book, pending, batch);
  }
  pending.job = std::move(job);
  batch->submissions.push_back(std::move(pending));
}

StatusCode Sequencer::reopen(const Submission& job, const CommandInput& input,
                             PendingSubmission& pending, std::unique_ptr<Batch>& batch) {
  Book* const book = books_.find(job.book);
  const bool none_left = book == nullptr || !book->has_settled();
  if (none_left || input.resolve || is_system_command(input.kind)) return StatusCode::kDone;
  std::vector<NamedDocument> missing = find_missing(*book, input);
  if (missing.empty()) return StatusCode::kDone;
  const bool repeats = book->outcomes().find(outcome_key(job.principal, input.id)) != nullptr;
  if (repeats) return StatusCode::kDone;

  const Sequence end = book->settled_by();
  if (!hands_.await(book->number(), end)) {
    KONTOR_MARK("a settled document named before its events were durable");
    flush(pending, batch);
    if (!hands_.await(book->number(), end)) return StatusCode::kStopping;
  }
  // What a document is bound to is known when it is there: a payment's invoices, an invoice's
  // order.
  for (bool found = true; found && !missing.empty(); missing = find_missing(*book, input)) {
    found = false;
    for (const NamedDocument& document : missing)
      found = reopen_one(*book, document, end, pending, batch) || found;
  }
  return StatusCode::kDone;
}

bool Sequencer::reopen_one(Book& book, const NamedDocument& document, Sequence end,
                           PendingSubmission& pending, std::unique_ptr<Batch>& batch) {
  const bool known_by_birth = document.birth != 0;
  if (known_by_birth && book.is_in_memory(document.kind, document.birth)) return false;  // twice
  const auto found = hands_.gatherer->find(book, document, end);
  KONTOR_ASSERT(found.ok());  // durable, and verified at start: the disk has failed since
  if (!*found) return false;
  if (book.is_in_memory(document.kind, (*found)->birth)) return false;
  const auto past = hands_.gatherer->gather(book, **found, end);
  KONTOR_ASSERT(past.ok());
  make_room(pending, batch);
  PageBuilder& page =
      batch->page(batch->page_of(book.number(), Sequence{book.last_sequence().value() + 1}));
  const std::size_t before = page.buffer().size();
  const Gathered gathered{(*found)->kind, (*found)->birth, (*found)->name, **past};
  decider_.decide_reopening(book, page, gathered, next_time(book));
  batch->count_decision(page.buffer().size() - before);
  make_room(pending, batch);
  KONTOR_MARK("a settled document reopened by a command that names it");
  if (known_by_birth) KONTOR_MARK("a settled document reopened for one that is bound to it");
  return true;
}

PendingResult Sequencer::run_one(Submission& job, const CommandInput& input, Batch& batch) {
  if (input.resolve) return resolve(job, input, batch);
  PendingResult result;
  const bool opens = input.kind == number_of<OpenBook>;
  Book* const book = books_.find(opens ? BookNumber{0} : job.book);
  if (is_system_command(input.kind) || command_name(input.kind).empty()) {
    result.status =
        is_system_command(input.kind) ? StatusCode::kSystemCommand : StatusCode::kUnknownCommand;
    return result;
  }
  if (book == nullptr || (!opens && job.book == BookNumber{0})) {
    result.status = StatusCode::kUnknownBook;
    return result;
  }
  const KnownOutcome* const known = book->outcomes().find(outcome_key(job.principal, input.id));
  if (known != nullptr) {
    counts_.count_repeat();
    KONTOR_MARK("a command that was decided before");
    result.repeated = true;
    result.compare = !(known->content == content_hash(input));
    result.sequence = Sequence{known->first_sequence};
    result.book = book->number();
    return result;
  }
  result = decide(*book, input, job.principal, batch);
  if (opens && result.status == StatusCode::kDone) {
    open_registered_book(input, job.principal, batch);
  }
  return result;
}

// An id without an outcome is fenced only when none can have been forgotten: what was decided after
// `since` is all remembered, and before it the id had not been sent.
PendingResult Sequencer::resolve(Submission& job, const CommandInput& input, Batch& batch) {
  PendingResult result;
  Book* const book = books_.find(job.book);
  if (book == nullptr) {
    result.status = StatusCode::kUnknownBook;
    return result;
  }
  const KnownOutcome* const known = book->outcomes().find(outcome_key(job.principal, input.id));
  if (known != nullptr) {
    KONTOR_MARK("what became of a command that was decided");
    result.repeated = true;
    result.sequence = Sequence{known->first_sequence};
    result.book = book->number();
    return result;
  }
  if (input.since > book->last_sequence()) {
    result.status = StatusCode::kNotFound;
    return result;
  }
  if (!book->outcomes().remembers_since(input.since)) {
    KONTOR_MARK("what became of a command that may be forgotten");
    result.status = StatusCode::kTooOld;
    return result;
  }
  KONTOR_MARK("what became of a command that never will be decided");
  return decide(*book, input, job.principal, batch);
}

PendingResult Sequencer::decide(Book& book, const CommandInput& input, std::uint32_t principal,
                                Batch& batch) {
  const Sequence next{book.last_sequence().value() + 1};
  PendingResult result;
  result.page = batch.page_of(book.number(), next);
  PageBuilder& page = batch.page(result.page);
  const std::size_t before = page.buffer().size();
  const Timestamp at = next_time(book);
  const Decided decided = input.resolve ? decider_.decide_fence(book, page, input, at, principal)
                                        : decider_.decide(book, page, input, at, principal);
  batch.count_decision(page.buffer().size() - before);
  result.status = input.resolve ? StatusCode::kFenced : decided.status;
  result.decided_here = true;
  result.offset = decided.offset;
  result.sequence = decided.first_sequence;
  result.book = book.number();
  return result;
}

void Sequencer::open_registered_book(const CommandInput& input, std::uint32_t principal,
                                     Batch& batch) {
  Book& opened = books_.add();
  KONTOR_ASSERT(opened.number().value() == books_.server().calendar().registered().size());
  CommandInput again = input;
  again.expected_version = kAnyVersion;
  const PendingResult result = decide(opened, again, principal, batch);
  KONTOR_ASSERT(result.status == StatusCode::kDone);  // book 0 has checked everything
}

void Sequencer::run_follow_ups(Book& book, PendingSubmission& pending,
                               std::unique_ptr<Batch>& batch) {
  while (const auto work = book.next_follow_up()) {
    make_room(pending, batch);
    PageBuilder& page =
        batch->page(batch->page_of(book.number(), Sequence{book.last_sequence().value() + 1}));
    const std::size_t before = page.buffer().size();
    decider_.decide_follow_up(book, page, *work, next_time(book));
    batch->count_decision(page.buffer().size() - before);
  }
}

}  // namespace kontor
