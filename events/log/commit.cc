#include "events/log/commit.h"

#include <cstring>
#include <string>

#include "events/base/limits.h"

namespace kontor {
namespace {

Error usage(std::string what) {
  return {ErrorKind::kUsage, "append: " + std::move(what)};
}

template <class Number>
std::string text(Number number) {
  return std::to_string(number.value());
}

// Whether the bytes are pages that say they belong to this epoch and commit.
Status check_page_headers(Epoch epoch, CommitNumber number, std::span<const std::byte> rest) {
  if (rest.empty()) return usage("no pages");
  if (rest.size() > limits::kCommitBytesMax) {
    return usage(std::to_string(rest.size()) + " bytes; a commit has at most " +
                 std::to_string(limits::kCommitBytesMax));
  }
  while (!rest.empty()) {
    PageHeader header;
    if (rest.size() < sizeof header) return usage("ends inside a page header");
    std::memcpy(&header, rest.data(), sizeof header);
    if (header.magic != kPageMagic) return usage("not a page");
    const std::uint64_t whole = std::uint64_t{header.header_bytes} + header.stored_bytes;
    if (header.header_bytes < sizeof header || whole > rest.size()) {
      return usage("ends inside a page");
    }
    if (header.epoch != epoch.value() || header.commit != number.value()) {
      return usage("a page sealed for epoch " + std::to_string(header.epoch) + " and commit " +
                   std::to_string(header.commit) + ", not " + text(epoch) + " and " + text(number));
    }
    rest = rest.subspan(whole);
  }
  return {};
}

}  // namespace

Status read_commit(CommitNumber number, std::span<const std::byte> bytes,
                   const PageVisitor& visit) {
  const auto in_commit = [&](const Error& error) {
    return Error{error.kind, "commit " + text(number) + ": " + error.message};
  };
  if (bytes.empty()) return in_commit({ErrorKind::kCorrupt, "no pages"});
  while (!bytes.empty()) {
    const Result<PageView> page = read_page(bytes);
    if (!page.ok()) return in_commit(page.error());
    if (page.value().header().commit != number.value()) {
      return in_commit({ErrorKind::kCorrupt,
                        "holds a page of commit " + std::to_string(page.value().header().commit)});
    }
    if (Status status = visit(page.value()); !status.ok()) return in_commit(status.error());
    bytes = bytes.subspan(page.value().bytes());
  }
  return {};
}

Status check_append(const LogTail& tail, Epoch epoch, CommitNumber after,
                    std::span<const std::byte> commit) {
  if (epoch < tail.epoch) {
    return Error{ErrorKind::kFenced,
                 "append: epoch " + text(epoch) +
                     " was ended by a writer that claimed the log under epoch " + text(tail.epoch) +
                     "; this one must stop"};
  }
  if (epoch.value() == 0 || epoch.value() > tail.epoch.value() + 1) {
    return usage("epoch " + text(epoch) + " where the log is at " + text(tail.epoch));
  }
  if (after != tail.last) {
    return usage("after commit " + text(after) + " where the last is " + text(tail.last));
  }
  return check_page_headers(epoch, CommitNumber{after.value() + 1}, commit);
}

}  // namespace kontor
