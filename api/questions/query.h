// What every answer is made with: the question in plain words, the answer before it is wrapped, and
// paging that bounds the work done on the engine's thread. For .cc files (flatbuffers).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "history_answers_generated.h"
#include "wire_generated.h"

#include "api/wire.h"
#include "engine/status.h"
#include "events/log/page.h"
#include "projections/book.h"

namespace kontor::questions {

inline constexpr std::uint32_t kRowsDefault = 100;
inline constexpr std::uint32_t kRowsMax = 1'000;
// Rows looked at for one page, whether they are wanted or not.
inline constexpr std::uint64_t kExaminedMax = 20'000;

// Where a list goes on; what QueryAnswer.next says, as "12" or "12:345".
struct Place {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};
std::optional<Place> parse_place(std::string_view text);  // empty: the beginning
std::string format_place(const Place& place);

// A QueryRequest with its texts copied.
struct Query {
  wire::Question question{};
  std::string name;
  std::string second;
  std::string third;
  Date date = kNoDate;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::uint64_t filter = 0;
  std::uint32_t limit = 0;
  Place after;
  Sequence as_of;        // 0: the present
  Timestamp as_of_time;  // 0: not given
  Date date_from = kNoDate;
  Date date_to = kNoDate;
  std::string state;
  std::int64_t number = 0;
  std::shared_ptr<const AlignedBuffer> command;  // of check; null: none
};

// An answer without its position.
struct Answered {
  StatusCode status = StatusCode::kDone;
  std::string message;
  AlignedBuffer body;
  std::string next;  // empty: nothing more
};

template <class Table>
Answered answered(const Table& table, std::string next = {}) {
  flatbuffers::FlatBufferBuilder builder(1024);
  builder.Finish(Table::TableType::Pack(builder, &table));
  Answered out;
  out.body = AlignedBuffer(finished_bytes(builder));
  out.next = std::move(next);
  return out;
}

Answered refused(StatusCode status, std::string message);
// kind: "company"; list: the word of `kontor list` that shows all of them.
Answered not_found(std::string_view kind, std::string_view name, std::string_view list);

template <class Row>
Row& add_row(std::vector<std::unique_ptr<Row>>& rows) {
  rows.push_back(std::make_unique<Row>());
  return *rows.back();
}

// Whether it asks about another time than now.
bool is_about_the_past(const Query& query);

// Counts what a page has cost. A loop asks room() before each thing it looks at.
class PageRoom {
 public:
  explicit PageRoom(const Query& query)
      : rows_left_(query.limit == 0 ? kRowsDefault : std::min(query.limit, kRowsMax)) {}
  bool room() const { return rows_left_ > 0 && examined_ < kExaminedMax; }
  void examine(std::uint64_t things) { examined_ += things; }
  void row() { --rows_left_; }

 private:
  std::uint32_t rows_left_;
  std::uint64_t examined_ = 0;
};

// A page of things numbered from 0: calls make(index) for each, which says whether it made a row.
// Returns where to go on.
template <class Make>
std::string fill_page(const Query& query, std::uint64_t count, Make make) {
  PageRoom page(query);
  std::uint64_t index = query.after.first;
  for (; index < count && page.room(); ++index) {
    page.examine(1);
    if (make(index, page)) page.row();
  }
  return index < count ? format_place({index, 0}) : std::string{};
}

template <class Id>
std::string name_of(const Book& book, std::string_view kind, Id id) {
  return is_set(id) ? book.name(kind, id.value()).value_or("") : std::string{};
}
template <class Id>
std::vector<std::string> names_of(const Book& book, std::string_view kind,
                                  const std::vector<Id>& ids) {
  std::vector<std::string> out;
  for (const Id id : ids)
    out.push_back(name_of(book, kind, id));
  return out;
}

// The company named in Query.name to filter by; nothing: all. Gives an answer when it is not known.
struct CompanyFilter {
  std::optional<CompanyId> only;
  std::optional<Answered> wrong;
  bool takes(std::uint32_t ordinal) const { return !only || only->value() == ordinal; }
};
CompanyFilter company_filter(const Book& book, const Query& query);

}  // namespace kontor::questions
