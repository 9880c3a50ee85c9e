// What the api floor hands to the engine, and how answers come back. An answer is released only
// when every event it reflects is durable; until then nobody above this line sees it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/status.h"
#include "events/base/ids.h"
#include "events/codec/decision.h"
#include "events/log/page.h"

namespace kontor {

class Books;      // engine/books.h: every book's state
class LogReader;  // engine/log_reader.h: durable decisions by position

// One verified command: body checked by verify_command, 8-aligned; texts checked by is_identifier
// or is_text. Views into Submission::bytes.
struct CommandInput {
  std::string_view id;
  std::string_view actor;
  std::string_view on_behalf_of;
  std::string_view reason;
  std::string_view correlation_id;
  Date effective_date = kNoDate;
  std::uint64_t expected_version = kAnyVersion;
  std::uint64_t caused_by = 0;
  TraceContext trace;
  std::uint16_t kind = 0;
  std::uint8_t version = 1;
  std::span<const std::byte> body;
  // Instead of a command, the question what became of `id`; of the rest only `since` counts: a
  // position of the book that the caller knew before it first sent the id, 0 where it knew none.
  bool resolve = false;
  Sequence since;
  // kDone: to be decided. Anything else was found before the engine saw it (malformed, too large
  // ...) and is passed through to the answer untouched, so that answers keep their places.
  StatusCode status = StatusCode::kDone;
};

// What became of one command. decision: the bytes of the decision that is the answer, of this run
// or an earlier one; null where status is none of done, refused, fenced and id_reused. Valid during
// the call.
struct CommandResult {
  StatusCode status = StatusCode::kDone;
  const std::byte* decision = nullptr;  // read with DecisionView
  bool repeated = false;                // decided before, under the same id
};

// The principal of what the server itself submits, such as the days of a book that goes by the
// clock. No caller is it.
inline constexpr std::uint32_t kServerPrincipal = 0xFFFFFFFF;

// Some commands of one book, decided in order. Made on an I/O thread, owned by the engine from
// submit on, destroyed after the answer.
class Submission {
 public:
  virtual ~Submission() = default;

  // Called once, on the committer's or the reader's thread, after everything in `results` (one per
  // command, in order) is durable. Must not block.
  virtual void answer(std::span<const CommandResult> results) = 0;

  BookNumber book;
  std::vector<CommandInput> commands;
  AlignedBuffer bytes;  // what the views look into
  // Work not started by then is answered deadline_expired. Never after it has started.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::uint32_t principal = 0;
};

// A question about the present, asked on the engine's thread between batches. It must be short.
class Question {
 public:
  virtual ~Question() = default;
  virtual void ask(const Books& books) = 0;  // engine thread
  virtual void answer() = 0;                 // committer thread, once what it saw is durable

  // Not asked after it; then only answer() is called, with `expired` set.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  bool expired = false;
};

// Work over durable history, on the reader's thread.
using LogWork = std::function<void(const LogReader&)>;

}  // namespace kontor
