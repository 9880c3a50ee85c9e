#include "engine/batch.h"

namespace kontor {

std::uint32_t Batch::page_of(BookNumber book, Sequence next) {
  if (book.value() >= page_of_book_.size()) page_of_book_.resize(book.value() + 1);
  std::uint32_t& place = page_of_book_[book.value()];
  if (place != 0) return place - 1;
  if (used_ == pages_.size()) pages_.push_back(std::make_unique<PageBuilder>());
  pages_[used_]->begin(book, next);
  place = ++used_;
  return place - 1;
}

void Batch::clear() {
  for (std::uint32_t i = 0; i < used_; ++i) {
    page_of_book_[pages_[i]->book().value()] = 0;
    pages_[i]->clear();
  }
  used_ = 0;
  decisions_ = 0;
  bytes_ = 0;
  submissions.clear();
  questions.clear();
}

}  // namespace kontor
