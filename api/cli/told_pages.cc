#include "api/cli/told_pages.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "history_answers_generated.h"
#include "wire_generated.h"

#include "events/base/limits.h"

namespace kontor::cli {
namespace {

// A page is closed before it grows past its limit, and one decision always fits.
constexpr std::size_t kPageBytesAtMost =
    limits::kPageBytesMax + limits::kDecisionBytesMax + sizeof(PageHeader);

Error damaged(const std::string& what) {
  return {ErrorKind::kCorrupt, "the pages the server tells are damaged: " + what};
}

}  // namespace

Result<std::size_t> PageCutter::page_bytes() const {
  if (pending_.size() < sizeof(PageHeader)) return std::size_t{0};
  PageHeader header;
  std::memcpy(&header, pending_.data(), sizeof header);
  if (header.magic != kPageMagic) return damaged("no page begins where one must");
  const std::size_t bytes = std::size_t{header.header_bytes} + header.stored_bytes;
  if (bytes < sizeof header || bytes > kPageBytesAtMost) {
    return damaged("a page of " + std::to_string(bytes) + " bytes");
  }
  return bytes;
}

Status PageCutter::add(std::span<const std::byte> bytes, const PageVisitor& visit) {
  pending_.append(bytes);
  for (;;) {
    const Result<std::size_t> wanted = page_bytes();
    if (!wanted) return wanted.error();
    if (*wanted == 0 || pending_.size() < *wanted) return {};
    const Result<PageView> page = read_page(pending_.bytes().first(*wanted));
    if (!page) return page.error();
    if (Status visited = visit(*page); !visited) return visited;
    AlignedBuffer rest(pending_.bytes().subspan(*wanted));  // aligned anew
    pending_ = std::move(rest);
  }
}

Status PageCutter::finish() const {
  if (pending_.empty()) return {};
  return damaged("they end inside a page, after " + std::to_string(pending_.size()) + " bytes");
}

Result<Sequence> fetch_pages(Asking& asking, Sequence from, const PageVisitor& visit) {
  QueryToSend query;
  query.question = wire::Question::pages;
  query.from = from;
  Sequence position;
  PageCutter cutter;
  const Status asked =
      ask_pages(asking, query, 0, [&](const QueryResult& told) -> Result<std::uint64_t> {
        position = told.position;
        const auto* body = flatbuffers::GetRoot<wire::PagesAnswer>(told.body.data());
        if (body->bytes() == nullptr) return std::uint64_t{0};
        const auto bytes = std::as_bytes(std::span(body->bytes()->data(), body->bytes()->size()));
        if (Status added = cutter.add(bytes, visit); !added) return added.error();
        return std::uint64_t{bytes.size()};
      });
  if (!asked) return asked.error();
  if (Status whole = cutter.finish(); !whole) return whole.error();
  return position;
}

}  // namespace kontor::cli
