#include "engine/rules/scopes.h"

#include "engine/rules/refusals.h"

namespace kontor {
namespace {

template <class Id>
std::uint32_t known(Step& step, const std::optional<Id>& found, ReasonCode unknown, Subject subject,
                    std::string_view name) {
  if (!found) step.refuse(about(unknown, subject, name));
  return found ? found->value() : kNoOrdinal;
}

}  // namespace

std::uint32_t find_scope(Step& step, Subject subject, ScopeKind kind, std::string_view scope) {
  const Book& book = step.book();
  if (kind == ScopeKind::book) {
    if (!scope.empty()) {
      step.refuse(about(ReasonCode::invalid_value, subject, "scope book has no name"));
    }
    return kNoOrdinal;
  }
  if (scope.empty()) {
    step.refuse(about(ReasonCode::invalid_value, subject, "the scope's name"));
    return kNoOrdinal;
  }
  switch (kind) {
    case ScopeKind::company:
    case ScopeKind::company_and_below:
      return known(step, book.parties().find_company(scope), ReasonCode::unknown_company,
                   Subject::company, scope);
    case ScopeKind::buyer:
      return known(step, book.parties().find_buyer(scope), ReasonCode::unknown_buyer,
                   Subject::buyer, scope);
    case ScopeKind::item:
      return known(step, book.catalogue().find_item(scope), ReasonCode::unknown_item, Subject::item,
                   scope);
    case ScopeKind::assortment:
      return known(step, book.catalogue().assortments().find(scope), ReasonCode::unknown_assortment,
                   Subject::assortment, scope);
    default:
      expect_identifier(step, subject, scope);
      return kNoOrdinal;
  }
}

}  // namespace kontor
