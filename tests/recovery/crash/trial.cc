#include "tests/recovery/crash/trial.h"

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "history_answers_generated.h"
#include "wire_generated.h"

#include "engine/shards.h"
#include "events/base/currency.h"
#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kConnections = 2;
constexpr std::chrono::seconds kReadyWithin{60};
constexpr std::chrono::seconds kAnsweredWithin{60};

// Names of books that lie in shard 0, 1 ...
std::vector<std::string> book_names(std::uint32_t shards) {
  if (shards == 1) return {"crash"};
  std::vector<std::string> out;
  for (std::uint32_t i = 0; out.size() < kConnections; ++i) {
    std::string name = "crash-" + std::to_string(i);
    if (shard_of_name(name, shards) == out.size() % shards) out.push_back(std::move(name));
  }
  return out;
}

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

Trial::Trial(TrialOptions options)
    : options_(std::move(options)),
      random_(options_.seed),
      names_(book_names(options_.shards)),
      books_(names_.size()) {
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
  auto server =
      ServerProcess::spawn({options_.server, "--shards", std::to_string(options_.shards), "--data",
                            data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0",
                            "--memtable-mib", kMemtables[below(random_, kMemtables.size())],
                            "--page-decisions", kPages[below(random_, kPages.size())],
                            "--snapshot-events", kSnapshots[below(random_, kSnapshots.size())]},
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
  return open_books();
}

Status Trial::open_books() {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (Status opened = open_book(i); !opened) return opened;
  }
  return {};
}

// The same command at every start: the book is opened by the first.
Status Trial::open_book(std::size_t lane) {
  const std::string id = lane == 0 ? "open" : "open-" + std::to_string(lane);
  cli::Bodies bodies;
  CommandToSend command;
  command.id = id;
  command.kind = number_of<OpenBook>;
  command.body = bodies.open_book(names_[lane], "DE", find_currency("EUR")->code, kNoDate);
  Client& client = lanes_[lane]->client();
  const Result<Client::Outcome> opened = client.submit_and_wait(BookNumber{0}, command);
  if (!opened) return opened.error();
  Answer answer;
  answer.status = opened->status;
  answer.repeated = opened->repeated;
  answer.sequence = opened->sequence;
  answer.events = opened->events;
  ledger_.answered(command.id, answer, StatusCode::kDone);
  const Result<ServerBook> book = client.book(names_[lane]);
  if (!book) return book.error();
  books_[lane] = book->number;
  return compare_digest(book->number);
}

// What the server made of the log is what we made of it, unless it has gone on since.
Status Trial::compare_digest(BookNumber book) {
  const auto ours = audited_.find(book.value());
  if (ours == audited_.end()) return {};
  QueryToSend query;
  query.question = wire::Question::digest;
  const Result<QueryResult> asked = lanes_.front()->client().ask(book, query);
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
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (Status done = set_up_book(i); !done) return done;
  }
  is_set_up_ = true;
  return {};
}

// Ids are told apart by book: what is known of them is kept by id alone.
Status Trial::set_up_book(std::size_t lane) {
  cli::BenchSetup setup(trade_.all);
  CommandToSend command;
  while (setup.next(command)) {
    Kept kept = keep(command, StatusCode::kDone);
    if (lane > 0) kept.id = std::to_string(lane) + "-" + kept.id;
    lanes_[lane]->add(std::move(kept));
  }
  lanes_[lane]->run(book_of(lane), LaneLimits{}, false, nullptr);
  if (lanes_[lane]->wait_all_answered(kAnsweredWithin)) return {};
  return Error{ErrorKind::kUnavailable, "the book could not be set up in time"};
}

Status Trial::load(const Plan& plan, Round& round) {
  if (Status ready = set_up(); !ready) return ready;
  const std::uint64_t before = ledger_.acknowledged();
  Counter counter;
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lanes_[i]->run(book_of(i), plan.limits, true,
                   [&counter](std::size_t count) { counter.add(count); });
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
  for (std::size_t i = 0; i < lanes_.size(); ++i)
    lanes_[i]->run(book_of(i), LaneLimits{}, false, nullptr);
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
