#include "engine/snapshots/snapshot_maker.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include <sys/syscall.h>
#include <unistd.h>

#include "engine/replay.h"
#include "events/base/niceness.h"

namespace kontor {
namespace {

constexpr std::uint64_t kSliceBytes = 4U << 20;  // a few milliseconds to hash

// How nice the making is, so many distances behind. A start replays what is not in a snapshot, and
// has to end in time: so from kLate on the making goes before deciding.
constexpr int kNicest = 19;
constexpr int kNicer = 0;
constexpr std::uint64_t kBehind = 2;
constexpr std::uint64_t kLate = 5;
constexpr int kBeforeDeciding = 5;

// The nicest is for the time and the disk that nobody else wants, and a little more: the
// scheduler's own idle class would not even get to see, on a busy machine, that it is to leave off.
// Where the system says no, nothing is lost.
void give_way(int nice) {
  be_nice(nice);
  if (nice != kNicest) return;
  constexpr int kThisThread = 1;       // IOPRIO_WHO_PROCESS
  constexpr int kIdleClass = 3 << 13;  // IOPRIO_CLASS_IDLE
  ::syscall(SYS_ioprio_set, kThisThread, 0, kIdleClass);
}

std::string hex_of(const Hash128& hash) {
  std::array<char, 33> text{};
  std::snprintf(
      text.data(), text.size(), "%016llx%016llx",
      static_cast<unsigned long long>(hash.high),  // NOLINT(google-runtime-int): of printf
      static_cast<unsigned long long>(hash.low));  // NOLINT(google-runtime-int)
  return text.data();
}

Error stopped() {
  return {ErrorKind::kUnavailable, "stopped"};
}

}  // namespace

SnapshotMaker::SnapshotMaker(Parts parts, const SnapshotOptions& options)
    : parts_(std::move(parts)), options_(options) {
}

// ---- what others tell ---------------------------------------------------------------------------

void SnapshotMaker::start(const SnapshotStats& found, std::uint64_t position) {
  stats_ = found;
  position_ = position;
  made_position_ = found.position;
  durable_ = parts_.log.tail().last.value();
  thread_ = std::thread([this] { run(); });
}

void SnapshotMaker::ring() {
  bell_.fetch_add(1, std::memory_order_release);
  bell_.notify_all();
}

void SnapshotMaker::wish() {
  wished_ = true;
  ring();
}

int SnapshotMaker::fitting_nice() const {
  const std::uint64_t behind = (position_ - made_position_) / options_.events;
  if (behind >= kLate) return parts_.deciding_nice - kBeforeDeciding;
  return behind >= kBehind ? kNicer : kNicest;
}

bool SnapshotMaker::is_due() const {
  return position_ - made_position_ >= options_.events && position_ > made_position_;
}

void SnapshotMaker::handed_over(std::uint64_t position) {
  const bool was_due = is_due();
  const int was_nice = fitting_nice();
  position_ = position;
  if (was_due != is_due() || was_nice != fitting_nice()) ring();
}

void SnapshotMaker::durable(CommitNumber last) {
  durable_.store(last.value(), std::memory_order_release);
  ring();
}

void SnapshotMaker::stop() {
  stopping_ = true;
  ring();
  if (thread_.joinable()) thread_.join();
}

void SnapshotMaker::make_last(const Books& books) {
  const std::uint64_t since = position_ - made_position_;
  if (differed_ || since == 0 || (since < options_.events / 10 && !wished_)) return;
  stopping_ = false;
  still_ = &books;
  make();
}

SnapshotStats SnapshotMaker::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void SnapshotMaker::note(const std::string& text) const {
  if (options_.note) options_.note(text);
}

// ---- its thread ---------------------------------------------------------------------------------

template <class Ready>
bool SnapshotMaker::wait(Ready ready) {
  while (true) {
    const std::uint32_t seen = bell_.load(std::memory_order_acquire);
    if (leaves_off()) return false;
    if (ready()) return true;
    bell_.wait(seen, std::memory_order_acquire);
  }
}

void SnapshotMaker::run() {
  while (!differed_ && wait([this] { return is_due() || wished_; })) {
    // A thread that has lowered itself may not rise again: each time another one.
    std::thread worker([this] {
      if (options_.idle_priority) {
        nice_ = fitting_nice();
        give_way(nice_);
      }
      make();
      nice_ = kLeastNice;
    });
    worker.join();
  }
}

// When the machine has had too little time for it for too long: it goes on at once, less nice.
bool SnapshotMaker::leaves_off() const {
  return stopping_ || fitting_nice() < nice_;
}

void SnapshotMaker::make() {
  wished_ = false;
  const auto begun = std::chrono::steady_clock::now();
  const Status made = make_one();
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begun);
  if (differed_) return;
  if (!made && made.error().kind == ErrorKind::kUnavailable && leaves_off()) {
    wished_ = true;
    return;
  }
  image_.reset();
  tell(made, took);
}

void SnapshotMaker::tell(const Status& made, std::chrono::milliseconds took) {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    if (made) {
      stats_.milliseconds = static_cast<std::uint64_t>(took.count());
      ++stats_.made;
      text = "snapshot of commit " + std::to_string(stats_.commit) + ": " +
             std::to_string(stats_.position) + " events, " + std::to_string(stats_.bytes) +
             " bytes; the running state is what replay gives";
    } else {
      // Not at once again: after as many events more.
      ++stats_.failures;
      made_position_ = position_.load();
      text = "no snapshot could be made: " + made.error().message +
             "; the log has everything, and the next one is tried after " +
             std::to_string(options_.events) + " more events";
    }
  }
  note(text);
}

Status SnapshotMaker::make_one() {
  if (!image_) {
    if (Status loaded = load_base(); !loaded) return loaded;
  }
  if (Status there = catch_up(CommitNumber{durable_.load(std::memory_order_acquire)}); !there) {
    return there;
  }
  const Result<bool> equal = compare();
  if (!equal) return equal.error();
  if (!*equal) return {};
  if (Status taken = take_trees(); !taken) return taken;
  const Result<SnapshotInfo> written = parts_.store.write(*image_, [this] { return leaves_off(); });
  if (!written) return written.error();
  made_position_ = image_->log.position();
  {
    const std::lock_guard lock(mutex_);
    stats_.commit = written->commit.value();
    stats_.position = image_->log.position();
    stats_.bytes = written->bytes;
    stats_.written_at = written->written_at;
  }
  return parts_.store.keep(options_.kept);
}

// The newest good snapshot, or nothing: then the copy begins with the log.
Status SnapshotMaker::load_base() {
  const Result<std::vector<SnapshotInfo>> all = parts_.store.list();
  if (!all) return all.error();
  for (const SnapshotInfo& info : *all) {
    Result<Image> image = parts_.store.load(info, [this] { return leaves_off(); });
    if (leaves_off()) return stopped();
    if (image) {
      image_ = std::move(*image);
      return {};
    }
    parts_.store.call_bad(info);
    note(image.error().message + "; it is skipped and will be replaced");
  }
  image_.emplace();
  return {};
}

// Replays in steps, so that an end need not wait.
Status SnapshotMaker::catch_up(CommitNumber to) {
  constexpr std::uint64_t kStep = 64;
  while (image_->log.last < to) {
    if (leaves_off()) return stopped();
    ReplayOptions options;
    options.last = CommitNumber{std::min(to.value(), image_->log.last.value() + kStep)};
    options.hashed_before = true;
    const Status status = replay_on(parts_.log, image_->books, image_->log, options, nullptr);
    if (!status) {
      image_.reset();
      return status;
    }
  }
  return {};
}

Result<RunningSlice> SnapshotMaker::ask(const StateCursor& from) {
  if (still_ != nullptr) {
    return RunningSlice{hash_slice(*still_, from, kSliceBytes), parts_.log.tail().last};
  }
  const auto wait_for_answer = [this] {
    parts_.wake_decider();
    return wait([this] { return parts_.probe.answered(); });
  };
  // A question that was left off is still the deciding thread's.
  if (parts_.probe.asked() && !wait_for_answer()) return stopped();
  parts_.probe.ask({from, kSliceBytes});
  if (!wait_for_answer()) return stopped();
  const RunningSlice answer = parts_.probe.take();
  const bool durable = wait([&] { return durable_.load() >= answer.commit.value(); });
  if (!durable) return stopped();
  return answer;
}

Result<bool> SnapshotMaker::compare() {
  StateCursor at;
  while (at.book < image_->books.count()) {
    const Result<RunningSlice> running = ask(at);
    if (!running) return running.error();
    if (Status there = catch_up(running->commit); !there) return there.error();
    const StateSlice copy = hash_slice(image_->books, at, kSliceBytes);
    if (!(copy.hash == running->slice.hash) || copy.next != running->slice.next) {
      tell_difference(*running, copy);
      return false;
    }
    at = copy.next;
  }
  return true;
}

// What is replayed here was hashed when it was appended, or by the recovery; whoever appends knows
// the trees.
Status SnapshotMaker::take_trees() {
  ChainsProbe& probe = parts_.chains;
  if (!probe.asked()) probe.ask({});  // a question that was left off still is
  parts_.wake_committer();
  if (still_ == nullptr && !wait([&] { return probe.answered(); })) return stopped();
  const std::optional<LogChains> known = probe.take();
  if (!known) return Error{ErrorKind::kUnavailable, "an append failed"};
  if (Status there = catch_up(known->last); !there) return there;
  std::vector<PageChain>& chains = image_->log.chains;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    PageChain& chain = chains[i];
    if (i >= known->chains.size() || known->chains[i].tree.size() != chain.decisions) {
      image_.reset();
      return Error{ErrorKind::kCorrupt, "book " + std::to_string(i) + " has " +
                                            std::to_string(chain.decisions) +
                                            " decisions in the log, and not as many were appended"};
    }
    chain.tree = known->chains[i].tree;
  }
  return {};
}

void SnapshotMaker::tell_difference(const RunningSlice& running, const StateSlice& copy) {
  differed_ = true;
  const StateCursor& at = copy.from;
  const auto told = [](const StateSlice& slice) {
    return "sequence " + std::to_string(slice.sequence.value()) + ", digest " + hex_of(slice.hash);
  };
  std::string text = "the running state is not what its log gives: after commit " +
                     std::to_string(running.commit.value()) + ", book " + std::to_string(at.book) +
                     ", section " + std::to_string(at.section) + " of its state from byte " +
                     std::to_string(at.offset) + ": running at " + told(running.slice) +
                     "; replayed at " + told(copy);
  // Whichever is wrong, what snapshots hold may be: the log is not.
  const Status doubted = parts_.store.doubt_all();
  text += doubted ? "; the snapshots are set aside, a start replays the log"
                  : "; delete the snapshots by hand: " + doubted.error().message;
  {
    const std::lock_guard lock(mutex_);
    ++stats_.failures;
  }
  parts_.differs(Error{ErrorKind::kCorrupt, std::move(text)});
}

}  // namespace kontor
