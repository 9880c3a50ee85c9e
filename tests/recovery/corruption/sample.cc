#include "tests/recovery/corruption/sample.h"

#include <map>
#include <memory>
#include <utility>

#include "engine/snapshots/snapshot_store.h"
#include "events/log/merkle.h"
#include "events/log/page_builder.h"
#include "events/log/page_chain.h"
#include "events/log/rocksdb_event_log.h"
#include "tests/support/engine/story.h"

namespace kontor::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDecisionsPerCommit = 3;
constexpr std::size_t kSmallMemtable = 64U << 10;

// Orders through their lives, some refused.
void trade(Shop& shop, int orders) {
  shop.limit("acme", "90000.00");
  for (int i = 1; i <= orders; ++i) {
    const std::string number = std::to_string(i);
    const std::string order = "O-" + number;
    shop.place(order, i % 3 == 0 ? "bolt" : "nut", std::to_string(1 + i % 7));
    if (i % 11 == 0) shop.cancel(order);
    shop.allocate(order);
    shop.ship(order, "S-" + number);
    shop.invoice(order, "I-" + number);
    if (i % 5 == 0) shop.pay("P-" + number, "acme", std::to_string(i) + ".50");
    if (i % 9 == 0) shop.receive("R-" + number, "north", "bolt", "25");
  }
}

struct Told {
  BookNumber book;
  AlignedBuffer bytes;
};

// The decisions of a story as commits of a log, as the engine's committer makes them.
class Writer {
 public:
  explicit Writer(const Shop& shop) {
    shop.for_each_decision([this](BookNumber book, const DecisionView& decision) {
      told_.push_back({book, AlignedBuffer(decision.bytes())});
    });
  }

  // The commits of a part of the story under a new epoch, from where the last call ended up to
  // `part` of `parts`.
  Status write(EventLog& log, std::size_t part, std::size_t parts) {
    const std::size_t end = told_.size() * part / parts;
    while (next_ < end) {
      if (Status status = commit(log, end); !status) return status;
    }
    return {};
  }
  void new_run() { epoch_ = Epoch{epoch_.value() + 1}; }

 private:
  Status commit(EventLog& log, std::size_t end) {
    std::map<std::uint32_t, PageBuilder> pages;
    for (std::size_t i = 0; i < kDecisionsPerCommit && next_ < end; ++i, ++next_) {
      const Told& told = told_[next_];
      const std::uint32_t book = told.book.value();
      PageChain& chain = chains_[book];
      chain.book = told.book;
      if (!pages.contains(book)) {
        pages[book].begin(told.book, Sequence{chain.last_sequence.value() + 1});
      }
      pages[book].buffer().append(told.bytes.bytes());
      pages[book].decision_written();
    }
    std::vector<CommitPage> parts;
    for (auto& [book, page] : pages)
      parts.push_back({&page, &chains_[book]});
    const CommitNumber after = last_;
    last_ = CommitNumber{after.value() + 1};
    AlignedBuffer scratch;
    const auto bytes = seal_commit(parts, CommitStamp{epoch_, last_}, scratch);
    Status status = log.append(epoch_, after, bytes);
    for (const CommitPage& page : parts)
      page.chain->durable_watermark = page.chain->last_sequence;
    return status;
  }

  std::vector<Told> told_;
  std::size_t next_ = 0;
  Epoch epoch_;
  CommitNumber last_;
  std::map<std::uint32_t, PageChain> chains_;
};

Status copy_folder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive, error);
  if (!error) return {};
  return Error{ErrorKind::kIo, "cannot copy " + from.string() + ": " + error.message()};
}

Result<std::unique_ptr<RocksdbEventLog>> open_log(SampleKind kind, const fs::path& folder) {
  RocksdbLogOptions options;
  if (kind == SampleKind::kManyFiles) options.memtable_bytes = kSmallMemtable;
  return RocksdbEventLog::open(folder, options);
}

// A snapshot of the log as it is now.
Status take_snapshot(const RocksdbEventLog& log) {
  const auto files = open_snapshot_folder(log.path() / "snapshots");
  Image image;
  Status done = replay_on(log, image.books, image.log, ReplayOptions{}, nullptr);
  if (!done) return done;
  const Result<SnapshotInfo> written = SnapshotStore(*files, log).write(image, nullptr);
  return written ? Status{} : written.error();
}

// One run of a server: opens, writes, and closes or is copied away as if killed.
class Runs {
 public:
  Runs(SampleKind kind, const fs::path& where, Sample& out)
      : kind_(kind), live_(where / "live"), out_(out) {
    shop_.check_every(1'000'000);
    trade(shop_, kind == SampleKind::kManyFiles ? 150 : 25);
    writer_ = std::make_unique<Writer>(shop_);
  }

  Status clean(std::size_t part, std::size_t parts) {
    auto log = open_log(kind_, live_);
    if (!log) return log.error();
    writer_->new_run();
    if (Status status = writer_->write(**log, part, parts); !status) return status;
    out_.clean_end = (*log)->tail().last.value();
    if (Status taken = take_snapshot(**log); !taken) return taken;
    return (*log)->close();
  }

  // The last run, with the older copy made in its middle.
  Status last(bool killed) {
    auto log = open_log(kind_, live_);
    if (!log) return log.error();
    writer_->new_run();
    if (Status status = writer_->write(**log, 5, 6); !status) return status;
    Status copied = (*log)->while_still([&] { return copy_folder(live_, out_.older); });
    if (!copied) return copied;
    if (Status status = writer_->write(**log, 6, 6); !status) return status;
    Result<std::vector<Hash256>> commits = commits_of(**log);
    if (!commits) return commits.error();
    out_.commits = std::move(*commits);
    if (killed) return (*log)->while_still([&] { return copy_folder(live_, out_.folder); });
    out_.clean_end = (*log)->tail().last.value();
    if (Status status = (*log)->close(); !status) return status;
    log->reset();
    return copy_folder(live_, out_.folder);
  }

 private:
  SampleKind kind_;
  fs::path live_;
  Sample& out_;
  Shop shop_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace

Result<std::vector<Hash256>> commits_of(const EventLog& log) {
  std::vector<Hash256> out;
  const auto visit = [&](CommitNumber, std::span<const std::byte> bytes) {
    out.push_back(leaf_hash(bytes));
    return true;
  };
  const Status status = log.read(CommitNumber{1}, log.tail().last, visit);
  if (!status) return status.error();
  return out;
}

Result<Sample> make_sample(SampleKind kind, const fs::path& where) {
  Sample sample;
  sample.name = kind == SampleKind::kKilled   ? "killed"
                : kind == SampleKind::kClosed ? "closed"
                                              : "many-files";
  sample.folder = where / sample.name;
  sample.older = where / (sample.name + ".older");
  const fs::path live = where / (sample.name + ".live");
  std::error_code error;
  fs::create_directories(live, error);
  if (error) return Error{ErrorKind::kIo, live.string() + ": " + error.message()};
  Runs runs(kind, live, sample);
  if (Status status = runs.clean(2, 6); !status) return status.error();
  if (Status status = runs.clean(4, 6); !status) return status.error();
  if (Status status = runs.last(kind != SampleKind::kClosed); !status) return status.error();
  return sample;
}

}  // namespace kontor::test
