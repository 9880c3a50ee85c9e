#include "tests/recovery/crash/trial.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "history_answers_generated.h"
#include "wire_generated.h"

#include "events/base/currency.h"
#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kConnections = 2;
constexpr std::chrono::seconds kReadyWithin{60};
constexpr std::chrono::seconds kAnsweredWithin{60};
constexpr std::string_view kBook = "crash";

// Counts answers, and lets one thread wait for so many.
class Counter {
 public:
  void add(std::size_t count) {
    const std::lock_guard lock(mutex_);
    count_ += count;
    if (count_ >= wanted_) changed_.notify_all();
  }
  bool wait_for(std::uint64_t wanted, std::chrono::seconds within) {
    std::unique_lock lock(mutex_);
    wanted_ = wanted;
    return changed_.wait_for(lock, within, [this] { return count_ >= wanted_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t count_ = 0;
  std::uint64_t wanted_ = ~0ULL;
};

std::string_view word(Round::Killed killed) {
  switch (killed) {
    case Round::Killed::kUnderLoad:
      return "under load";
    case Round::Killed::kStarting:
      return "while starting";
    case Round::Killed::kStopping:
      return "while stopping";
  }
  return "";
}

}  // namespace

std::string text(const Round& round) {
  const std::string restart = round.restart.count() == 0
                                  ? std::string("never ready")
                                  : "start " + std::to_string(round.restart.count()) + " ms";
  return "killed " + std::string(word(round.killed)) + " after " +
         std::to_string(round.acknowledged) + " acknowledged, " + std::to_string(round.unanswered) +
         " in flight, log " + std::to_string(round.log_events) + " events in " +
         std::to_string(round.log_commits) + " commits, " + restart;
}

// How a round goes, all of it from the seed.
struct Trial::Plan {
  Round::Killed killed = Round::Killed::kUnderLoad;
  std::uint64_t after_answers = 0;
  std::chrono::microseconds then{0};      // after those answers, or after SIGTERM
  std::chrono::microseconds starting{0};  // after the start of the process
  LaneLimits limits;
};

Trial::Trial(TrialOptions options) : options_(std::move(options)), random_(options_.seed) {
  for (std::uint32_t i = 0; i < kConnections; ++i) {
    const std::uint64_t seed = random_();
    auto traffic = std::make_unique<Traffic>(trade_, seed, i);
    lanes_.push_back(std::make_unique<Lane>(ledger_, std::move(traffic), seed + 1));
  }
}

Trial::Plan Trial::make_plan() {
  Plan plan;
  const std::uint64_t dice = below(random_, 10);
  if (dice < 2) plan.killed = Round::Killed::kStarting;
  if (dice == 2) plan.killed = Round::Killed::kStopping;
  // As often 10 to 20 as 1,000 to 2,000.
  const std::uint64_t most = options_.commands_max >> below(random_, 11);
  plan.after_answers = 1 + below(random_, std::max<std::uint64_t>(most, 1));
  plan.then = std::chrono::microseconds(below(random_, 5'000));
  const auto longest = static_cast<std::uint64_t>(start_took_.count()) * 5 / 4;
  plan.starting = std::chrono::microseconds(below(random_, std::max<std::uint64_t>(longest, 1)));
  plan.limits.frame_commands = std::size_t{1} << below(random_, 10);
  plan.limits.in_flight = plan.limits.frame_commands + (std::size_t{16} << below(random_, 8));
  return plan;
}

Status Trial::spawn() {
  static constexpr std::array<const char*, 3> kMemtables = {"8", "16", "128"};
  static constexpr std::array<const char*, 3> kPages = {"16", "512", "8192"};
  static constexpr std::array<const char*, 3> kSnapshots = {"1000", "5000", "1000000"};
  const std::string data = (options_.folder / "data").string();
  auto server = ServerProcess::spawn(
      {options_.server, "--data", data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
       "--memtable-mib", kMemtables[below(random_, kMemtables.size())], "--page-decisions",
       kPages[below(random_, kPages.size())], "--snapshot-events",
       kSnapshots[below(random_, kSnapshots.size())]},
      (options_.folder / "kontord.log").string());
  if (!server) return server.error();
  server_ = std::move(*server);
  return {};
}

Status Trial::start(Round& round) {
  const auto begin = Clock::now();
  if (Status spawned = spawn(); !spawned) return spawned;
  const ServerProcess::Seen seen = server_->wait_ready(kReadyWithin);
  if (seen != ServerProcess::Seen::kReady) {
    server_.reset();
    const std::string what = seen == ServerProcess::Seen::kEnded ? "ended before it was ready"
                                                                 : "was not ready within 60 s";
    return Error{ErrorKind::kIo, "kontord " + what +
                                     " on what a kill left; its last words are in " +
                                     (options_.folder / "kontord.log").string()};
  }
  start_took_ = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
  round.restart = std::max(std::chrono::duration_cast<std::chrono::milliseconds>(start_took_),
                           std::chrono::milliseconds{1});
  for (const auto& lane : lanes_) {
    if (Status connected = lane->connect(server_->address()); !connected) return connected;
  }
  return open_book();
}

// The same command at every start: the book is opened by the first.
Status Trial::open_book() {
  cli::Bodies bodies;
  CommandToSend command;
  command.id = "open";
  command.kind = number_of<OpenBook>;
  command.body = bodies.open_book(kBook, "DE", find_currency("EUR")->code, kNoDate);
  Client& client = lanes_.front()->client();
  const Result<Client::Outcome> opened = client.submit_and_wait(BookNumber{0}, command);
  if (!opened) return opened.error();
  Answer answer;
  answer.status = opened->status;
  answer.repeated = opened->repeated;
  answer.sequence = opened->sequence;
  answer.events = opened->events;
  ledger_.answered(command.id, answer, StatusCode::kDone);
  const Result<ServerBook> book = client.book(kBook);
  if (!book) return book.error();
  book_ = book->number;
  return compare_digest();
}

// What the server made of the log is what we made of it, unless it has gone on since.
Status Trial::compare_digest() {
  const auto ours = audited_.find(book_.value());
  if (ours == audited_.end()) return {};
  QueryToSend query;
  query.question = wire::Question::digest;
  const Result<QueryResult> asked = lanes_.front()->client().ask(book_, query);
  if (!asked) return asked.error();
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(asked->body.data()),
                                 asked->body.size());
  if (asked->status != StatusCode::kDone || !verifier.VerifyBuffer<wire::DigestAnswer>()) {
    return Error{ErrorKind::kMalformed, "the book's digest was not answered: " + asked->message};
  }
  const auto* answer = flatbuffers::GetRoot<wire::DigestAnswer>(asked->body.data());
  const std::string digest = answer->digest() == nullptr ? "" : answer->digest()->str();
  if (answer->sequence() < ours->second.last_sequence) {
    ledger_.unsound("the server's book is at sequence " + std::to_string(answer->sequence()) +
                    ", its log at " + std::to_string(ours->second.last_sequence));
  }
  if (answer->sequence() == ours->second.last_sequence && digest != ours->second.digest) {
    ledger_.unsound("the server's state at sequence " + std::to_string(answer->sequence()) +
                    " has another digest than a replay of its log");
  }
  return {};
}

Status Trial::set_up() {
  if (is_set_up_) return {};
  Lane& lane = *lanes_.front();
  cli::BenchSetup setup(trade_.all);
  CommandToSend command;
  while (setup.next(command))
    lane.add(keep(command, StatusCode::kDone));
  lane.run(book_, LaneLimits{}, false, nullptr);
  if (!lane.wait_all_answered(kAnsweredWithin)) {
    return Error{ErrorKind::kUnavailable, "the book could not be set up in time"};
  }
  is_set_up_ = true;
  return {};
}

Status Trial::load(const Plan& plan, Round& round) {
  if (Status ready = set_up(); !ready) return ready;
  const std::uint64_t before = ledger_.acknowledged();
  Counter counter;
  for (const auto& lane : lanes_) {
    lane->run(book_, plan.limits, true, [&counter](std::size_t count) { counter.add(count); });
  }
  const bool came = counter.wait_for(plan.after_answers, kAnsweredWithin);
  if (plan.killed == Round::Killed::kStopping) server_->ask_to_stop();
  const bool ended = server_->wait_end(plan.then);
  if (!came) ledger_.unsound("answers stopped coming");
  if (ended && plan.killed == Round::Killed::kUnderLoad) {
    ledger_.unsound("kontord ended by itself; see kontord.log");
  }
  server_.reset();
  disconnect_all();  // the counter goes with us
  round.acknowledged = ledger_.acknowledged() - before;
  return {};
}

void Trial::disconnect_all() {
  for (const auto& lane : lanes_)
    lane->disconnect();
}

void Trial::look_at_log(Round& round) {
  const Result<Audited> audited = audit(options_.folder / "data");
  if (!audited) return ledger_.unsound("the log: " + audited.error().message);
  ledger_.compare(audited->logged);
  audited_ = audited->books;
  round.log_events = audited->events;
  round.log_commits = audited->commits;
}

Result<Round> Trial::run_round() {
  const Plan plan = make_plan();
  Round round;
  round.killed = plan.killed;
  if (plan.killed == Round::Killed::kStarting) {
    if (Status spawned = spawn(); !spawned) return spawned.error();
    if (server_->wait_ready(plan.starting) == ServerProcess::Seen::kEnded) {
      ledger_.unsound("kontord ended by itself at its start; see kontord.log");
    }
    server_.reset();
  } else {
    if (Status started = start(round); !started) return started.error();
    if (Status loaded = load(plan, round); !loaded) return loaded.error();
  }
  for (const auto& lane : lanes_)
    round.unanswered += lane->unanswered();
  look_at_log(round);
  return round;
}

Status Trial::finish() {
  Round round;
  if (Status started = start(round); !started) return started;
  if (Status ready = set_up(); !ready) return ready;
  for (const auto& lane : lanes_)
    lane->run(book_, LaneLimits{}, false, nullptr);
  for (const auto& lane : lanes_) {
    if (!lane->wait_all_answered(kAnsweredWithin)) ledger_.unsound("commands stay unanswered");
  }
  disconnect_all();
  if (Status stopped = server_->stop(kReadyWithin); !stopped) return stopped;
  server_.reset();
  look_at_log(round);
  return {};
}

}  // namespace kontor::test
