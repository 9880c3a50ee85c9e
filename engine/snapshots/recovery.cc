#include "engine/snapshots/recovery.h"

#include <chrono>
#include <utility>

namespace kontor {
namespace {

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds since(Clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
}

std::string text_of(std::chrono::milliseconds time) {
  return std::to_string(time.count()) + " ms";
}

class Starter {
 public:
  Starter(const EventLog& log, SnapshotStore* store, const Note& note,
          const ReplayProgress& progress)
      : log_(log), store_(store), note_(note), progress_(progress) {}

  Result<Recovery> run() {
    if (store_ != nullptr) {
      const Result<std::vector<SnapshotInfo>> all = store_->list();
      if (!all) say(all.error().message + "; starting without snapshots");
      if (all && try_all(*all)) return std::move(out_);
    }
    out_.from = SnapshotInfo{};
    out_.from_position = 0;
    out_.image = Image{};
    if (Status done = replay_tail(); !done) return done.error();
    return std::move(out_);
  }

 private:
  void say(const std::string& text) {
    if (note_) note_(text);
  }

  bool try_all(const std::vector<SnapshotInfo>& all) {
    for (const SnapshotInfo& info : all) {
      if (Status done = try_one(info); !done) {
        out_.skipped_some = true;
        store_->call_bad(info);
        say("skipped: " + done.error().message + "; it is made again");
        continue;
      }
      return true;
    }
    return false;
  }

  Status try_one(const SnapshotInfo& info) {
    const auto begin = Clock::now();
    Result<Image> image = store_->load(info, nullptr);
    if (!image) return image.error();
    out_.image = std::move(*image);
    out_.from = info;
    out_.from_position = out_.image.log.position();
    out_.load_took = since(begin);
    Status done = replay_tail();
    if (done) return {};
    return Error{done.error().kind, "the log does not go on from " + store_->place(info) + ": " +
                                        done.error().message};
  }

  Status replay_tail() {
    const auto begin = Clock::now();
    Status done = replay_on(log_, out_.image.books, out_.image.log, ReplayOptions{}, progress_);
    out_.replay_took = since(begin);
    return done;
  }

  const EventLog& log_;
  SnapshotStore* store_;
  const Note& note_;
  const ReplayProgress& progress_;
  Recovery out_;
};

}  // namespace

Result<Recovery> recover(const EventLog& log, SnapshotStore* store, const Note& note,
                         const ReplayProgress& progress) {
  return Starter(log, store, note, progress).run();
}

std::string told(const Recovery& recovery) {
  std::string text = "started from ";
  if (recovery.from.commit.value() == 0) {
    text += "nothing";
  } else {
    text += "the snapshot of commit " + std::to_string(recovery.from.commit.value()) + " (" +
            std::to_string(recovery.from_position) + " events, loaded in " +
            text_of(recovery.load_took) + ")";
  }
  return text + ", then replayed " + std::to_string(recovery.image.log.events) + " events of " +
         std::to_string(recovery.image.log.commits) + " commits in " +
         text_of(recovery.replay_took);
}

}  // namespace kontor
