#include "engine/shards.h"

#include <algorithm>
#include <map>
#include <utility>

#include "open_book_generated.h"

#include "engine/gathering.h"
#include "engine/shard_number.h"
#include "events/base/assert.h"
#include "events/codec/catalog.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kontor {
namespace {

// A number that no shard has given to a book.
constexpr BookNumber kNoBook{(1U << kLocalBookBits) - 1};

std::string_view name_in(const CommandInput& input) {
  const auto* const name = flatbuffers::GetRoot<OpenBook>(input.body.data())->book();
  return name == nullptr ? std::string_view{} : std::string_view(name->data(), name->size());
}

bool opens_a_book(const CommandInput& input) {
  return !input.resolve && input.status == StatusCode::kDone && input.kind == number_of<OpenBook>;
}

void add(EngineStats& sum, const EngineStats& part) {
  sum.commits += part.commits;
  sum.commit_bytes += part.commit_bytes;
  sum.repeats += part.repeats;
  sum.overloaded += part.overloaded;
  sum.expired += part.expired;
  sum.inbox_commands += part.inbox_commands;
  sum.commit_seconds_sum += part.commit_seconds_sum;
  auto& buckets = sum.commit_seconds_buckets;
  buckets.resize(std::max(buckets.size(), part.commit_seconds_buckets.size()));
  for (std::size_t i = 0; i < part.commit_seconds_buckets.size(); ++i)
    buckets[i] += part.commit_seconds_buckets[i];
  sum.snapshots.position += part.snapshots.position;
  sum.snapshots.bytes += part.snapshots.bytes;
  sum.snapshots.made += part.snapshots.made;
  sum.snapshots.failures += part.snapshots.failures;
}

}  // namespace

std::uint32_t shard_of_name(std::string_view book, std::uint32_t shards) {
  return static_cast<std::uint32_t>(XXH3_64bits(book.data(), book.size()) % shards);
}

Shards::Shards(std::vector<Engine*> engines) : engines_(std::move(engines)) {
  KONTOR_ASSERT(!engines_.empty());
}

Engine::Place Shards::place_of(BookNumber book) {
  const std::uint32_t shard = shard_of(book);
  if (shard >= engines_.size()) return {engines_.front(), kNoBook};
  return {engines_[shard], local_book(book)};
}

StatusCode Shards::submit(std::unique_ptr<Submission>& job) {
  const BookNumber book = job->book;
  if (book == BookNumber{0} && engines_.size() > 1) return submit_to_server_books(job);
  const Place place = place_of(book);
  job->book = place.book;
  const StatusCode taken = place.engine->submit(job);
  if (job != nullptr) job->book = book;
  return taken;
}

StatusCode Shards::submit_to_server_books(std::unique_ptr<Submission>& job) {
  const auto count = static_cast<std::uint32_t>(engines_.size());
  std::vector<std::vector<std::uint32_t>> of_shard(count);  // places in the job
  for (std::uint32_t i = 0; i < job->commands.size(); ++i) {
    const CommandInput& input = job->commands[i];
    if (input.resolve) {
      for (auto& places : of_shard)
        places.push_back(i);
    } else {
      of_shard[opens_a_book(input) ? shard_of_name(name_in(input), count) : 0].push_back(i);
    }
  }
  const auto whole =
      std::ranges::find(of_shard, job->commands.size(), &std::vector<std::uint32_t>::size);
  const auto used = std::ranges::count_if(of_shard, [](const auto& all) { return !all.empty(); });
  if (used <= 1) return engines_[static_cast<std::size_t>(whole - of_shard.begin())]->submit(job);

  const auto gathering =
      std::make_shared<Gathering>(std::move(job), static_cast<std::size_t>(used));
  for (std::uint32_t shard = 0; shard < count; ++shard) {
    if (of_shard[shard].empty()) continue;
    std::unique_ptr<Submission> part = gathering->part(std::move(of_shard[shard]));
    const StatusCode taken = engines_[shard]->submit(part);
    if (taken != StatusCode::kDone) gathering->not_taken(*part, taken);
  }
  return StatusCode::kDone;
}

StatusCode Shards::ask(std::unique_ptr<Question> /*question*/) {
  KONTOR_ASSERT(false);  // whoever asks is to ask the engine that place_of() names
  return StatusCode::kStopping;
}

StatusCode Shards::read(LogWork /*work*/) {
  KONTOR_ASSERT(false);  // as above
  return StatusCode::kStopping;
}

void Shards::follow(std::weak_ptr<const OnDurable> listener) {
  for (std::uint32_t shard = 0; shard < engines_.size(); ++shard) {
    auto numbered =
        std::make_shared<const OnDurable>([shard, listener](BookNumber book, Sequence last) {
          const auto held = listener.lock();
          if (held != nullptr) (*held)(book_in_shard(shard, book), last);
        });
    engines_[shard]->follow(numbered);
    const std::lock_guard lock(mutex_);
    listeners_.push_back(std::move(numbered));
  }
}

std::vector<BookInfo> Shards::books() const {
  std::vector<BookInfo> out;
  for (std::uint32_t shard = 0; shard < engines_.size(); ++shard) {
    for (BookInfo& book : engines_[shard]->books()) {
      book.number = book_in_shard(shard, book.number);
      out.push_back(std::move(book));
    }
  }
  return out;
}

EngineStats Shards::stats() const {
  EngineStats out;
  std::map<std::pair<std::uint16_t, StatusCode>, std::uint64_t> commands;
  for (std::uint32_t shard = 0; shard < engines_.size(); ++shard) {
    EngineStats part = engines_[shard]->stats();
    add(out, part);
    for (const CommandCount& entry : part.commands)
      commands[{entry.kind, entry.status}] += entry.count;
    for (EngineStats::BookStats& book : part.books) {
      book.number = book_in_shard(shard, book.number);
      out.books.push_back(std::move(book));
    }
  }
  for (const auto& [entry, count] : commands)
    out.commands.push_back({entry.first, entry.second, count});
  return out;
}

void Shards::make_snapshot() {
  for (Engine* const engine : engines_)
    engine->make_snapshot();
}

void Shards::stop() {
  for (Engine* const engine : engines_)
    engine->stop();
}

}  // namespace kontor
