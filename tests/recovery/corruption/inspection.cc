#include "tests/recovery/corruption/inspection.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include <sys/wait.h>

#include "engine/snapshots/recovery.h"
#include "events/log/rocksdb_event_log.h"
#include "events/log/verify_log.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;

// What a person is told to do; one of these.
constexpr std::array<std::string_view, 4> kCures = {"estore ", "elete ",
                                                    "se the version that wrote", "see to the disk"};

Inspected found(const fs::path& folder, const std::string& message) {
  Inspected out{.seen = Seen::kFound, .commits = 0, .message = message};
  const bool says_where = message.find(folder.string()) != std::string::npos ||
                          message.find("commit ") != std::string::npos;
  const bool says_cure = std::ranges::any_of(
      kCures, [&](std::string_view cure) { return message.find(cure) != std::string::npos; });
  if (says_where && says_cure) return out;
  out.seen = Seen::kWrong;
  out.message =
      "the message says not " + std::string(says_where ? "what to do: " : "where: ") + message;
  return out;
}

// Every snapshot against what replay gives at its commit. Empty: they are sound.
std::string finding_in_snapshots(const RocksdbEventLog& log) {
  const auto files = open_snapshot_folder(log.path() / "snapshots");
  const SnapshotStore store(*files, log);
  const Result<std::vector<SnapshotInfo>> all = store.list();
  if (!all) return all.error().message;
  Image image;
  for (auto info = all->rbegin(); info != all->rend(); ++info) {
    ReplayOptions options;
    options.last = info->commit;
    if (Status done = replay_on(log, image.books, image.log, options, nullptr); !done) {
      return done.error().message;
    }
    const Status same = store.compare(*info, image.books, image.log);
    if (!same) return same.error().message + "; delete the file";
  }
  return {};
}

// A start skips what is damaged and has the state of a replay from nothing. Empty: it does.
std::string wrong_at_start(const RocksdbEventLog& log) {
  const auto files = open_snapshot_folder(log.path() / "snapshots");
  SnapshotStore store(*files, log);
  const Result<Recovery> started = recover(log, &store, nullptr, nullptr);
  if (!started) return "snapshots keep it from starting: " + started.error().message;
  Books books;
  const Result<Replayed> replayed = replay(log, books, ReplayOptions{}, nullptr);
  if (!replayed) return replayed.error().message;
  for (std::uint32_t i = 0; i < books.count(); ++i) {
    const Book* const book = started->image.books.find(BookNumber{i});
    if (book == nullptr || book->digest() != books.find(BookNumber{i})->digest()) {
      return "started from a snapshot, book " + std::to_string(i) + " has another state";
    }
  }
  return {};
}

// Of an open log: every byte of it against the sample's.
Inspected compare(const RocksdbEventLog& log, const fs::path& folder, const Sample& sample) {
  if (Status files = log.verify_store(); !files) return found(folder, files.error().message);
  const LogVerification verified = verify_log(log, nullptr);
  if (verified.finding) return found(folder, verified.finding->text());
  const Result<std::vector<Hash256>> commits = commits_of(log);
  if (!commits) return {.seen = Seen::kWrong, .commits = 0, .message = commits.error().message};
  Inspected out;
  out.commits = commits->size();
  if (commits->size() > sample.commits.size() ||
      !std::equal(commits->begin(), commits->end(), sample.commits.begin())) {
    out.message = "commits are others than were acknowledged";
    return out;
  }
  if (std::string wrong = wrong_at_start(log); !wrong.empty()) {
    return {.seen = Seen::kWrong, .commits = commits->size(), .message = wrong};
  }
  const std::string finding = finding_in_snapshots(log);
  if (!finding.empty()) return found(folder, finding);
  out.seen = commits->size() == sample.commits.size() ? Seen::kWhole : Seen::kShorter;
  out.message =
      std::to_string(commits->size()) + " of " + std::to_string(sample.commits.size()) + " commits";
  return out;
}

}  // namespace

Inspected inspect(const fs::path& folder, const Sample& sample) {
  RocksdbLogOptions options;
  options.mode = FolderMode::kReadOnly;
  const auto log = RocksdbEventLog::open(folder, options);
  if (!log) return found(folder, log.error().message);
  return compare(**log, folder, sample);
}

Inspected start_and_stop(const fs::path& folder, const Sample& sample) {
  auto log = RocksdbEventLog::open(folder, RocksdbLogOptions{});
  if (!log) return found(folder, log.error().message);
  Inspected seen = compare(**log, folder, sample);
  if (seen.seen == Seen::kFound) return seen;
  if (Status closed = (*log)->close(); !closed) {
    return {.seen = Seen::kWrong, .commits = seen.commits, .message = closed.error().message};
  }
  return seen;
}

std::string ask_program(const std::string& program, const fs::path& folder, Seen expected) {
  const std::string command = "'" + program + "' verify --data '" + folder.string() + "' 2>&1";
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot run " + program;
  std::string said;
  std::array<char, 512> buffer{};
  while (std::fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr)
    said += buffer.data();
  const int status = ::pclose(pipe);
  const int exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  const int wanted = expected == Seen::kFound ? 4 : 0;
  if (exit_status == wanted) return {};
  return "kontor verify ended with status " + std::to_string(exit_status) + ", not " +
         std::to_string(wanted) + ": " + said;
}

}  // namespace kontor::test
