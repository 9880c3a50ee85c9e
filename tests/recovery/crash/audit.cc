#include "tests/recovery/crash/audit.h"

#include <memory>
#include <span>

#include "api/cli/offline.h"
#include "engine/shard_number.h"
#include "events/codec/catalog.h"
#include "events/log/page.h"
#include "events/log/rocksdb_event_log.h"
#include "events/log/verify_log.h"

namespace kontor::test {
namespace {

void note(const DecisionView& decision, bool in_server_book, Audited& out) {
  ++out.decisions;
  if (decision.id().empty()) return;  // of the engine's own
  // OpenBook is decided by book 0 and, under the same id, opens the new book.
  const bool opens_itself = decision.header().command_kind == number_of<OpenBook>;
  if (opens_itself && !in_server_book) return;
  Verdict verdict;
  verdict.status = decision.refused() ? StatusCode::kRefused : StatusCode::kDone;
  verdict.sequence = decision.first_sequence().value();
  verdict.events = decision.header().event_count;
  out.logged[std::string(decision.id())].push_back(verdict);
}

Status note_decisions(const EventLog& log, Audited& out) {
  Status pages;
  const auto visit = [&](CommitNumber, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      const Result<PageView> page = read_page(bytes);
      if (!page) {
        pages = page.error();
        return false;
      }
      page->for_each_decision(
          [&](const DecisionView& decision) { note(decision, page->header().book == 0, out); });
      bytes = bytes.subspan(page->bytes());
    }
    return true;
  };
  const Status read = log.read(CommitNumber{1}, log.tail().last, visit);
  return pages ? read : pages;
}

// From nothing, with every snapshot compared on the way, and from the newest snapshot.
Status replay_twice(const RocksdbEventLog& log, std::uint32_t shard, Audited& out) {
  const auto files = open_snapshot_folder(log.path() / "snapshots");
  Result<std::vector<SnapshotInfo>> snapshots = list_snapshots(*files);
  if (!snapshots) return snapshots.error();
  cli::ReplayWish wish;
  wish.check_invariants = true;
  wish.files = files.get();
  wish.compare = std::move(*snapshots);
  const Result<cli::ReplayOutcome> first = cli::replay_log(log, wish, nullptr);
  if (!first) return first.error();
  if (first->snapshots_compared != wish.compare.size()) {
    return Error{ErrorKind::kCorrupt, "a snapshot was not compared: " + first->notes.front()};
  }
  cli::ReplayWish again;
  again.from = files.get();
  const Result<cli::ReplayOutcome> second = cli::replay_log(log, again, nullptr);
  if (!second) return second.error();
  for (std::size_t i = 0; i < first->books.size(); ++i) {
    const cli::ReplayedBook& book = first->books[i];
    if (second->books.size() <= i || second->books[i].digest != book.digest) {
      return Error{
          ErrorKind::kCorrupt,
          "two replays of book " + std::to_string(book.number.value()) + " have different digests"};
    }
    out.books[book_in_shard(shard, book.number).value()] = {book.last.value(), book.digest};
  }
  out.events += first->events;
  return {};
}

Status audit_shard(const cli::OfflineShard& shard, Audited& out) {
  RocksdbLogOptions options;
  options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(shard.folder, options);
  if (!log && log.error().kind == ErrorKind::kNotFound) return {};
  if (!log) return log.error();
  if (const Status files = (*log)->verify_store(); !files) return files.error();
  const LogVerification verified = verify_log(**log, nullptr);
  if (verified.finding.has_value()) {
    return Error{verified.finding->kind, verified.finding->text()};
  }
  out.commits += verified.report.commits;
  const std::uint64_t before = out.decisions;
  if (const Status noted = note_decisions(**log, out); !noted) return noted.error();
  if (out.decisions - before != verified.report.decisions) {
    return Error{ErrorKind::kCorrupt, "two readings of the log count different decisions"};
  }
  return replay_twice(**log, shard.number, out);
}

}  // namespace

Result<Audited> audit(const std::filesystem::path& data_folder) {
  const auto shards = cli::offline_shards(data_folder.string());
  if (!shards && shards.error().kind == ErrorKind::kNotFound) return Audited{};
  if (!shards) return shards.error();
  Audited out;
  for (const cli::OfflineShard& shard : *shards) {
    if (const Status sound = audit_shard(shard, out); !sound) return sound.error();
  }
  return out;
}

}  // namespace kontor::test
