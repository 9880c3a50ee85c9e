// The keys and values of the documents' rows (grammar: projections/views/documents.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "projections/views/documents.h"

namespace kontor {

std::string document_key(BookNumber book, std::uint64_t birth);
std::string document_text_prefix(BookNumber book, std::string_view text);
std::string document_text_key(BookNumber book, std::string_view text, std::uint64_t birth);
std::string document_company_key(BookNumber book, std::uint32_t company, Date date,
                                 std::uint64_t birth);
std::string document_date_key(BookNumber book, Date date, std::uint64_t birth);
std::string document_name_key(BookNumber book, DocumentKind kind, std::string_view name);
std::string document_kind_value(DocumentKind kind);

void write_document(const Document& document, std::string& out);
std::optional<Document> read_document(std::uint64_t birth,
                                      std::string_view value);  // none: damaged

// Without regard to case, of ASCII.
std::string lower_case(std::string_view text);

}  // namespace kontor
