// Shards: several engines that share nothing, as one. A book lives in one of them: its number says
// in which (engine/shard_number.h), and its name chose it when it was opened, so that what is sent
// twice, even at the same time, comes to the same place twice
// (ops/adr/0011-a-books-name-chooses-its-shard.md).
//
// Threads as engine.h says. Questions and the log are a shard's own: place_of(book).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace kontor {

// The shard that a book of this name lives in, of so many: XXH3-64 of its UTF-8, modulo.
std::uint32_t shard_of_name(std::string_view book, std::uint32_t shards);

class Shards final : public Engine {
 public:
  // In the order of their numbers; at least one. They outlive it.
  explicit Shards(std::vector<Engine*> engines);

  // A job for book 0 goes to the shards that its OpenBooks name, and an id that is resolved there
  // to all of them; the answers come together.
  StatusCode submit(std::unique_ptr<Submission>& job) override;
  // Not here: at place_of(book).engine.
  StatusCode ask(std::unique_ptr<Question> question) override;
  StatusCode read(LogWork work) override;
  Place place_of(BookNumber book) override;
  std::uint32_t shard_count() const override { return static_cast<std::uint32_t>(engines_.size()); }
  void follow(std::weak_ptr<const OnDurable> listener) override;
  std::vector<BookInfo> books() const override;
  EngineStats stats() const override;  // the sums
  void make_snapshot() override;
  void stop() override;

 private:
  StatusCode submit_to_server_books(std::unique_ptr<Submission>& job);

  std::vector<Engine*> engines_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<const OnDurable>> listeners_;
};

}  // namespace kontor
