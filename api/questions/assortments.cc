// Assortments: what is in them, and who may order it.
#include <algorithm>

#include "rule_answers_generated.h"

#include "api/questions/present.h"

namespace kontor::questions {
namespace {

// Companies that name the assortment themselves.
void fill_entitled(const Book& book, const std::string& name, wire::AssortmentAnswerT& out) {
  const Parties& parties = book.parties();
  for (std::uint32_t i = 0; i < parties.company_count(); ++i) {
    const CompanyId id{i};
    const auto& named = parties.company(id).assortments;
    if (std::find(named.begin(), named.end(), name) != named.end())
      out.entitled.emplace_back(parties.name(id));
  }
}

std::uint32_t size_of(std::size_t count) {
  return static_cast<std::uint32_t>(count);
}

}  // namespace

Answered answer_assortment(const Book& book, const Query& query) {
  const Assortments& all = book.catalogue().assortments();
  const auto id = all.find(query.name);
  if (!id) return not_found("assortment", query.name, "assortments");
  const Assortment& assortment = all.get(*id);
  wire::AssortmentAnswerT out;
  out.assortment = query.name;
  out.label = assortment.label;
  out.items = names_of(book, "item", assortment.items);
  out.categories = assortment.categories;
  out.companies = names_of(book, "company", assortment.companies);
  out.tags = assortment.tags;
  fill_entitled(book, query.name, out);
  out.version = assortment.version;
  out.set_at = assortment.last_change.value();
  return answered(out);
}

Answered list_assortments(const Book& book, const Query& query) {
  const Assortments& all = book.catalogue().assortments();
  wire::AssortmentsAnswerT out;
  auto next = fill_page(query, all.count(), [&](std::uint64_t index, PageRoom&) {
    const AssortmentId id{static_cast<std::uint32_t>(index)};
    const Assortment& assortment = all.get(id);
    auto& row = add_row(out.assortments);
    row.assortment = all.name(id);
    row.label = assortment.label;
    row.items = size_of(assortment.items.size());
    row.categories = size_of(assortment.categories.size());
    row.companies = size_of(assortment.companies.size());
    row.tags = size_of(assortment.tags.size());
    row.set_at = assortment.last_change.value();
    return true;
  });
  return answered(out, std::move(next));
}

}  // namespace kontor::questions
