#include "engine/shard.h"

#include <cstdio>
#include <cstdlib>

#include "book_generated.h"
#include "claim_log_generated.h"

#include "engine/replay.h"
#include "engine/snapshots/recovery.h"
#include "events/base/niceness.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

[[noreturn]] void end_process(const Error& error) {
  std::fprintf(stderr,
               "kontord: the log cannot be written, and what the disk holds is not known: %s\n"
               "kontord: stopping; mend the disk and start again, nothing acknowledged is lost\n",
               error.message.c_str());
  std::fflush(stderr);
  std::_Exit(70);
}

[[noreturn]] void end_differing(const Error& error) {
  std::fprintf(stderr,
               "kontord: %s\n"
               "kontord: stopping; the log is the truth: run kontor verify, and start again\n",
               error.message.c_str());
  std::fflush(stderr);
  std::_Exit(70);
}

}  // namespace

Shard::Shard(EventLog& log, Clock& clock, EngineOptions options)
    : log_(log),
      clock_(clock),
      options_(std::move(options)),
      reader_(log, directory_),
      gatherer_(log, directory_, options_.views) {
  if (options_.snapshots.files != nullptr) snapshots_.emplace(*options_.snapshots.files, log_);
}

Result<std::unique_ptr<Engine>> Engine::start(EventLog& log, Clock& clock, EngineOptions options,
                                              const Progress& progress) {
  auto shard = std::make_unique<Shard>(log, clock, std::move(options));
  if (const Status opened = shard->open(progress); !opened.ok()) return opened.error();
  return std::unique_ptr<Engine>(std::move(shard));
}

const std::vector<double>& Engine::commit_bounds() {
  static const std::vector<double> kBounds = {0.00001, 0.00002, 0.00004, 0.00008, 0.00016, 0.00032,
                                              0.00064, 0.00128, 0.00256, 0.00512, 0.01024, 0.02048,
                                              0.04096, 0.08192, 0.16384, 0.32768, 0.65536, 1.31072,
                                              2.62144, 5.24288, 10.48576};
  return kBounds;
}

Status Shard::open(const Progress& progress) {
  auto replayed = recover_state(progress);
  if (!replayed.ok()) return replayed.error();
  if (const Status claimed = claim(replayed->chains, replayed->last); !claimed.ok()) {
    return claimed.error();
  }
  replayed->places.resize(replayed->chains.size());
  replayed->places[0].push_back({replayed->chains[0].last_sequence, log_.tail().last});
  position_ = replayed->position();
  decided_ = log_.tail().last;
  directory_.start(std::move(replayed->places), replayed->chains);

  committer_ = std::make_unique<Committer>(
      Committer::Parts{log_, directory_, reader_, followers_, chains_probe_, options_.nice},
      std::move(replayed->chains), log_.tail().epoch,
      options_.log_failed ? options_.log_failed : end_process, [this] {
        wake_when_idle();
        if (maker_ != nullptr) maker_->durable(log_.tail().last);
      });
  books_.read_back_with(&gatherer_);
  books_.tell_left(gatherer_.recently_left());
  sequencer_ = std::make_unique<Sequencer>(
      books_, clock_, options_, counts_,
      Sequencer::Hands{[this](std::unique_ptr<Batch>& batch) { flush(batch); },
                       [this](BookNumber book, Sequence sequence) { return await(book, sequence); },
                       &gatherer_});
  for (std::uint32_t i = 1; i < books_.count(); ++i)
    tell_book(*books_.find(BookNumber{i}));
  start_snapshots();
  reader_.start();
  committer_->start();
  thread_ = std::thread([this] { run(); });
  return {};
}

Result<Replayed> Shard::recover_state(const Progress& progress) {
  const SnapshotOptions& options = options_.snapshots;
  Result<Recovery> recovery =
      recover(log_, snapshots_ ? &*snapshots_ : nullptr, options.note, progress);
  if (!recovery) return recovery.error();
  if (options.note) options.note(told(*recovery));
  books_ = std::move(recovery->image.books);
  const SnapshotInfo& from = recovery->from;
  found_snapshot_.commit = from.commit.value();
  found_snapshot_.position = recovery->from_position;
  found_snapshot_.bytes = from.bytes;
  found_snapshot_.written_at = from.written_at;
  return std::move(recovery->image.log);
}

void Shard::start_snapshots() {
  if (!snapshots_) return;
  maker_ = std::make_unique<SnapshotMaker>(
      SnapshotMaker::Parts{log_, *snapshots_, probe_, [this] { wake_when_idle(); }, chains_probe_,
                           [this] { committer_->look_at_probe(); },
                           options_.snapshots.differs ? options_.snapshots.differs : end_differing,
                           options_.nice},
      options_.snapshots);
  maker_->start(found_snapshot_, position_);
  if (snapshots_->has_bad()) maker_->wish();
}

void Shard::make_snapshot() {
  if (maker_ != nullptr) maker_->wish();
}

// The first decision of every process: it fences whoever wrote before. `after` is what was
// replayed: a log that has grown since is another writer's, and our state is not what it says.
Status Shard::claim(std::vector<PageChain>& chains, CommitNumber after) {
  if (chains.empty()) chains.emplace_back();
  const Epoch epoch{log_.tail().epoch.value() + 1};
  flatbuffers::FlatBufferBuilder builder;
  const auto server = builder.CreateString(options_.server);
  const auto host = builder.CreateString(options_.host);
  builder.Finish(CreateClaimLog(builder, epoch.value(), server, host));
  const AlignedBuffer body(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));

  CommandInput input;
  input.kind = number_of<ClaimLog>;
  input.body = body.bytes();
  Book& server_book = books_.server();
  const std::int64_t after_last = server_book.last_recorded().value() + 1;
  PageBuilder page;
  page.begin(BookNumber{0}, Sequence{server_book.last_sequence().value() + 1});
  Decider decider;
  decider.decide(server_book, page, input, std::max(clock_.now(), Timestamp{after_last}), 0);

  AlignedBuffer scratch;
  const CommitPage pages[] = {{&page, &chains[0]}};  // NOLINT(modernize-avoid-c-arrays)
  const auto bytes = seal_commit(pages, {epoch, CommitNumber{after.value() + 1}, 1}, scratch);
  const Status written = log_.append(epoch, after, bytes);
  if (!written.ok() && log_.tail().last != after) {
    return Error{ErrorKind::kUnavailable,
                 "another process wrote to the log while this one read it (" +
                     written.error().message + "); let one of them run, and start again"};
  }
  chains[0].durable_watermark = chains[0].last_sequence;
  return written;
}

// ---- jobs come in -------------------------------------------------------------------------------

StatusCode Shard::submit(std::unique_ptr<Submission>& job) {
  const std::size_t commands = job->commands.size();
  const std::size_t bytes = job->bytes.size();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return StatusCode::kStopping;
    const bool full = inbox_commands_ + commands > options_.inbox_commands_max ||
                      inbox_bytes_ + bytes > options_.inbox_bytes_max;
    if (full && inbox_commands_ > 0) {
      ++overloaded_;
      return StatusCode::kOverloaded;
    }
    inbox_commands_ += commands;
    inbox_bytes_ += bytes;
    inbox_.emplace_back(std::move(job));
  }
  wake();
  return StatusCode::kDone;
}

StatusCode Shard::ask(std::unique_ptr<Question> question) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return StatusCode::kStopping;
    if (inbox_.size() >= options_.inbox_commands_max) {
      ++overloaded_;
      return StatusCode::kOverloaded;
    }
    inbox_.emplace_back(std::move(question));
  }
  wake();
  return StatusCode::kDone;
}

StatusCode Shard::read(LogWork work) {
  if (reader_.post(std::move(work))) return StatusCode::kDone;
  const std::lock_guard lock(mutex_);
  return stopping_ ? StatusCode::kStopping : StatusCode::kOverloaded;
}

void Shard::follow(std::weak_ptr<const OnDurable> listener) {
  followers_.add(std::move(listener));
}

void Shard::stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || !thread_.joinable()) return;
    stopping_ = true;
  }
  wake();
  thread_.join();
  committer_->stop();
  if (maker_ != nullptr) {
    maker_->stop();
    // After a failed append the state is ahead of the log.
    if (options_.snapshots.at_stop && log_.tail().last == decided_) maker_->make_last(books_);
  }
  reader_.stop();
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

// ---- the engine's thread ------------------------------------------------------------------------

bool Shard::take(std::deque<Job>& jobs, const Batch& batch) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] {
    return !inbox_.empty() || stopping_ || (!batch.empty() && committer_->idle()) ||
           (batch.page_count() == 0 && probe_.asked());
  });
  if (inbox_.empty()) return !(stopping_ && batch.empty());
  jobs.swap(inbox_);
  inbox_commands_ = 0;
  inbox_bytes_ = 0;
  return true;
}

void Shard::work_through(std::deque<Job>& jobs, std::unique_ptr<Batch>& batch) {
  for (Job& job : jobs) {
    if (auto* const submission = std::get_if<std::unique_ptr<Submission>>(&job)) {
      sequencer_->run(std::move(*submission), batch);
    } else {
      auto& question = std::get<std::unique_ptr<Question>>(job);
      question->expired = question->deadline && *question->deadline <= clock_.steady();
      if (question->expired) {
        counts_.count_expired();
      } else {
        question->ask(books_);
      }
      batch->questions.push_back(std::move(question));
    }
    // A free committer is given what there is; a busy one lets the batch grow.
    if (committer_->idle()) flush(batch);
  }
  jobs.clear();
}

// The committer became free. It is not this object's state: without the lock the engine's thread
// could look, find it busy, and miss this.
void Shard::wake_when_idle() {
  { const std::lock_guard lock(mutex_); }
  wake();
}

// Everybody waits for the deciding thread, and the work behind it can be done later.
void Shard::go_first() {
  if (options_.nice == 0 || be_nice(options_.nice) || !options_.note) return;
  options_.note(
      "the deciding thread does not go before the others: the system does not allow it "
      "(LimitNICE=-10 of its unit, or CAP_SYS_NICE, would)");
}

void Shard::run() {
  go_first();
  auto batch = std::make_unique<Batch>();
  std::deque<Job> jobs;
  sequencer_->catch_up(batch);
  while (take(jobs, *batch)) {
    work_through(jobs, batch);
    if (!batch->empty() && committer_->idle()) flush(batch);
    answer_probe(*batch);
    bool last = false;
    {
      const std::lock_guard lock(mutex_);
      last = stopping_ && inbox_.empty();
    }
    if (last && !batch->empty()) flush(batch);
  }
}

void Shard::flush(std::unique_ptr<Batch>& batch) {
  if (batch->empty()) return;
  tell_books(*batch);
  const bool commits = batch->page_count() > 0;
  for (std::uint32_t i = 0; i < batch->page_count(); ++i)
    position_ += batch->page(i).events();
  batch = committer_->hand_over(std::move(batch));
  if (!commits) return;
  decided_ = CommitNumber{decided_.value() + 1};
  if (maker_ != nullptr) maker_->handed_over(position_);
  answer_probe(*batch);
}

bool Shard::await(BookNumber book, Sequence sequence) {
  if (directory_.last_sequence(book) >= sequence) return true;
  committer_->wait_until_idle();
  return directory_.last_sequence(book) >= sequence;
}

void Shard::answer_probe(const Batch& batch) {
  if (batch.page_count() > 0 || !probe_.asked()) return;
  const SliceWanted& wanted = probe_.question();
  probe_.answer({hash_slice(books_, wanted.from, wanted.bytes), decided_});
  maker_->answered();
}

// ---- what others may know -----------------------------------------------------------------------

// What a commit costs must not depend on how many books there are: only those in it are looked at.
void Shard::tell_books(const Batch& batch) {
  if (batch.page_count() == 0) return;
  const std::lock_guard lock(told_mutex_);
  for (std::uint32_t i = 0; i < batch.page_count(); ++i)
    tell_book(*books_.find(batch.page(i).book()));
}

// A new book comes with its first page, in the order of numbers.
void Shard::tell_book(const Book& book) {
  const std::uint32_t number = book.number().value();
  if (number == 0) return;
  if (number > book_list_.size()) {
    KONTOR_ASSERT(number == book_list_.size() + 1);
    book_list_.push_back({book.number(), book.calendar().book(), book.calendar().currency().value(),
                          book.outcomes().kept(), Sequence{}});
    gauges_.resize(number + 1);
  }
  const Orders& orders = book.orders();
  gauges_[number] = {book.follow_up_count(), orders.all().size(), orders.settled().size()};
}

std::vector<BookInfo> Shard::books() const {
  std::vector<BookInfo> out;
  const std::lock_guard lock(told_mutex_);
  for (const BookInfo& book : book_list_) {
    const Sequence last = directory_.last_sequence(book.number);
    if (last.value() == 0) continue;
    out.push_back(book);
    out.back().last_sequence = last;
  }
  return out;
}

EngineStats Shard::stats() const {
  EngineStats out;
  out.commands = counts_.list();
  out.repeats = counts_.repeats();
  out.expired = counts_.expired();
  const CommitStats commits = committer_->stats();
  out.commits = commits.commits;
  out.commit_bytes = commits.bytes;
  out.commit_seconds_sum = commits.seconds_sum;
  if (maker_ != nullptr) out.snapshots = maker_->stats();
  out.commit_seconds_buckets.assign(commits.buckets.begin(), commits.buckets.end());
  {
    const std::lock_guard lock(mutex_);
    out.overloaded = overloaded_;
    out.inbox_commands = inbox_commands_;
  }
  const std::lock_guard lock(told_mutex_);
  for (const BookInfo& book : book_list_) {
    const Gauges& gauges = gauges_[book.number.value()];
    out.books.push_back({book.number, book.name, directory_.last_sequence(book.number).value(),
                         gauges.follow_ups, gauges.orders, gauges.settled});
  }
  return out;
}

}  // namespace kontor
