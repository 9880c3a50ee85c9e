#include "api/questions/query.h"

#include <charconv>

namespace kontor::questions {
namespace {

bool parse_whole(std::string_view text, std::uint64_t& out) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<Place> parse_place(std::string_view text) {
  Place place;
  if (text.empty()) return place;
  const std::size_t colon = text.find(':');
  if (!parse_whole(text.substr(0, colon), place.first)) return std::nullopt;
  if (colon == std::string_view::npos) return place;
  if (!parse_whole(text.substr(colon + 1), place.second)) return std::nullopt;
  return place;
}

std::string format_place(const Place& place) {
  return std::to_string(place.first) + ":" + std::to_string(place.second);
}

Answered refused(StatusCode status, std::string message) {
  Answered out;
  out.status = status;
  out.message = std::move(message);
  return out;
}

Answered not_found(std::string_view kind, std::string_view name, std::string_view list) {
  std::string message = "there is no " + std::string(kind) + " '" + std::string(name) + "'";
  if (!list.empty()) message += "; `kontor list " + std::string(list) + "` shows those there are";
  return refused(StatusCode::kNotFound, std::move(message));
}

CompanyFilter company_filter(const Book& book, const Query& query) {
  CompanyFilter filter;
  if (query.name.empty()) return filter;
  filter.only = book.parties().find_company(query.name);
  if (!filter.only) filter.wrong = not_found("company", query.name, "companies");
  return filter;
}

bool is_about_the_past(const Query& query) {
  const bool dated = query.date != kNoDate && query.question != wire::Question::price;
  return dated || query.as_of.value() != 0 || query.as_of_time.value() != 0;
}

}  // namespace kontor::questions
