// Pages of a book as a server tells them: the question `pages`, put together again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "api/cli/questions.h"
#include "events/base/result.h"
#include "events/log/commit.h"
#include "events/log/page.h"

namespace kontor::cli {

// Cuts a run of bytes that comes in parts into pages, each checked by read_page.
class PageCutter {
 public:
  // kCorrupt, kNewer, or what visit says.
  Status add(std::span<const std::byte> bytes, const PageVisitor& visit);
  // kCorrupt where a page has begun and not ended.
  Status finish() const;

 private:
  // Bytes of the page at the front; 0: not known yet.
  Result<std::size_t> page_bytes() const;

  AlignedBuffer pending_;
};

// Asks for the pages from the one that holds `from` up to the book's present end. Returns the
// position the server answered at: the last page holds it.
Result<Sequence> fetch_pages(Asking& asking, Sequence from, const PageVisitor& visit);

}  // namespace kontor::cli
