// ViewHost: keeps every view behind its log, on one thread at low priority until it is late, each
// in a store of its own below one folder. It never waits for the engine and the engine never for
// it. A store that is missing, damaged, of another format or of another log is rebuilt, and that is
// said.
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "engine/views/view_builder.h"
#include "engine/views/view_renewal.h"
#include "engine/views/views.h"
#include "events/log/event_log.h"

namespace kontor {

struct ViewHostOptions {
  std::chrono::milliseconds look_every{500};  // for new commits; questions fold what is newer
  bool at_once = true;                        // false: when begin() is called
  // How nice the thread is, beside the process. What is late must not grow without bound: the names
  // that left lately are kept for so long only (projections/recently_left.h).
  int nice = kViewsNicer;
  int nice_late = 0;
  std::chrono::milliseconds late_after{12'000};  // behind, of one that is not being built
  ViewBuilder::Options batch;
  ViewStoreOptions store;                       // for tests: its steps
  std::function<void(const std::string&)> say;  // the server's log; may be null
};

class ViewHost final : public Views {
 public:
  // The log outlives it. Opening and rebuilding are its thread's work.
  ViewHost(const EventLog& log, std::filesystem::path folder, ViewHostOptions options);
  ~ViewHost() override { stop(); }
  ViewHost(const ViewHost&) = delete;
  ViewHost& operator=(const ViewHost&) = delete;

  void begin();  // starts the thread, where options did not; once, and not after stop()
  void stop();   // after the batch at hand

  // Makes every view that is open again from the log, one after the other, beside the one in use;
  // compares the two, says what it found, and puts the new one in place. Any thread; asked again
  // before it is done: once.
  void renew();

  Result<std::shared_ptr<const ViewSnapshot>> open(std::string_view view) const override;
  std::vector<ViewStatus> status() const override;

  // Waits until every view has folded the commit, or the time is up: false.
  bool wait_for(CommitNumber commit, std::chrono::milliseconds timeout) const;

 private:
  using Clock = std::chrono::steady_clock;
  // One view. `builder` is the thread's; the rest is under mutex_.
  struct Follower {
    std::string view;
    std::unique_ptr<ViewBuilder> builder;
    std::shared_ptr<ViewStore> store;  // null: not open
    std::weak_ptr<ViewStore> useless;  // what was discarded, while questions still read it
    bool discarded = false;            // to be removed before it is made anew
    bool wants_renewal = false;        // under mutex_
    std::unique_ptr<ViewRenewal> renewal;
    bool renewed = false;  // the new one is closed and waits to take the place
    ViewStatus status;
    Clock::time_point seen_at;  // when the tail was `seen`
    CommitNumber seen;
    Clock::time_point has_since;    // what was durable then is folded
    Clock::time_point built_since;  // of building
    Clock::time_point said;
    bool dead = false;  // its trouble is for good
  };

  void run();
  void work();  // until stopped, or until another thread is to go on, less nice
  int fitting_nice() const;
  // Whether there may be more to do at once.
  bool follow();
  // Whether its store is open and can be followed on.
  bool is_ready(Follower& follower);
  void see(Follower& follower, CommitNumber tail);
  static CommitNumber reached(const Follower& follower);
  // A batch of those at one commit. Whether they have come to `to`.
  bool advance(std::span<Follower* const> together, CommitNumber to, CommitNumber tail);
  void open_store(Follower& follower);
  Status try_open(Follower& follower, std::string& found);
  void discard(Follower& follower, const std::string& why);
  bool remove_discarded(Follower& follower);
  // Whether a new one is being made.
  bool renew(Follower& follower);
  void begin_renewal(Follower& follower);
  void end_renewal(Follower& follower);
  void drop_renewal(Follower& follower, const Error& error);
  void tell_renewing(Follower& follower);
  bool take_place(Follower& follower);
  void tell(Follower& follower, CommitNumber tail);
  void tell_building(Follower& follower);
  void give_up(Follower& follower, const Error& error);
  void say(const std::string& text) const {
    if (options_.say) options_.say(text);
  }
  std::filesystem::path path_of(const Follower& follower) const { return folder_ / follower.view; }
  std::filesystem::path new_path_of(const Follower& follower) const {
    return folder_ / (follower.view + ".new");
  }

  const EventLog& log_;
  const std::filesystem::path folder_;
  const ViewHostOptions options_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Follower>> followers_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace kontor
