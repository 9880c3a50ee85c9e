// How a book's state is put into bytes and taken back, section by section.
#include <algorithm>
#include <utility>

#include "projections/book.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

Error unreadable(BookNumber book) {
  return {ErrorKind::kCorrupt, "the saved state of book " + std::to_string(book.value()) +
                                   " cannot be read: delete it, it is rebuilt from the log"};
}

// Calls visit with the part of that index.
template <class Parts, class Visit>
void visit_part(Parts& parts, std::uint32_t index, Visit visit) {
  std::uint32_t at = 0;
  const auto look = [&](auto& part) {
    if (at++ == index) visit(part);
  };
  std::apply([&](auto&... part) { (look(part), ...); }, parts);
}

// One that is settled is known by its name only: which births are, check_invariants says.
bool is_known_or_settled(const Book& book, SettledKind kind, std::uint64_t birth,
                         std::uint64_t named_by) {
  if (book.is_in_memory(kind, birth)) return true;
  return !book.settled(kind).empty() && birth != 0 && birth < named_by;
}

}  // namespace

void Book::save_section(std::uint32_t section, Sink& out) const {
  KONTOR_ASSERT(section < kSections);
  if (section == 0) {
    out.pod(number_.value());
    out.pod(last_sequence_.value());
    out.pod(last_recorded_.value());
    return;
  }
  visit_part(parts_, section - 1, [&](const auto& part) {
    out.pod(part.kNumber);
    part.save(out);
  });
}

Status Book::load_section(std::uint32_t section, Source& in) {
  KONTOR_ASSERT(section < kSections);
  if (section == 0) {
    BookNumber number;
    in.pod(number);
    in.pod(last_sequence_);
    in.pod(last_recorded_);
    in.expect(number == number_);
  } else {
    visit_part(parts_, section - 1, [&](auto& part) {
      std::uint32_t number = 0;
      in.pod(number);
      in.expect(number == part.kNumber);
      if (in.ok()) part.load(in);
    });
  }
  return in.ok() ? Status{} : unreadable(number_);
}

void Book::save(Sink& out) const {
  for (std::uint32_t section = 0; section < kSections; ++section)
    save_section(section, out);
}

Status Book::load(Source& in) {
  for (std::uint32_t section = 0; section < kSections; ++section) {
    if (Status loaded = load_section(section, in); !loaded) return loaded;
  }
  return check_loaded();
}

Status Book::check_loaded() const {
  const std::uint32_t companies = parties().company_count();
  const std::uint32_t items = catalogue().item_count();
  const std::uint32_t taxes = catalogue().tax_category_count();
  const std::uint32_t term_count = terms().count();
  bool sound = credit().account_count() == companies && stock().item_bound() <= items &&
               class_averages().company_count() == companies &&
               catalogue().assortments().check_references(companies).ok();
  for (std::uint32_t i = 0; i < companies; ++i) {
    const Company& company = parties().company(CompanyId{i});
    sound = sound && is_one_of_or_none(company.terms, term_count);
    for (const TermsId id : company.allowed_terms)
      sound = sound && is_one_of(id, term_count);
    for (const PriceListId id : company.price_lists)
      sound = sound && is_one_of(id, prices().list_count());
  }
  for (const Order& order : orders().all()) {
    sound = sound && order.company < companies && order.payer < companies &&
            is_place_or_none(order.buyer, parties().buyer_count()) &&
            is_place_or_none(order.terms, term_count);
    if (!sound) break;
    for (const OrderLineState& line : orders().lines(order))
      sound = sound && line.item < items && line.tax_category < taxes;
  }
  for (const Invoice& invoice : receivables().invoices()) {
    sound = sound && invoice.payer < companies && is_place_or_none(invoice.terms, term_count) &&
            is_known_or_settled(*this, SettledKind::kOrder, invoice.order, invoice.ref);
  }
  for (const Payment& payment : receivables().payments())
    sound = sound && payment.payer < companies;
  for (const CreditNote& note : credit_notes().all()) {
    sound = sound && note.payer < companies &&
            is_known_or_settled(*this, SettledKind::kInvoice, note.invoice, note.ref) &&
            is_known_or_settled(*this, SettledKind::kOrder, note.order, note.ref);
  }
  for (std::uint32_t i = 0; i < budgets().cost_centre_count(); ++i) {
    const CostCentre& centre = budgets().cost_centre(CostCentreId{i});
    sound = sound && centre.company.value() < companies &&
            is_one_of_or_none(centre.owner, parties().buyer_count());
  }
  sound = sound && budgets().buyers_bound() <= parties().buyer_count();
  for (const auto& [invoice, spender] : budgets().spenders()) {
    sound =
        sound &&
        is_known_or_settled(*this, SettledKind::kInvoice, invoice, last_sequence_.value() + 1) &&
        is_one_of_or_none(spender.buyer, parties().buyer_count());
  }
  for (const auto& [order, request] : approvals().pending())
    sound = sound && orders().find(OrderRef{order}) != nullptr;
  return sound && drafts_fit() ? Status{} : unreadable(number_);
}

// Nothing that drafts, templates and schedules name is missing.
bool Book::drafts_fit() const {
  const std::uint32_t companies = parties().company_count();
  const auto lines_fit = [&](const std::vector<DraftLine>& lines) {
    return std::all_of(lines.begin(), lines.end(), [&](const DraftLine& line) {
      return is_one_of(line.item, catalogue().item_count());
    });
  };
  bool sound = true;
  for (const auto& [ref, draft] : drafts().all()) {
    sound = sound && is_one_of(draft.company, companies) &&
            is_one_of_or_none(draft.payer, companies) &&
            is_one_of_or_none(draft.buyer, parties().buyer_count()) &&
            is_one_of_or_none(draft.terms, terms().count()) && lines_fit(draft.lines);
  }
  for (std::uint32_t id = 0; id < drafts().template_count(); ++id) {
    const OrderTemplate& of = drafts().order_template(id);
    sound = sound && is_one_of_or_none(of.company, companies) && lines_fit(of.lines);
  }
  for (const auto& [order, recurring] : drafts().recurrings()) {
    const Order* const known = orders().find(OrderRef{order});
    sound = sound && known != nullptr && known->recurring != 0;
  }
  return sound;
}

}  // namespace kontor
