#include "engine/views/view_host.h"

#include <algorithm>

#include "engine/views/derive.h"
#include "events/base/mark.h"
#include "events/base/niceness.h"

namespace kontor {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kSayEvery{5};

std::uint64_t ms_between(std::chrono::steady_clock::time_point from,
                         std::chrono::steady_clock::time_point to) {
  return to <= from ? 0
                    : static_cast<std::uint64_t>(duration_cast<milliseconds>(to - from).count());
}

std::string seconds_text(std::uint64_t ms) {
  constexpr std::uint64_t kMsOfSecond = 1'000;
  return std::to_string((ms + kMsOfSecond - 1) / kMsOfSecond) + " s";
}

}  // namespace

ViewHost::ViewHost(const EventLog& log, std::filesystem::path folder, ViewHostOptions options)
    : log_(log), folder_(std::move(folder)), options_(std::move(options)) {
  const auto now = Clock::now();
  for (const std::string& view : view_names()) {
    auto& follower = *followers_.emplace_back(std::make_unique<Follower>());
    follower.view = view;
    follower.status.view = view;
    follower.has_since = follower.seen_at = follower.said = now;
  }
  if (options_.at_once) begin();
}

void ViewHost::begin() {
  thread_ = std::thread([this] { run(); });
}

void ViewHost::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// ---- any thread ---------------------------------------------------------------------------------

Result<std::shared_ptr<const ViewSnapshot>> ViewHost::open(std::string_view view) const {
  std::shared_ptr<ViewStore> store;
  std::string trouble;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& follower : followers_) {
      if (follower->view != view) continue;
      store = follower->store;
      trouble = follower->status.trouble;
    }
  }
  if (store != nullptr) return store->snapshot();
  return Error{
      ErrorKind::kUnavailable,
      "the view " + std::string(view) + (trouble.empty() ? " is being opened" : ": " + trouble)};
}

std::vector<ViewStatus> ViewHost::status() const {
  std::vector<ViewStatus> out;
  const CommitNumber tail = log_.tail().last;
  const auto now = Clock::now();
  const std::lock_guard lock(mutex_);
  for (const auto& follower : followers_) {
    ViewStatus& status = out.emplace_back(follower->status);
    status.tail = std::max(tail, status.commit);
    status.behind_ms = status.commit < tail ? ms_between(follower->has_since, now) : 0;
  }
  return out;
}

bool ViewHost::wait_for(CommitNumber commit, milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  const auto all_have = [&] {
    return std::ranges::all_of(
        followers_, [&](const auto& follower) { return follower->status.commit >= commit; });
  };
  return changed_.wait_for(lock, timeout, [&] { return stopping_ || all_have(); }) && all_have();
}

void ViewHost::renew() {
  {
    const std::lock_guard lock(mutex_);
    for (const auto& follower : followers_)
      follower->wants_renewal = true;
  }
  wake_.notify_all();
}

// ---- the thread ---------------------------------------------------------------------------------

// A thread that has lowered itself may not rise again: each time another one.
void ViewHost::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    std::thread worker([this] { work(); });
    worker.join();
    lock.lock();
  }
}

void ViewHost::work() {
  int nice = fitting_nice();
  be_nice(nice);
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool more = follow();
    const int fits = fitting_nice();
    if (fits < nice) return;
    if (fits > nice) be_nice(nice = fits);
    lock.lock();
    if (!more) wake_.wait_for(lock, options_.look_every, [this] { return stopping_; });
  }
}

int ViewHost::fitting_nice() const {
  const auto is_late = [&](const ViewStatus& view) {
    return !view.building && view.trouble.empty() &&
           static_cast<std::int64_t>(view.behind_ms) > options_.late_after.count();
  };
  return std::ranges::any_of(status(), is_late) ? options_.nice_late : options_.nice;
}

CommitNumber ViewHost::reached(const Follower& follower) {
  return follower.builder->checkpoint().commit;
}

// A batch each. Those behind come up to the next ones, who wait for that, and go on with them.
bool ViewHost::follow() {
  std::vector<Follower*> ready;
  for (const auto& follower : followers_) {
    if (is_ready(*follower)) ready.push_back(follower.get());
  }
  std::ranges::sort(ready, {}, [](const Follower* follower) { return reached(*follower); });
  const CommitNumber tail = log_.tail().last;
  const auto group_end = [&](auto first) {
    return first == ready.end() ? first : std::find_if(first, ready.end(), [&](const auto* other) {
      return reached(*other) > reached(**first);
    });
  };
  for (auto first = ready.begin(); first != ready.end();) {
    const auto last = group_end(first);
    const auto after = group_end(last);
    const CommitNumber to = last == ready.end() ? tail : reached(**last);
    const bool met = advance({first, last}, to, tail);
    first = met ? after : last;
  }
  bool more = false;
  for (Follower* const follower : ready) {
    if (follower->builder == nullptr) more = more || !follower->dead;  // discarded
    if (follower->builder == nullptr || follower->dead) continue;
    const bool behind = reached(*follower) < tail;
    more = renew(*follower) || behind || more;
  }
  return more;
}

bool ViewHost::is_ready(Follower& follower) {
  if (follower.dead) return false;
  if (follower.builder != nullptr && follower.store->damaged()) {
    discard(follower, "stored bytes are damaged");
  }
  if (follower.renewed && !take_place(follower)) return false;
  if (follower.builder == nullptr) open_store(follower);
  return follower.builder != nullptr;
}

void ViewHost::see(Follower& follower, CommitNumber tail) {
  if (follower.seen > reached(follower)) return;
  const std::lock_guard lock(mutex_);
  follower.has_since = follower.seen_at;
  follower.seen = tail;
  follower.seen_at = Clock::now();
}

bool ViewHost::advance(std::span<Follower* const> together, CommitNumber to, CommitNumber tail) {
  std::vector<ViewBuilder*> builders;
  for (Follower* const follower : together) {
    see(*follower, tail);
    builders.push_back(follower->builder.get());
  }
  const std::vector<Status> advanced = ViewBuilder::advance(builders, to);
  bool met = false;
  for (std::size_t i = 0; i < together.size(); ++i) {
    Follower& follower = *together[i];
    if (advanced[i].ok()) {
      tell(follower, tail);
      met = met || reached(follower) == to;
    } else if (follower.store->damaged()) {
      discard(follower, advanced[i].error().message);
    } else {
      give_up(follower, advanced[i].error());
    }
  }
  return met;
}

void ViewHost::tell(Follower& follower, CommitNumber tail) {
  const ViewCheckpoint& checkpoint = follower.builder->checkpoint();
  const bool built = follower.status.building && checkpoint.commit >= tail;
  const std::uint64_t bytes = follower.store->bytes();
  if (follower.status.building) tell_building(follower);
  if (built) {
    say("view " + follower.view + ": built, " + std::to_string(checkpoint.events) + " events in " +
        seconds_text(ms_between(follower.built_since, Clock::now())));
  }
  {
    const std::lock_guard lock(mutex_);
    follower.status.commit = checkpoint.commit;
    follower.status.events = checkpoint.events;
    follower.status.bytes = bytes;
    if (built) {
      follower.status.building = false;
      follower.status.left_ms = 0;
    }
  }
  changed_.notify_all();
}

void ViewHost::tell_building(Follower& follower) {
  const auto now = Clock::now();
  const std::uint64_t done = follower.builder->checkpoint().commit.value();
  const std::uint64_t all = std::max(log_.tail().last.value(), done);
  const std::uint64_t left =
      done == 0 ? 0 : ms_between(follower.built_since, now) * (all - done) / done;
  {
    const std::lock_guard lock(mutex_);
    follower.status.left_ms = left;
  }
  if (done >= all || now - follower.said < kSayEvery) return;
  follower.said = now;
  say("view " + follower.view + ": building, commit " + std::to_string(done) + " of " +
      std::to_string(all) + ", about " + seconds_text(left) + " left");
}

// What a store that is to be followed on says; else `found` is why it is of no use.
Status ViewHost::try_open(Follower& follower, std::string& found) {
  auto store = ViewStore::open(path_of(follower), options_.store);
  if (!store.ok()) {
    // A disk that is full or cannot be read just now says nothing about what is on it.
    if (store.error().kind == ErrorKind::kIo) return store.error();
    found = store.error().message;
    return {};
  }
  auto builder =
      std::make_unique<ViewBuilder>(log_, make_view(follower.view), *store, options_.batch);
  const Status opened = builder->open();
  if (!opened.ok()) {
    found = opened.error().message;
    const bool of_no_use = opened.error().kind == ErrorKind::kUsage || (*store)->damaged();
    return of_no_use ? Status{} : opened;
  }
  const bool empty = builder->checkpoint().commit.value() == 0;
  if (empty) {
    say("view " + follower.view + ": there is none; building it from the log");
    follower.built_since = follower.said = Clock::now();
  }
  const std::lock_guard lock(mutex_);
  follower.builder = std::move(builder);
  follower.store = *store;
  follower.status.building = empty;
  follower.status.commit = follower.builder->checkpoint().commit;
  follower.status.events = follower.builder->checkpoint().events;
  follower.status.trouble.clear();
  return {};
}

void ViewHost::open_store(Follower& follower) {
  if (!remove_discarded(follower)) return;
  // Of a renewal, or a `kontor replay --view`, that did not finish.
  if (Status removed = ViewStore::remove(new_path_of(follower)); !removed.ok()) {
    return give_up(follower, removed.error());
  }
  std::string found;
  Status opened = try_open(follower, found);
  if (opened.ok() && follower.builder == nullptr) {
    discard(follower, found);
    if (!remove_discarded(follower)) return;
    opened = try_open(follower, found);
    if (opened.ok() && follower.builder == nullptr) opened = Error{ErrorKind::kIo, found};
  }
  if (!opened.ok()) give_up(follower, opened.error());
}

void ViewHost::discard(Follower& follower, const std::string& why) {
  say("view " + follower.view + ": what is there is of no use and is built again from the log (" +
      why + ")");
  const std::lock_guard lock(mutex_);
  follower.useless = follower.store;
  follower.discarded = true;
  follower.builder.reset();
  follower.store.reset();
  follower.renewal.reset();
  follower.status.renewing = false;
  ++follower.status.rebuilds;
  follower.status.commit = CommitNumber{};
  follower.status.events = 0;
  follower.status.trouble = "it is damaged and is being built again";
}

// False: not yet, as a question still reads it, or never.
bool ViewHost::remove_discarded(Follower& follower) {
  if (!follower.discarded) return true;
  if (!follower.useless.expired()) return false;
  if (Status removed = ViewStore::remove(path_of(follower)); !removed.ok()) {
    give_up(follower, removed.error());
    return false;
  }
  follower.discarded = false;
  return true;
}

// ---- made again beside the one in use -----------------------------------------------------------

bool ViewHost::renew(Follower& follower) {
  if (follower.renewal == nullptr) begin_renewal(follower);
  if (follower.renewal == nullptr) return false;
  const auto step = follower.renewal->advance(*follower.builder);
  if (!step.ok()) {
    drop_renewal(follower, step.error());
    return false;
  }
  if (*step == ViewRenewal::Step::kDone) {
    end_renewal(follower);
    return true;
  }
  tell_renewing(follower);
  return true;
}

// One view at a time: two stores of each at once would need twice the disk.
void ViewHost::begin_renewal(Follower& follower) {
  {
    const std::lock_guard lock(mutex_);
    const bool busy = std::ranges::any_of(
        followers_, [](const auto& other) { return other->renewal != nullptr || other->renewed; });
    if (!follower.wants_renewal || follower.status.building || busy) return;
    follower.wants_renewal = false;
    follower.status.renewing = true;
  }
  say("view " + follower.view + ": made again from the log beside the one in use");
  follower.built_since = follower.said = Clock::now();
  auto begun = ViewRenewal::begin(log_, follower.view, new_path_of(follower), options_.batch);
  if (!begun.ok()) return drop_renewal(follower, begun.error());
  follower.renewal = std::move(*begun);
}

void ViewHost::drop_renewal(Follower& follower, const Error& error) {
  follower.renewal.reset();
  const Status removed = ViewStore::remove(new_path_of(follower));
  say("view " + follower.view + ": could not be made again beside the one in use, which goes on: " +
      error.message + (removed.ok() ? "" : "; " + removed.error().message));
  const std::lock_guard lock(mutex_);
  follower.status.renewing = false;
  follower.status.left_ms = 0;
}

void ViewHost::tell_renewing(Follower& follower) {
  const auto now = Clock::now();
  const std::uint64_t done = follower.renewal->checkpoint().commit.value();
  const std::uint64_t all = std::max(log_.tail().last.value(), done);
  const std::uint64_t left =
      done == 0 ? 0 : ms_between(follower.built_since, now) * (all - done) / done;
  {
    const std::lock_guard lock(mutex_);
    follower.status.left_ms = left;
  }
  if (now - follower.said < kSayEvery) return;
  follower.said = now;
  const bool comparing = follower.renewal->compared_to().value() != 0;
  say("view " + follower.view +
      (comparing ? ": comparing the new one with the one in use"
                 : ": made again, commit " + std::to_string(done) + " of " + std::to_string(all) +
                       ", about " + seconds_text(left) + " left"));
}

void ViewHost::end_renewal(Follower& follower) {
  const ViewComparison& compared = follower.renewal->compared();
  const std::string up_to =
      " up to commit " + std::to_string(follower.renewal->compared_to().value());
  const bool equal = compared.difference.empty();
  say("view " + follower.view + ": " +
      (equal ? "the one in use is what the log says" + up_to + " (" +
                   std::to_string(compared.rows) + " rows)"
             : "the one in use is NOT what the log says" + up_to + ": " + compared.difference) +
      "; the new one takes its place when nobody reads the old one");
  const std::lock_guard lock(mutex_);
  follower.renewal.reset();
  follower.renewed = true;
  follower.useless = follower.store;
  follower.builder.reset();
  follower.store.reset();
  follower.status.differed += equal ? 0 : 1;
  follower.status.trouble = "it is being put in place";
}

// False: not yet, as a question still reads the old one, or never.
bool ViewHost::take_place(Follower& follower) {
  if (!follower.useless.expired()) return false;
  const Status placed = put_view_in_place(new_path_of(follower), path_of(follower));
  {
    const std::lock_guard lock(mutex_);
    follower.renewed = false;
    follower.status.renewing = false;
    follower.status.left_ms = 0;
  }
  if (!placed.ok()) give_up(follower, placed.error());
  if (placed.ok()) KONTOR_MARK("a view made again beside the one in use");
  if (placed.ok()) say("view " + follower.view + ": the new one is in its place");
  return placed.ok();
}

// The server goes on without it; the log has everything.
void ViewHost::give_up(Follower& follower, const Error& error) {
  say("view " + follower.view + ": does not go on: " + error.message +
      "; mend that and start again, nothing is lost");
  const std::lock_guard lock(mutex_);
  follower.dead = true;
  follower.status.trouble = error.message;
}

}  // namespace kontor
