#include "api/cli/offline.h"

#include <array>
#include <chrono>
#include <utility>

#include "engine/books.h"
#include "engine/replay.h"
#include "engine/snapshots/recovery.h"
#include "events/log/shard_folders.h"

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

// Compares a snapshot with the state at its commit, to which it replays. What is not damage (it is
// gone by now, another version made it) becomes a note.
Status compare_snapshot(const EventLog& log, const ReplayWish& wish, const SnapshotInfo& info,
                        Image& image, ReplayOutcome& outcome) {
  SnapshotStore store(*wish.files, log);
  const Status same = store.compare(info, image.books, image.log);
  if (same) {
    ++outcome.snapshots_compared;
    return {};
  }
  const ErrorKind kind = same.error().kind;
  if (kind == ErrorKind::kNotFound || kind == ErrorKind::kNewer) {
    outcome.notes.push_back(same.error().message + "; it was not checked");
    return {};
  }
  const bool damaged = kind == ErrorKind::kCorrupt;
  return Error{ErrorKind::kCorrupt,
               same.error().message +
                   (damaged ? "; delete this file: the log is sound, and a server makes another one"
                            : "; if this log is an older copy that was put back, delete the file: "
                              "a server makes another one")};
}

// The oldest first: one way through the log for all.
Status compare_on_the_way(const EventLog& log, const ReplayWish& wish,
                          const OfflineProgress& progress, Image& image, ReplayOutcome& outcome) {
  for (auto info = wish.compare.rbegin(); info != wish.compare.rend(); ++info) {
    ReplayOptions options;
    options.last = info->commit;
    if (Status done = replay_on(log, image.books, image.log, options, progress); !done) return done;
    if (Status same = compare_snapshot(log, wish, *info, image, outcome); !same) return same;
  }
  return {};
}

Result<Image> replay_image(const EventLog& log, const ReplayWish& wish,
                           const OfflineProgress& progress, ReplayOutcome& outcome) {
  if (wish.from != nullptr) {
    SnapshotStore store(*wish.from, log);
    const auto note = [&](const std::string& text) { outcome.notes.push_back(text); };
    Result<Recovery> recovery = recover(log, &store, note, progress);
    if (!recovery) return recovery.error();
    outcome.notes.push_back(told(*recovery));
    return std::move(recovery->image);
  }
  Image image;
  if (Status same = compare_on_the_way(log, wish, progress, image, outcome); !same) {
    return same.error();
  }
  ReplayOptions options;
  options.book = wish.book;
  options.to = wish.to;
  const Status done = replay_on(log, image.books, image.log, options, progress);
  if (!done) return done.error();
  return image;
}

}  // namespace

Result<std::vector<OfflineShard>> offline_shards(const std::string& data) {
  const Result<ShardFolders> folders = ShardFolders::open(data, FolderMode::kReadOnly, 0);
  if (!folders) return folders.error();
  std::vector<OfflineShard> out;
  for (std::uint32_t shard = 0; shard < folders->count(); ++shard) {
    out.push_back(
        {folders->count() == 1 ? "" : std::to_string(shard), shard, folders->path(shard)});
  }
  return out;
}

Result<ReplayOutcome> replay_log(const EventLog& log, const ReplayWish& wish,
                                 const OfflineProgress& progress) {
  const auto begin = std::chrono::steady_clock::now();
  ReplayOutcome outcome;
  const Result<Image> image = replay_image(log, wish, progress, outcome);
  if (!image) return image.error();
  const Books& books = image->books;
  outcome.commits = image->log.commits;
  outcome.events = image->log.events;
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
