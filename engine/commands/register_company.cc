#include <algorithm>

#include "company_generated.h"
#include "register_company_generated.h"

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/currency.h"
#include "events/base/limits.h"
#include "projections/fold.h"

namespace kontor {
namespace {

using Names = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

struct Found {
  std::uint32_t ordinal = 0;  // of the company itself
  bool is_new = true;
  CompanyId parent = no_id<CompanyId>();
  CompanyId default_payer = no_id<CompanyId>();
  TermsId terms = no_id<TermsId>();
  CurrencyCode currency;
  std::vector<std::uint32_t> allowed_payers;
  std::vector<std::uint32_t> allowed_terms;
  std::vector<std::uint32_t> price_lists;
};

std::uint32_t find_company(Step& step, std::string_view name) {
  const auto id = step.book().parties().find_company(name);
  if (!id) step.refuse(about(ReasonCode::unknown_company, Subject::company, name));
  return id ? id->value() : kNoOrdinal;
}

std::uint32_t find_terms(Step& step, std::string_view name) {
  const auto id = step.book().terms().find(name);
  if (!id) step.refuse(about(ReasonCode::unknown_terms, Subject::terms, name));
  return id ? id->value() : kNoOrdinal;
}

std::uint32_t find_list(Step& step, std::string_view name) {
  const auto id = step.book().prices().find_list(name);
  if (!id) step.refuse(about(ReasonCode::unknown_price_list, Subject::price_list, name));
  return id ? id->value() : kNoOrdinal;
}

template <class Find>
std::vector<std::uint32_t> find_all(Step& step, const Names* names, Find find) {
  std::vector<std::uint32_t> out;
  for (const std::string& name : texts(names))
    out.push_back(find(step, name));
  return out;
}

// How many levels a company brings along to another parent: itself, and all below it.
std::size_t levels_moved(const Parties& parties, const Found& found) {
  const CompanyId self{found.ordinal};
  if (found.is_new || parties.company(self).parent == found.parent) return 1;
  const std::size_t above = parties.depth(self) - 1;
  std::size_t levels = 1;
  for (std::uint32_t i = 0; i < parties.company_count(); ++i) {
    if (!parties.is_at_or_above(self, CompanyId{i})) continue;
    levels = std::max(levels, parties.depth(CompanyId{i}) - above);
  }
  return levels;
}

void check_tree(Step& step, std::string_view name, Found& found) {
  const Parties& parties = step.book().parties();
  if (!is_set(found.parent)) return;
  if (!found.is_new && parties.is_at_or_above(CompanyId{found.ordinal}, found.parent)) {
    return step.refuse(about(ReasonCode::company_cycle, Subject::company, name, found.ordinal));
  }
  const auto most =
      static_cast<std::size_t>(step.book().policies().number(PolicyKey::company_depth_max));
  const std::size_t depth = parties.depth(found.parent) + levels_moved(parties, found);
  if (depth > std::min(most, limits::kCompanyDepthMax)) {
    Cause cause = about(ReasonCode::tree_too_deep, Subject::company, name, found.ordinal);
    cause.unit = Unit::count;
    cause.found = static_cast<std::int64_t>(depth);
    cause.allowed = static_cast<std::int64_t>(std::min(most, limits::kCompanyDepthMax));
    step.refuse(std::move(cause));
  }
}

// A company keeps the currency it was first registered with.
void check_currency(Step& step, const RegisterCompany& command, Found& found) {
  const Book& book = step.book();
  const CurrencyCode given{command.currency()};
  found.currency = given.value() != 0 ? given : book.calendar().currency();
  if (!find_currency(found.currency)) {
    return step.refuse(
        about(ReasonCode::unknown_currency, Subject::currency, std::to_string(given.value())));
  }
  if (found.is_new) return;
  const CurrencyCode had = book.parties().company(CompanyId{found.ordinal}).currency;
  if (given.value() == 0) found.currency = had;
  if (found.currency != had) {
    step.refuse(about(ReasonCode::currency_fixed, Subject::company, view(command.company()),
                      found.ordinal));
  }
}

void check_closing(Step& step, const RegisterCompany& command, const Found& found) {
  if (command.status() != CompanyStatus::closed || found.is_new) return;
  const Account& account = step.book().credit().account(CompanyId{found.ordinal});
  for (const Bucket bucket : EnumValuesBucket()) {
    if (account.bucket(bucket) == Minor{0}) continue;
    return step.refuse(with_money(about(ReasonCode::company_not_settled, Subject::company,
                                        view(command.company()), found.ordinal),
                                  account.exposure(), Minor{0}, account.currency));
  }
}

Found find_all_of(Step& step, const RegisterCompany& command) {
  Found found;
  const std::string_view name = view(command.company());
  const auto known = step.book().parties().find_company(name);
  found.is_new = !known;
  found.ordinal = known ? known->value() : step.book().parties().company_count();
  expect_version(step, known ? step.book().parties().company(*known).version : 0, Subject::company,
                 name);
  expect_identifier(step, Subject::company, name);
  for (const auto* value : {command.legal_name(), command.country(), command.tax_id(),
                            command.company_class(), command.region()}) {
    expect_text(step, "text", view(value));
  }
  const auto named = [&](const flatbuffers::String* value, auto find) {
    return value == nullptr || value->size() == 0 ? kNoOrdinal : find(step, view(value));
  };
  found.parent = CompanyId{named(command.parent(), find_company)};
  // A company may name itself, also before it is there.
  const bool pays_itself = view(command.default_payer()) == name;
  found.default_payer =
      CompanyId{pays_itself ? found.ordinal : named(command.default_payer(), find_company)};
  found.terms = TermsId{named(command.terms(), find_terms)};
  found.allowed_payers = find_all(step, command.allowed_payers(), find_company);
  found.allowed_terms = find_all(step, command.allowed_terms(), find_terms);
  found.price_lists = find_all(step, command.price_lists(), find_list);
  check_tree(step, name, found);
  check_currency(step, command, found);
  check_closing(step, command, found);
  return found;
}

}  // namespace

void decide(Step& step, const RegisterCompany& command) {
  const Found found = find_all_of(step, command);
  if (step.refused()) return;

  step.emit<CompanyRegistered>(
      ordinal_reference(found.ordinal), [&](flatbuffers::FlatBufferBuilder& out) {
        const auto company = found.is_new ? text(out, view(command.company())) : 0;
        const auto legal_name = text(out, view(command.legal_name()));
        const auto country = text(out, view(command.country()));
        const auto tax_id = text(out, view(command.tax_id()));
        const auto company_class = text(out, view(command.company_class()));
        const auto region = text(out, view(command.region()));
        const auto allowed_payers = out.CreateVector(found.allowed_payers);
        const auto allowed_terms = out.CreateVector(found.allowed_terms);
        const auto price_lists = out.CreateVector(found.price_lists);
        const auto assortments = out.CreateVectorOfStrings(texts(command.assortments()));
        const auto tags = out.CreateVectorOfStrings(texts(command.tags()));
        CompanyRegisteredBuilder event(out);
        event.add_ordinal(found.ordinal);
        event.add_company(company);
        event.add_legal_name(legal_name);
        event.add_country(country);
        event.add_tax_id(tax_id);
        event.add_regime(command.regime());
        event.add_currency(found.currency.value());
        event.add_parent(found.parent.value());
        event.add_default_payer(found.default_payer.value());
        event.add_allowed_payers(allowed_payers);
        event.add_terms(found.terms.value());
        event.add_allowed_terms(allowed_terms);
        event.add_price_lists(price_lists);
        event.add_assortments(assortments);
        event.add_tags(tags);
        event.add_company_class(company_class);
        event.add_region(region);
        event.add_standing(command.standing());
        event.add_status(command.status());
        return event.Finish();
      });
}

}  // namespace kontor
