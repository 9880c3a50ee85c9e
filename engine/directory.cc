#include "engine/directory.h"

#include <algorithm>
#include <mutex>

namespace kontor {

void Directory::start(std::vector<std::vector<PagePlace>> places,
                      const std::vector<PageChain>& chains) {
  const std::unique_lock lock(mutex_);
  places_ = std::move(places);
  last_.clear();
  for (const PageChain& chain : chains)
    last_.push_back(chain.last_sequence);
  for (const auto& of_book : places_) {
    if (!of_book.empty()) last_commit_ = std::max(last_commit_, of_book.back().commit);
  }
}

void Directory::add(BookNumber book, Sequence first, Sequence last, CommitNumber commit) {
  const std::unique_lock lock(mutex_);
  if (book.value() >= places_.size()) {
    places_.resize(book.value() + 1);
    last_.resize(book.value() + 1);
  }
  places_[book.value()].push_back({first, commit});
  last_[book.value()] = last;
  last_commit_ = commit;
}

Sequence Directory::last_sequence(BookNumber book) const {
  const std::shared_lock lock(mutex_);
  return book.value() < last_.size() ? last_[book.value()] : Sequence{};
}

CommitNumber Directory::last_commit() const {
  const std::shared_lock lock(mutex_);
  return last_commit_;
}

CommitNumber Directory::find(BookNumber book, Sequence sequence) const {
  const std::shared_lock lock(mutex_);
  if (book.value() >= places_.size() || sequence > last_[book.value()]) return CommitNumber{};
  const auto& places = places_[book.value()];
  const auto after = std::upper_bound(
      places.begin(), places.end(), sequence,
      [](Sequence wanted, const PagePlace& place) { return wanted < place.first; });
  return after == places.begin() ? CommitNumber{} : (after - 1)->commit;
}

}  // namespace kontor
