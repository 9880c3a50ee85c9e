// Looking for documents: one index is walked, and what its rows name is looked at.
#include <algorithm>

#include "projections/views/document_rows.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr std::uint64_t kByName = 1;
constexpr std::uint64_t kByReference = 2;

class Search {
 public:
  Search(const RowSource& rows, const DocumentSearch& search) : rows_(rows), search_(search) {
    text_ = lower_case(search.text);
  }

  Status choose_range(const DocumentPlace& after);
  Result<DocumentPage> run(std::size_t rows_max, std::size_t examined_max);

 private:
  std::string date_key(Date date, std::uint64_t birth) const {
    return search_.company ? document_company_key(search_.book, *search_.company, date, birth)
                           : document_date_key(search_.book, date, birth);
  }
  Status begin_behind(const DocumentPlace& after);
  bool begins_so(std::string_view text) const { return lower_case(text).starts_with(text_); }
  bool is_wanted(const Document& document) const;
  Result<std::optional<Document>> look(std::uint64_t birth) const;
  // Whether the row is the one by which the document is found; the other one's text may fit as
  // well.
  std::optional<DocumentPlace> place_of(std::string_view key, const Document& document) const;

  const RowSource& rows_;
  const DocumentSearch& search_;
  std::string text_;
  std::string begin_;
  std::string end_;
};

Status Search::choose_range(const DocumentPlace& after) {
  if (text_.empty()) {
    begin_ = date_key(search_.from, 0);
    end_ = date_key(search_.to == kNoDate ? Date{INT32_MAX} : search_.to, ~std::uint64_t{0});
  } else {
    begin_ = document_text_prefix(search_.book, text_);
    end_ = behind(begin_);
  }
  return after.second == 0 ? Status{} : begin_behind(after);
}

Status Search::begin_behind(const DocumentPlace& after) {
  std::string last;
  if (text_.empty()) {
    const auto date = static_cast<std::uint32_t>(after.first) ^ 0x8000'0000U;
    last = date_key(Date{static_cast<std::int32_t>(date)}, after.second);
  } else {
    const auto document = look(after.second);
    if (!document.ok()) return document.error();
    if (!*document || (after.first != kByName && after.first != kByReference)) {
      return Error{ErrorKind::kNotFound, "`after` is no place of this search"};
    }
    const std::string& text = after.first == kByName ? (*document)->name : (*document)->reference;
    last = document_text_key(search_.book, text, after.second);
  }
  last.push_back('\0');
  begin_ = std::max(begin_, last);
  return {};
}

Result<std::optional<Document>> Search::look(std::uint64_t birth) const {
  const auto value = rows_.get(document_key(search_.book, birth));
  if (!value.ok()) return value.error();
  if (!*value) return std::optional<Document>{};
  auto document = read_document(birth, **value);
  if (!document) {
    return Error{ErrorKind::kCorrupt, "the document of position " + std::to_string(birth) +
                                          " cannot be read in the documents"};
  }
  return document;
}

bool Search::is_wanted(const Document& document) const {
  if (search_.kind != DocumentKind::kAny && document.kind != search_.kind) return false;
  if (search_.state != DocumentState::kAny && document.state() != search_.state) return false;
  if (search_.from != kNoDate && document.date < search_.from) return false;
  if (search_.to != kNoDate && document.date > search_.to) return false;
  return !search_.company || document.company == *search_.company ||
         document.payer == *search_.company;
}

std::optional<DocumentPlace> Search::place_of(std::string_view key,
                                              const Document& document) const {
  if (text_.empty()) {
    const auto date = static_cast<std::uint32_t>(document.date.value()) ^ 0x8000'0000U;
    return DocumentPlace{date, document.birth};
  }
  if (key == document_text_key(search_.book, document.name, document.birth)) {
    return DocumentPlace{kByName, document.birth};
  }
  // Found by its name already, or by a reference that it has no longer.
  const bool by_reference =
      key == document_text_key(search_.book, document.reference, document.birth);
  if (!by_reference || begins_so(document.name)) return std::nullopt;
  return DocumentPlace{kByReference, document.birth};
}

Result<DocumentPage> Search::run(std::size_t rows_max, std::size_t examined_max) {
  DocumentPage page;
  Status status;
  std::size_t examined = 0;
  std::optional<DocumentPlace> last;
  bool all = true;
  const Status scanned =
      rows_.scan(begin_, end_, [&](std::string_view key, std::string_view /*kind*/) {
        // A page ends behind a place that can be gone on from.
        const bool enough = page.documents.size() >= rows_max || examined >= examined_max;
        if (enough && last) {
          all = false;
          return false;
        }
        ++examined;
        RowReader tail(key.substr(key.size() - std::min(key.size(), sizeof(std::uint64_t))));
        auto document = look(tail.big_endian<std::uint64_t>());
        if (!document.ok()) status = document.error();
        if (!status.ok() || !*document) return status.ok();
        const auto place = place_of(key, **document);
        if (!place) return true;
        last = place;
        if (is_wanted(**document)) page.documents.push_back(std::move(**document));
        return true;
      });
  if (!scanned.ok()) return scanned.error();
  if (!status.ok()) return status.error();
  if (!all) page.next = last;
  return page;
}

}  // namespace

Result<DocumentPage> search_documents(const RowSource& rows, const DocumentSearch& search,
                                      const DocumentPlace& after, std::size_t rows_max,
                                      std::size_t examined_max) {
  Search work(rows, search);
  if (Status chosen = work.choose_range(after); !chosen.ok()) return chosen.error();
  return work.run(rows_max, examined_max);
}

Result<std::uint64_t> find_document_birth(const RowSource& rows, BookNumber book, DocumentKind kind,
                                          std::string_view name) {
  const auto value = rows.get(document_name_key(book, kind, name));
  if (!value.ok()) return value.error();
  if (!*value) return std::uint64_t{0};
  RowReader reader(**value);
  const std::uint64_t birth = reader.varint();
  if (reader.ok() && reader.at_end() && birth != 0) return birth;
  return Error{ErrorKind::kCorrupt,
               "the documents' row of the name '" + std::string(name) + "' cannot be read"};
}

}  // namespace kontor
