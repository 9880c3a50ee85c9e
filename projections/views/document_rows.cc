#include "projections/views/document_rows.h"

#include <algorithm>

#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr char kRecordRows = 'r';
constexpr char kTextRows = 't';
constexpr char kCompanyRows = 'c';
constexpr char kDateRows = 'd';

enum Flag : std::uint8_t { kHeld = 1, kFulfilled = 2, kCancelled = 4, kFailed = 8 };

}  // namespace

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

std::string document_key(BookNumber book, std::uint64_t birth) {
  std::string key = row_head(book, kRecordRows);
  append_big_endian(key, birth);
  return key;
}

std::string document_text_prefix(BookNumber book, std::string_view text) {
  return row_head(book, kTextRows) + lower_case(text);
}

std::string document_text_key(BookNumber book, std::string_view text, std::uint64_t birth) {
  std::string key = document_text_prefix(book, text);
  key.push_back('\0');
  append_big_endian(key, birth);
  return key;
}

std::string document_company_key(BookNumber book, std::uint32_t company, Date date,
                                 std::uint64_t birth) {
  std::string key = row_head(book, kCompanyRows);
  append_big_endian(key, company);
  append_date(key, date);
  append_big_endian(key, birth);
  return key;
}

std::string document_date_key(BookNumber book, Date date, std::uint64_t birth) {
  std::string key = row_head(book, kDateRows);
  append_date(key, date);
  append_big_endian(key, birth);
  return key;
}

std::string document_name_key(BookNumber book, DocumentKind kind, std::string_view name) {
  std::string key = row_head(book, 'n');
  key.push_back(static_cast<char>(kind));
  key += name;
  return key;
}

std::string document_kind_value(DocumentKind kind) {
  return std::string(1, static_cast<char>(kind));
}

void write_document(const Document& document, std::string& out) {
  out.push_back(static_cast<char>(document.kind));
  out.push_back(static_cast<char>(document.approval));
  out.push_back(
      static_cast<char>((document.held ? kHeld : 0) | (document.fulfilled ? kFulfilled : 0) |
                        (document.cancelled ? kCancelled : 0) | (document.failed ? kFailed : 0)));
  append_text(out, document.name);
  append_text(out, document.reference);
  append_varint(out, document.company);
  append_varint(out, document.payer);
  append_signed(out, document.date.value());
  append_varint(out, document.currency);
  for (const Minor amount :
       {document.total, document.open, document.paid, document.credited, document.reversed}) {
    append_signed(out, amount.value());
  }
}

std::optional<Document> read_document(std::uint64_t birth, std::string_view value) {
  RowReader in(value);
  Document out;
  out.birth = birth;
  out.kind = static_cast<DocumentKind>(in.big_endian<std::uint8_t>());
  out.approval = static_cast<Document::Approval>(in.big_endian<std::uint8_t>());
  const auto flags = in.big_endian<std::uint8_t>();
  out.held = (flags & kHeld) != 0;
  out.fulfilled = (flags & kFulfilled) != 0;
  out.cancelled = (flags & kCancelled) != 0;
  out.failed = (flags & kFailed) != 0;
  out.name = in.text();
  out.reference = in.text();
  out.company = static_cast<std::uint32_t>(in.varint());
  out.payer = static_cast<std::uint32_t>(in.varint());
  out.date = Date{static_cast<std::int32_t>(in.signed_varint())};
  out.currency = static_cast<std::uint16_t>(in.varint());
  for (Minor Document::*const amount : {&Document::total, &Document::open, &Document::paid,
                                        &Document::credited, &Document::reversed}) {
    out.*amount = Minor{in.signed_varint()};
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  const bool known = out.kind > DocumentKind::kAny && out.kind <= DocumentKind::kCreditNote &&
                     out.approval <= Document::Approval::kRejected;
  return known ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace kontor
