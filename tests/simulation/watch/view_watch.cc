#include "tests/simulation/watch/view_watch.h"

#include <system_error>
#include <utility>

#include "engine/log_reader.h"
#include "engine/views/fresh_view.h"
#include "tests/simulation/watch/view_answers.h"

namespace kontor::test {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::uint64_t kStepsMost = 60;

}  // namespace

// ---- the host of the moment ---------------------------------------------------------------------

std::shared_ptr<ViewHost> ViewWatch::Hosted::host() const {
  const std::lock_guard lock(mutex_);
  return host_;
}

void ViewWatch::Hosted::set(std::shared_ptr<ViewHost> host) {
  const std::lock_guard lock(mutex_);
  host_.swap(host);
}

Result<std::shared_ptr<const ViewSnapshot>> ViewWatch::Hosted::open(std::string_view view) const {
  const std::shared_ptr<ViewHost> now = host();
  if (now != nullptr) return now->open(view);
  return Error{ErrorKind::kUnavailable, "the host is dead"};
}

std::vector<ViewStatus> ViewWatch::Hosted::status() const {
  const std::shared_ptr<ViewHost> now = host();
  return now == nullptr ? std::vector<ViewStatus>{} : now->status();
}

// ---- its lives ----------------------------------------------------------------------------------

ViewWatch::ViewWatch(std::uint64_t seed, std::filesystem::path folder, Coverage& coverage)
    : random_(seed), coverage_(coverage), folder_(std::move(folder)) {
}

ViewWatch::~ViewWatch() {
  stop_host();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

ViewHostOptions ViewWatch::options() {
  ViewHostOptions out;
  out.look_every = std::chrono::milliseconds(1);
  out.batch.batch_events = 1 + random_.below(60);
  out.store.env = &disk_;
  out.store.step = [this](IngestStep at) { return !dies(at); };
  out.say = [this](const std::string& text) { note(text); };
  return out;
}

// On the host's thread, at every step of an ingest.
bool ViewWatch::dies(IngestStep /*at*/) {
  bool dies = false;
  bell_.ring([&] {
    dies = dead_ || (steps_left_ > 0 && --steps_left_ == 0);
    if (dies && !dead_) {
      ++coverage_.view_deaths;
      if (dies_with_its_disk_) disk_.cut_power();
    }
    dead_ = dies;
  });
  return dies;
}

void ViewWatch::note(const std::string& text) {
  const auto says = [&](std::string_view words) { return text.find(words) != text.npos; };
  bell_.ring([&] {
    if (says("the new one is in its place")) ++coverage_.view_renewals;
    const bool bad = says("is NOT what the log says") || says("is of no use") ||
                     (says("does not go on") && !dead_);
    if (bad && !wrong_) wrong_ = text;
  });
}

void ViewWatch::start_host(bool may_die) {
  bell_.ring([&] {
    dead_ = false;
    dies_with_its_disk_ = random_.one_in(2);
    steps_left_ = may_die && random_.one_in(3) ? 1 + random_.below(kStepsMost) : 0;
  });
  hosted_.set(std::make_shared<ViewHost>(*log_, folder_, options()));
  ++coverage_.view_starts;
}

void ViewWatch::stop_host() {
  std::shared_ptr<ViewHost> host = hosted_.host();
  hosted_.set(nullptr);
  if (host != nullptr) host->stop();
  host.reset();  // and its stores are closed
  if (disk_.is_dead()) {
    ++coverage_.view_power_cuts;
    disk_.come_back(random_);
  } else {
    disk_.keep_all();
  }
}

void ViewWatch::before(const EventLog& log, EngineOptions& options) {
  log_ = &log;
  if (random_.one_in(20)) {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);  // losing them costs a rebuild
  }
  start_host(true);
  options.views = &hosted_;
}

Watcher::Wrong ViewWatch::end(const PlainLog& /*told*/) {
  stop_host();
  engine_ = nullptr;
  return std::exchange(wrong_, std::nullopt);
}

// ---- what it answers ----------------------------------------------------------------------------

// On the reader's thread of the engine, where questions about the past are answered.
Watcher::Wrong ViewWatch::check(const PlainLog& told, const model::State& state, bool everything) {
  if (told.last() == 0 || engine_ == nullptr) return {};
  Wrong differs;
  bool done = false;
  const ViewQuestions questions{told, state, random_, everything};
  using Check = std::optional<std::string> (*)(const RowSource&, const ViewQuestions&);
  const auto look = [&](const LogReader& log, const std::string& view, Check differs_in) {
    FreshView rows(view, &hosted_, BookNumber{1}, Sequence{told.last()});
    const Status opened = rows.open();
    if (!opened.ok()) return std::optional(view + ": " + opened.error().message);
    Result<bool> complete = false;
    while (complete.ok() && !*complete)
      complete = rows.advance(log, 1 + static_cast<std::uint32_t>(random_.below(30)));
    if (!complete.ok()) return std::optional(view + ": " + complete.error().message);
    const std::uint64_t stored = rows.stored().value();
    ++(stored == told.last() ? coverage_.view_stored : coverage_.view_fresh);
    auto wrong = differs_in(rows, questions);
    if (wrong) *wrong += " [stored up to " + std::to_string(stored) + "]";
    return wrong;
  };
  const StatusCode taken = engine_->read([&](const LogReader& log) {
    Wrong wrong = look(log, "timeline", timeline_differs);
    if (!wrong) wrong = look(log, "entries", entries_differ);
    if (!wrong) wrong = look(log, "documents", documents_differ);
    bell_.ring([&] {
      differs = wrong;
      done = true;
    });
  });
  if (taken != StatusCode::kDone) return "read says " + std::string(status_word(taken));
  if (!bell_.wait([&] { return done; })) return "the views are not answered from";
  return differs;
}

Watcher::Wrong ViewWatch::check_status(const PlainLog& told) {
  for (const ViewStatus& status : hosted_.status()) {
    if (status.commit > status.tail || status.events > told.last()) {
      return "the view " + status.view + " has followed what is not there";
    }
    if (status.differed > 0 || status.rebuilds > 0) return "the view " + status.view + " differed";
  }
  return {};
}

// Until the host has followed to the end, or died. False: neither, for too long.
bool ViewWatch::wait_for_all(const ViewHost& host) {
  constexpr std::chrono::milliseconds kLookEvery{20};
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (std::chrono::steady_clock::now() < end) {
    if (host.wait_for(log_->tail().last, kLookEvery)) return true;
    bool dead = false;
    bell_.ring([&] { dead = dead_; });
    if (dead) return true;
  }
  return false;
}

Watcher::Wrong ViewWatch::look(const PlainLog& told, const model::State& state) {
  bool dead = false;
  bell_.ring([&] { dead = dead_; });
  if (random_.one_in(dead ? 2 : 25)) {
    stop_host();
    start_host(true);
  }
  const std::shared_ptr<ViewHost> host = hosted_.host();
  // What a renewal puts in place has other names than the disk knows.
  if (random_.one_in(8) && !dies_with_its_disk_) host->renew();
  if (random_.one_in(3) && !wait_for_all(*host)) return "the views do not follow";
  if (!random_.one_in(4)) return {};
  Wrong wrong = check(told, state, false);
  if (!wrong) wrong = check_status(told);
  bell_.ring([&] {
    if (!wrong) wrong = wrong_;
  });
  return wrong;
}

Watcher::Wrong ViewWatch::finish(const PlainLog& told, const model::State& state) {
  stop_host();
  start_host(false);
  if (!wait_for_all(*hosted_.host())) return "the views do not follow to the end";
  return check(told, state, true);
}

}  // namespace kontor::test
