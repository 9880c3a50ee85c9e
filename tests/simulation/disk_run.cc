#include "tests/simulation/disk_run.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "events/log/rocksdb_event_log.h"
#include "tests/events/log/log_script.h"
#include "tests/simulation/forgetful_disk.h"
#include "tests/simulation/random.h"

namespace kontor::test {
namespace {

constexpr std::size_t kSmallMemtable = 64U << 10;  // so that tables are written and merged, too
constexpr std::uint64_t kLifeMost = 40;            // commits of one process

class DiskRun {
 public:
  DiskRun(const RunPlan& plan, std::filesystem::path folder, Coverage& coverage)
      : plan_(plan), coverage_(coverage), folder_(std::move(folder)), random_(plan.seed) {}

  std::optional<Finding> run() {
    while (!finding_ && acknowledged_.size() < plan_.commands)
      live();
    if (!finding_) live();  // and once more, on what the last one left
    return finding_;
  }

 private:
  void fail(const std::string& what) {
    if (!finding_) finding_ = Finding{plan_.seed, acknowledged_.size(), what, "a commit"};
  }

  // One process: opens the log, looks at all of it, appends until its power is cut or it closes.
  void live() {
    RocksdbLogOptions options;
    options.env = &disk_;
    options.memtable_bytes = kSmallMemtable;
    if (random_.one_in(8)) disk_.cut_power_at_append(1 + random_.below(4));
    auto log = RocksdbEventLog::open(folder_, options);
    if (!log.ok() && !disk_.is_dead()) return fail("cannot be opened: " + log.error().message);
    if (log.ok()) {
      check(**log);
      if (!finding_) append_some(**log);
      if (!disk_.is_dead() && random_.one_in(4)) {
        const Status closed = (*log)->close();
        if (!closed.ok() && !disk_.is_dead()) fail("close: " + closed.error().message);
      }
      disk_.cut_power();
      log->reset();
    }
    disk_.come_back(random_);
    ++coverage_.crashes;
  }

  void append_some(RocksdbEventLog& log) {
    if (random_.one_in(2)) disk_.cut_power_at_append(1 + random_.below(kLifeMost));
    for (std::uint64_t i = random_.below(kLifeMost); i > 0 && !finding_; --i) {
      before_pending_ = writer_;
      AlignedBuffer commit = next_commit(log.tail());
      const CommitNumber before = log.tail().last;
      const Status written = log.append(writer_.epoch(), before, commit.bytes());
      if (!written.ok()) {
        if (!disk_.is_dead()) fail("append: " + written.error().message);
        pending_ = std::move(commit);
        return;
      }
      acknowledged_.push_back(std::move(commit));
      ++coverage_.commits;
    }
  }

  AlignedBuffer next_commit(const LogTail& tail) {
    if (tail.last == CommitNumber{0}) return writer_.claim();
    const int size = static_cast<int>(random_.one_in(10) ? 200 : 1 + random_.below(6));
    return writer_.seal({{1, {register_items("item-" + std::to_string(++items_), size)}}});
  }

  // What is there is what was acknowledged, and perhaps what was on its way.
  void check(const RocksdbEventLog& log) {
    const std::uint64_t last = log.tail().last.value();
    const std::uint64_t most = acknowledged_.size() + (pending_.size() > 0 ? 1 : 0);
    if (last < acknowledged_.size() || last > most) {
      return fail("ends at " + std::to_string(last) + ", acknowledged were " +
                  std::to_string(acknowledged_.size()));
    }
    // The commit on its way had reached the disk: it is one of the log's from now on.
    if (last > acknowledged_.size()) {
      acknowledged_.push_back(std::move(pending_));
    } else if (pending_.size() > 0) {
      writer_ = before_pending_;
    }
    pending_ = AlignedBuffer();
    const auto visit = [&](CommitNumber number, std::span<const std::byte> bytes) {
      const auto wanted = acknowledged_[number.value() - 1].bytes();
      if (!std::equal(bytes.begin(), bytes.end(), wanted.begin(), wanted.end())) {
        fail("commit " + std::to_string(number.value()) + " has come back with other bytes");
      }
      return !finding_.has_value();
    };
    const Status read = log.read(CommitNumber{1}, CommitNumber{last}, visit);
    if (!read.ok()) fail("read: " + read.error().message);
  }

  const RunPlan plan_;
  Coverage& coverage_;
  const std::filesystem::path folder_;
  Random random_;
  ForgetfulDisk disk_;
  CommitWriter writer_;
  std::vector<AlignedBuffer> acknowledged_;
  AlignedBuffer pending_;        // sealed, never acknowledged
  CommitWriter before_pending_;  // as it was before that
  std::uint64_t items_ = 0;
  std::optional<Finding> finding_;
};

}  // namespace

std::optional<Finding> run_disk(const RunPlan& plan, const std::filesystem::path& folder,
                                Coverage& coverage) {
  return DiskRun(plan, folder, coverage).run();
}

}  // namespace kontor::test
