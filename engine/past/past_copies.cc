#include "engine/past/past_copies.h"

#include <algorithm>
#include <utility>

#include "engine/replay.h"
#include "events/base/mark.h"
#include "events/base/niceness.h"

namespace kontor {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSayEvery{5};
constexpr std::uint64_t kMeasureEvery = 50'000;  // events, at least
// Saved state is dense; in memory its vectors have room to grow, and indexes beside them.
constexpr std::uint64_t kBytesOfSaved = 2;
constexpr std::uint64_t kMiB = 1U << 20;
constexpr const char* kStoppingText = "the server is stopping";

class CountingSink final : public Sink {
 public:
  void write(std::span<const std::byte> bytes) override { count += bytes.size(); }
  std::uint64_t count = 0;
};

std::uint64_t bytes_of(const Books& books) {
  CountingSink sink;
  for (std::uint32_t i = 0; i < books.count(); ++i)
    books.find(BookNumber{i})->save(sink);
  return sink.count * kBytesOfSaved;
}

std::string text_of(const PastPlace& place) {
  return "position " + std::to_string(place.at.value()) + " of book " +
         std::to_string(place.book.value());
}

std::string mib_text(std::uint64_t bytes) {
  return std::to_string((bytes + kMiB - 1) / kMiB) + " MiB";
}

std::uint64_t seconds_of(std::chrono::steady_clock::duration time) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(duration_cast<seconds>(time).count(), 0));
}

}  // namespace

PastCopies::PastCopies(const EventLog& log, SnapshotFiles* files, PastOptions options)
    : log_(log), files_(files), options_(std::move(options)) {
  thread_ = std::thread([this] { run(); });
}

// ---- any thread ---------------------------------------------------------------------------------

std::optional<PastRefusal> PastCopies::ask(const PastPlace& place,
                                           std::unique_ptr<PastQuestion>& question) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return PastRefusal{StatusCode::kStopping, kStoppingText};
    Copy* copy = find(place);
    const bool crowded = waiting_ >= options_.waiting_max;
    if (crowded || (copy == nullptr && !make_way())) {
      ++counted_.refused;
      return PastRefusal{StatusCode::kOverloaded,
                         crowded ? "too many questions about the past wait; ask again in a second"
                                 : "the " + std::to_string(options_.copies_max) +
                                       " copies of the past that there may be (past-copies) are in "
                                       "use; ask again in a second"};
    }
    if (copy == nullptr) copy = copies_.emplace_back(std::make_unique<Copy>(place)).get();
    copy->waiting.push_back(std::move(question));
    ++waiting_;
  }
  wake_.notify_all();
  return std::nullopt;
}

void PastCopies::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::vector<CopyPtr> left;
  {
    const std::lock_guard lock(mutex_);
    left.swap(copies_);
    waiting_ = 0;
  }
  for (const CopyPtr& copy : left) {
    for (const auto& question : copy->waiting)
      question->refuse(StatusCode::kStopping, kStoppingText);
  }
}

PastStats PastCopies::stats() const {
  const std::lock_guard lock(mutex_);
  PastStats out = counted_;
  for (const CopyPtr& copy : copies_)
    ++(copy->ready ? out.copies : out.making);
  out.waiting = waiting_;
  out.bytes = bytes_of_all();
  return out;
}

// ---- with the lock held -------------------------------------------------------------------------

PastCopies::Copy* PastCopies::find(const PastPlace& place) {
  const auto found =
      std::ranges::find_if(copies_, [&](const CopyPtr& copy) { return copy->place == place; });
  return found == copies_.end() ? nullptr : found->get();
}

PastCopies::CopyPtr PastCopies::take_out(const Copy* copy) {
  const auto found =
      std::ranges::find_if(copies_, [&](const CopyPtr& other) { return other.get() == copy; });
  KONTOR_ASSERT(found != copies_.end());
  CopyPtr out = std::move(*found);
  copies_.erase(found);
  return out;
}

const PastCopies::Copy* PastCopies::oldest_idle() const {
  const Copy* oldest = nullptr;
  for (const CopyPtr& copy : copies_) {
    if (!copy->ready || !copy->waiting.empty()) continue;
    if (oldest == nullptr || copy->used < oldest->used) oldest = copy.get();
  }
  return oldest;
}

bool PastCopies::make_way() {
  if (copies_.size() < options_.copies_max) return true;
  const Copy* const oldest = oldest_idle();
  if (oldest == nullptr) return false;
  KONTOR_MARK("a copy of the past that made way for another");
  dropped_.push_back(take_out(oldest));
  return true;
}

std::uint64_t PastCopies::bytes_of_all() const {
  std::uint64_t out = 0;
  for (const CopyPtr& copy : copies_)
    out += copy->bytes;
  return out;
}

PastCopies::Clock::time_point PastCopies::next_look() const {
  auto out = Clock::now() + options_.kept;
  for (const CopyPtr& copy : copies_)
    out = std::min(out, copy->used + options_.kept);
  return out;
}

// ---- the thread ---------------------------------------------------------------------------------

void PastCopies::run() {
  if (options_.nice != 0) be_nice(options_.nice);  // where not, copies are as fast as the rest
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const bool worked = refuse_late(lock) || answer_one(lock) || drop_old(lock) || make_some(lock);
    if (worked) continue;
    if (copies_.empty()) {
      wake_.wait(lock, [this] { return stopping_ || !copies_.empty() || !dropped_.empty(); });
    } else {
      wake_.wait_until(lock, next_look(),
                       [this] { return stopping_ || waiting_ > 0 || !dropped_.empty(); });
    }
  }
}

bool PastCopies::refuse_late(std::unique_lock<std::mutex>& lock) {
  std::vector<std::unique_ptr<PastQuestion>> late;
  const auto now = Clock::now();
  for (CopyPtr& copy : copies_) {
    std::erase_if(copy->waiting, [&](std::unique_ptr<PastQuestion>& question) {
      if (!question->deadline || *question->deadline > now) return false;
      late.push_back(std::move(question));
      return true;
    });
    // Nobody waits for it any more: what was folded for it is given up, and who asks next, perhaps
    // as soon as he is told, finds its place free.
    if (!copy->ready && copy->waiting.empty()) dropped_.push_back(std::move(copy));
  }
  std::erase(copies_, nullptr);
  if (late.empty()) return false;
  waiting_ -= late.size();
  KONTOR_MARK("a question about the past whose time is over");
  counted_.expired += late.size();
  lock.unlock();
  for (const auto& question : late) {
    question->refuse(StatusCode::kDeadlineExpired,
                     "the deadline passed before there was a copy of the past to answer from");
  }
  lock.lock();
  return true;
}

bool PastCopies::answer_one(std::unique_lock<std::mutex>& lock) {
  const auto found = std::ranges::find_if(
      copies_, [](const CopyPtr& copy) { return copy->ready && !copy->waiting.empty(); });
  if (found == copies_.end()) return false;
  Copy& copy = **found;
  const auto question = std::move(copy.waiting.front());
  copy.waiting.pop_front();
  --waiting_;
  ++counted_.answered;
  copy.used = Clock::now();
  lock.unlock();
  question->answer(*copy.image.books.find(copy.place.book));
  lock.lock();
  return true;
}

bool PastCopies::drop_old(std::unique_lock<std::mutex>& lock) {
  const auto now = Clock::now();
  for (CopyPtr& copy : copies_) {
    if (copy->waiting.empty() && now - copy->used >= options_.kept)
      dropped_.push_back(std::move(copy));
  }
  std::erase(copies_, nullptr);
  if (dropped_.empty()) return false;
  std::vector<CopyPtr> gone = std::exchange(dropped_, {});
  lock.unlock();
  gone.clear();  // much to free
  lock.lock();
  return true;
}

bool PastCopies::make_some(std::unique_lock<std::mutex>& lock) {
  const auto found =
      std::ranges::find_if(copies_, [](const CopyPtr& copy) { return !copy->ready; });
  if (found == copies_.end()) return false;
  Copy& copy = **found;
  lock.unlock();
  std::optional<PastRefusal> refused = advance(copy);
  const bool folded = !refused && is_there(copy);
  if (folded) refused = measure(copy);  // as it will be kept
  const bool there = folded && !refused;
  if (there) tell_made(copy);
  lock.lock();
  if (there) {
    copy.ready = true;
    copy.used = Clock::now();
  }
  if (!refused) return true;
  const CopyPtr failed = take_out(&copy);
  waiting_ -= failed->waiting.size();
  ++counted_.failures;
  lock.unlock();
  say("a copy as of " + text_of(failed->place) + " cannot be made: " + refused->why);
  for (const auto& question : failed->waiting)
    question->refuse(refused->status, refused->why);
  lock.lock();
  return true;
}

// ---- making a copy ------------------------------------------------------------------------------

std::optional<PastRefusal> PastCopies::advance(Copy& copy) {
  if (options_.slice) options_.slice();
  if (!copy.begun) {
    copy.begun_at = copy.said = Clock::now();
    load_base(copy);
    copy.begun = is_wanted(copy);
    return measure(copy);
  }
  return fold_slice(copy);
}

// Asked while a snapshot is loaded, on its threads.
bool PastCopies::is_wanted(const Copy& copy) const {
  if (stopping_) return false;
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(copy.waiting, [&](const std::unique_ptr<PastQuestion>& question) {
    return !question->deadline || *question->deadline > now;
  });
}

// The newest good snapshot whose commit comes before that of the place; else nothing, and the log
// is folded from its beginning.
void PastCopies::load_base(Copy& copy) {
  if (files_ == nullptr) return;
  const SnapshotStore store(*files_, log_);
  const Result<std::vector<SnapshotInfo>> all = store.list();
  if (!all) return say(all.error().message + "; the past is told without snapshots");
  for (const SnapshotInfo& info : *all) {
    const bool before = info.commit < copy.place.commit;
    if (before && is_wanted(copy) && try_snapshot(copy, store, info)) return;
  }
}

bool PastCopies::try_snapshot(Copy& copy, const SnapshotStore& store, const SnapshotInfo& info) {
  Result<Image> image = store.load(info, [&] { return !is_wanted(copy); });
  if (image) {
    KONTOR_MARK("a copy of the past that began with a snapshot");
    copy.image = std::move(*image);
    return true;
  }
  // One that went meanwhile, or that nobody waits for, is none to speak of.
  const ErrorKind kind = image.error().kind;
  if (kind != ErrorKind::kNotFound && kind != ErrorKind::kUnavailable) {
    KONTOR_MARK("a copy of the past beside a damaged snapshot");
    say("the past is told without a snapshot: " + image.error().message);
  }
  return false;
}

bool PastCopies::is_there(const Copy& copy) const {
  const Book* const book = copy.image.books.find(copy.place.book);
  return book != nullptr && book->last_sequence() == copy.place.at;
}

std::optional<PastRefusal> PastCopies::fold_slice(Copy& copy) {
  const PastPlace& place = copy.place;
  Replayed& done = copy.image.log;
  const CommitNumber end = place.commit.value() != 0 ? place.commit : log_.tail().last;
  ReplayOptions options;
  options.book = place.book;
  options.to = place.at;
  options.last = std::min(CommitNumber{done.last.value() + options_.slice_commits}, end);
  const Status folded = replay_on(log_, copy.image.books, done, options, nullptr);
  if (!folded) {
    return PastRefusal{StatusCode::kReadOnly, "the log cannot be read: " + folded.error().message};
  }
  if (is_there(copy)) return std::nullopt;
  if (done.last >= end) {
    return PastRefusal{StatusCode::kReadOnly, "the log has no decision that ends at " +
                                                  text_of(place) + "; run kontor verify"};
  }
  tell_progress(copy);
  const std::uint64_t since = done.position() - copy.measured;
  return since < std::max(kMeasureEvery, copy.measured / 4) ? std::nullopt : measure(copy);
}

// What is kept and not asked just now goes first.
std::optional<PastRefusal> PastCopies::measure(Copy& copy) {
  copy.measured = copy.image.log.position();
  const std::uint64_t bytes = bytes_of(copy.image.books);
  std::vector<CopyPtr> gone;
  const std::lock_guard lock(mutex_);
  copy.bytes = 0;  // until it is known that it stays: one that is given up is none of those kept
  if (bytes > options_.bytes_max) {
    return PastRefusal{StatusCode::kTooLarge, "a copy as of " + text_of(copy.place) +
                                                  " takes more than the " +
                                                  mib_text(options_.bytes_max) +
                                                  " that copies of the past may take (past-mib)"};
  }
  const auto with_it = [&] { return bytes_of_all() + bytes; };
  for (const Copy* idle = oldest_idle(); idle != nullptr && with_it() > options_.bytes_max;
       idle = oldest_idle()) {
    KONTOR_MARK("a copy of the past that made room for a larger one");
    gone.push_back(take_out(idle));
  }
  if (with_it() > options_.bytes_max) {
    return PastRefusal{StatusCode::kOverloaded, "the copies of the past take " +
                                                    mib_text(with_it()) + " and may take " +
                                                    mib_text(options_.bytes_max) +
                                                    " (past-mib); ask again in a few seconds"};
  }
  copy.bytes = bytes;
  return std::nullopt;
}

void PastCopies::tell_progress(Copy& copy) {
  const auto now = Clock::now();
  if (now - copy.said < kSayEvery) return;
  copy.said = now;
  say("a copy as of " + text_of(copy.place) + " is being made: commit " +
      std::to_string(copy.image.log.last.value()) + " of " +
      std::to_string(copy.place.commit.value()) + ", for " +
      std::to_string(seconds_of(now - copy.begun_at)) + " s");
}

void PastCopies::tell_made(Copy& copy) {
  const auto took = Clock::now() - copy.begun_at;
  if (took >= kSayEvery) {
    say("a copy as of " + text_of(copy.place) + " is there after " +
        std::to_string(seconds_of(took)) + " s, " + mib_text(copy.bytes));
  }
  const std::lock_guard lock(mutex_);
  ++counted_.made;
  counted_.milliseconds += static_cast<std::uint64_t>(duration_cast<milliseconds>(took).count());
}

}  // namespace kontor
