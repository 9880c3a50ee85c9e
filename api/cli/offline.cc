#include "api/cli/offline.h"

#include <array>
#include <chrono>
#include <utility>

#include "engine/books.h"
#include "engine/replay.h"

namespace kontor::cli {
namespace {

std::string hexadecimal(const Hash256& hash) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : hash) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

Result<ReplayOutcome> replay_log(const EventLog& log, const ReplayWish& wish,
                                 const OfflineProgress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  Books books;
  ReplayOptions options;
  options.book = wish.book;
  options.to = wish.to;
  const Result<Replayed> replayed = replay(log, books, options, progress);
  if (!replayed) return replayed.error();
  ReplayOutcome outcome;
  outcome.commits = replayed->commits;
  outcome.events = replayed->events;
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  for (std::uint32_t number = 0; number < books.count(); ++number) {
    const Book& book = *books.find(BookNumber{number});
    if (wish.check_invariants) {
      if (Status sound = book.check_invariants(); !sound) return sound.error();
    }
    ReplayedBook& row = outcome.books.emplace_back();
    row.number = BookNumber{number};
    row.name =
        number == 0 ? "0" : std::string(books.server().calendar().registered().name(number - 1));
    row.last = book.last_sequence();
    row.digest = hexadecimal(book.digest());
  }
  return outcome;
}

}  // namespace kontor::cli
