// Gather: settled documents read back from the durable log. Which names they had is found in the
// view of the documents, their events by the timeline; where these do not go far enough, or there
// are none, the log is read on. Most names are new ones that only seem to have left: of those the
// view does not know, RecentlyLeft says without the log that they never were. The engine's thread.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/naming.h"
#include "engine/reader.h"
#include "engine/views/views.h"
#include "projections/past.h"
#include "projections/read_back.h"

namespace kontor {

class Gatherer final : public ReadBack {
 public:
  // views: may be null. All outlive it.
  Gatherer(const EventLog& log, const Directory& directory, const Views* views)
      : log_(log, directory), views_(views) {}

  RecentlyLeft& recently_left() { return recently_left_; }

  std::string name_of(BookNumber book, SettledKind kind, std::uint64_t birth) const override;
  std::uint64_t birth_of(BookNumber book, SettledKind kind, std::string_view name,
                         Sequence end) const override;

  // The document that is meant; nothing: none was born up to `end`. Errors are the log's, and
  // kNotFound where what is asked for is not durable yet.
  struct Found {
    SettledKind kind = SettledKind::kOrder;
    std::uint64_t birth = 0;
    std::string name;
    bool reopened = false;
  };
  Result<std::optional<Found>> find(const Book& book, const NamedDocument& document,
                                    Sequence end) const;

  // What its events add up to, of which none lies behind the decision that `end` is of. kCorrupt:
  // not to a settled one.
  Result<std::unique_ptr<PastDocument>> gather(const Book& book, const Found& document,
                                               Sequence end) const;

 private:
  // The births of a book's documents by name in a part of the log: what stands in for the view.
  struct Births {
    Sequence behind;
    Sequence read_to;
    std::array<BirthTable, kSettledKinds> by_kind;
  };

  // 0: there is none.
  Result<std::uint64_t> find_birth(BookNumber book, SettledKind kind, std::string_view name,
                                   Sequence end) const;
  // What the view knows: the birth, or 0; and up to where it has read.
  struct Known {
    std::uint64_t birth = 0;
    Sequence to;
  };
  Known find_in_view(BookNumber book, SettledKind kind, std::string_view name) const;
  Status read_births(BookNumber book, Sequence behind, Sequence end) const;
  Result<std::string> name_at(BookNumber book, SettledKind kind, std::uint64_t birth) const;
  // Both give nothing where they cannot tell.
  std::unique_ptr<PastDocument> fold_by_timeline(BookNumber book, const Found& document,
                                                 Sequence end) const;
  Result<std::unique_ptr<PastDocument>> fold_by_reading(const Book& book, const Found& document,
                                                        Sequence end) const;
  Status fold_at(BookNumber book, Sequence position, PastDocument& past) const;

  Reader log_;  // for its reading, without its thread
  const Views* views_;
  RecentlyLeft recently_left_;
  mutable std::map<BookNumber, Births> births_;
};

}  // namespace kontor
