#include "api/cli/log_books.h"

#include <flatbuffers/flatbuffers.h>

#include "book_generated.h"

#include "events/codec/catalog.h"
#include "events/log/commit.h"
#include "events/log/rocksdb_event_log.h"

namespace kontor::cli {
namespace {

Status add_books(const DecisionView& decision, std::vector<LogBook>& books) {
  Status status;
  decision.for_each_event([&](const EventView& event) {
    if (event.header.kind != number_of<BookRegistered>) return;
    if (!verify_event(event.header.kind, event.body)) {
      status = Error{ErrorKind::kCorrupt, "the event " + std::to_string(event.sequence.value()) +
                                              " of book 0 is damaged; run kontor verify --data"};
      return;
    }
    const auto* body = flatbuffers::GetRoot<BookRegistered>(event.body.data());
    books.push_back({BookNumber{body->book_number()},
                     body->book() != nullptr ? body->book()->str() : std::string()});
  });
  return status;
}

std::string names_of(const std::vector<LogBook>& books) {
  std::string names;
  for (const LogBook& book : books)
    names += (names.empty() ? "" : ", ") + book.name;
  return names.empty() ? "none" : names;
}

}  // namespace

Result<std::vector<LogBook>> list_books(const EventLog& log) {
  std::vector<LogBook> books;
  Status found;
  const Status read =
      log.read(CommitNumber{1}, log.tail().last, [&](CommitNumber number, auto bytes) {
        found = read_commit(number, bytes, [&](const PageView& page) {
          Status status;
          if (page.header().book != 0) return status;
          page.for_each_decision([&](const DecisionView& decision) {
            if (status) status = add_books(decision, books);
          });
          return status;
        });
        return found.ok();
      });
  if (!read) return read.error();
  if (!found) return found.error();
  return books;
}

Result<LogBook> choose_book(const std::vector<LogBook>& books, const std::string& name) {
  if (name == "0") return LogBook{BookNumber{0}, "0"};
  if (name.empty() && books.size() == 1) return books.front();
  if (name.empty()) {
    return Error{ErrorKind::kUsage, "choose a book with --book; there are: " + names_of(books)};
  }
  for (const LogBook& book : books) {
    if (book.name == name) return book;
  }
  return Error{ErrorKind::kNotFound,
               "no book '" + name + "' in this folder; there are: " + names_of(books)};
}

Result<FoundBook> find_offline_book(const std::vector<OfflineShard>& shards,
                                    const std::string& name) {
  std::vector<LogBook> all;
  std::vector<std::size_t> shard_of_book;
  for (std::size_t i = 0; i < shards.size(); ++i) {
    RocksdbLogOptions options;
    options.mode = FolderMode::kReadOnly;
    const auto log = RocksdbEventLog::open(shards[i].folder, options);
    if (!log) return log.error();
    const Result<std::vector<LogBook>> books = list_books(**log);
    if (!books) return books.error();
    all.insert(all.end(), books->begin(), books->end());
    shard_of_book.resize(all.size(), i);
  }
  const Result<LogBook> chosen = choose_book(all, name);
  if (!chosen) return chosen.error();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].name == chosen->name) return FoundBook{shards[shard_of_book[i]], *chosen};
  }
  return FoundBook{shards.front(), *chosen};
}

}  // namespace kontor::cli
