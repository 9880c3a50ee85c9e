// Books: the deciding state of every book of a shard, book 0 among them. One thread's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "events/base/assert.h"
#include "projections/book.h"

namespace kontor {

class Books {
 public:
  Books() { add(); }

  std::uint32_t count() const { return static_cast<std::uint32_t>(books_.size()); }  // with book 0
  Book* find(BookNumber number) {
    return number.value() < books_.size() ? books_[number.value()].get() : nullptr;
  }
  const Book* find(BookNumber number) const {
    return number.value() < books_.size() ? books_[number.value()].get() : nullptr;
  }
  Book& server() { return *books_.front(); }
  const Book& server() const { return *books_.front(); }
  // The next number's book, empty.
  Book& add() {
    books_.push_back(std::make_unique<Book>(BookNumber{count()}));
    books_.back()->read_back_with(read_back_);
    if (recently_left_ != nullptr) books_.back()->tell_left(*recently_left_);
    return *books_.back();
  }
  // Every book's, and of those to come (Book::read_back_with).
  void read_back_with(const ReadBack* source) {
    read_back_ = source;
    for (const std::unique_ptr<Book>& book : books_)
      book->read_back_with(source);
  }
  // Likewise (Book::tell_left).
  void tell_left(RecentlyLeft& recently) {
    recently_left_ = &recently;
    for (const std::unique_ptr<Book>& book : books_)
      book->tell_left(recently);
  }

 private:
  std::vector<std::unique_ptr<Book>> books_;  // by number
  const ReadBack* read_back_ = nullptr;
  RecentlyLeft* recently_left_ = nullptr;
};

}  // namespace kontor
