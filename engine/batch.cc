#include "engine/batch.h"

#include <algorithm>
#include <utility>

#include "events/base/limits.h"

namespace kontor {
namespace {

// Several times what a commit holds, so that a steady load makes no memory anew.
constexpr std::size_t kKeptBytesMax = 4 * limits::kPageBytesMax;

}  // namespace

std::uint32_t Batch::page_of(BookNumber book, Sequence next) {
  if (book.value() >= page_of_book_.size()) page_of_book_.resize(book.value() + 1);
  std::uint32_t& place = page_of_book_[book.value()];
  if (place != 0) return place - 1;
  if (used_ == pages_.size()) pages_.push_back(std::make_unique<PageBuilder>());
  pages_[used_]->begin(book, next);
  place = ++used_;
  return place - 1;
}

// Each page may once have been that of a busy book; together they are never that large again.
void Batch::keep_bounded() {
  for (std::size_t i = pages_.size(); i > 0 && kept_bytes_ > kKeptBytesMax; --i) {
    pages_[i - 1] = std::make_unique<PageBuilder>();
    kept_bytes_ -= std::exchange(page_bytes_[i - 1], 0);
  }
}

void Batch::clear() {
  page_bytes_.resize(pages_.size());
  for (std::uint32_t i = 0; i < used_; ++i) {
    page_of_book_[pages_[i]->book().value()] = 0;
    const std::size_t largest = std::max(page_bytes_[i], pages_[i]->page_bytes());
    kept_bytes_ += largest - std::exchange(page_bytes_[i], largest);
    pages_[i]->clear();
  }
  keep_bounded();
  used_ = 0;
  decisions_ = 0;
  bytes_ = 0;
  submissions.clear();
  questions.clear();
}

}  // namespace kontor
