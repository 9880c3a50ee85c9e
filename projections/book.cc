#include "projections/book.h"

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/births.h"
#include "projections/fold.h"

namespace kontor {
namespace {

std::optional<std::string> name_of_ordinal(const Book& book, std::string_view kind,
                                           std::uint64_t ref) {
  const auto name_in = [&](const auto& list, std::uint32_t count, auto id) {
    if (ref >= count) return std::optional<std::string>();
    id = decltype(id){static_cast<std::uint32_t>(ref)};
    return std::optional<std::string>(list.name(id));
  };
  const Parties& parties = book.parties();
  const Catalogue& catalogue = book.catalogue();
  if (kind == "company") return name_in(parties, parties.company_count(), CompanyId{});
  if (kind == "buyer") return name_in(parties, parties.buyer_count(), BuyerId{});
  if (kind == "item") return name_in(catalogue, catalogue.item_count(), ItemId{});
  if (kind == "tax_category") {
    return name_in(catalogue, catalogue.tax_category_count(), TaxCategoryId{});
  }
  if (kind == "price_list")
    return name_in(book.prices(), book.prices().list_count(), PriceListId{});
  if (kind == "terms") return name_in(book.terms(), book.terms().count(), TermsId{});
  if (kind == "staff") return name_in(book.staff(), book.staff().count(), StaffId{});
  if (kind == "rule") return name_in(book.rules(), book.rules().count(), RuleId{});
  if (kind == "cost_centre")
    return name_in(book.budgets(), book.budgets().cost_centre_count(), CostCentreId{});
  if (kind == "budget") return name_in(book.budgets(), book.budgets().budget_count(), BudgetId{});
  if (kind == "assortment") {
    const Assortments& assortments = catalogue.assortments();
    return name_in(assortments, assortments.count(), AssortmentId{});
  }
  if (kind == "warehouse") {
    return name_in(book.stock(), book.stock().warehouse_count(), WarehouseId{});
  }
  return std::nullopt;
}

// Of those in memory.
std::optional<std::string> name_of_document(const Book& book, std::string_view kind,
                                            std::uint64_t ref) {
  const auto name_in = [](const auto& list, const auto* document) {
    return document == nullptr ? std::optional<std::string>()
                               : std::optional<std::string>(list.name(*document));
  };
  const Orders& orders = book.orders();
  const Receivables& billed = book.receivables();
  const CreditNotes& notes = book.credit_notes();
  if (kind == "order") return name_in(orders, orders.find(OrderRef{ref}));
  if (kind == "draft") {
    const Draft* const draft = book.drafts().find(ref);
    return draft == nullptr ? std::optional<std::string>() : std::optional(draft->name);
  }
  if (kind == "order_template" && ref < book.drafts().template_count()) {
    return std::string(book.drafts().template_name(static_cast<std::uint32_t>(ref)));
  }
  if (kind == "goods_return") {
    return name_in(orders.returns(), orders.returns().find(ReturnRef{ref}));
  }
  if (kind == "invoice") return name_in(billed, billed.find_invoice(InvoiceRef{ref}));
  if (kind == "payment") return name_in(billed, billed.find_payment(PaymentRef{ref}));
  if (kind == "credit_note") return name_in(notes, notes.find(CreditNoteRef{ref}));
  return std::nullopt;
}

// The first event of these, if any, brings something into the world.
void prefetch_birth(const Book& book, std::uint16_t command, Sequence first) {
  switch (command) {
    case number_of<PlaceOrder>:
      return book.orders().prefetch_birth(first);
    case number_of<InvoiceOrder>:
    case number_of<RecordPayment>:
      return book.receivables().prefetch_birth(first);
    default:
      return;
  }
}

// False: this version does not know its kind.
bool apply_known(Book& book, const Envelope& by, const EventView& event) {
  switch (event.header.kind) {
#define KONTOR_APPLY(Name, number)                                  \
  case number:                                                      \
    book.apply(by, *flatbuffers::GetRoot<Name>(event.body.data())); \
    return true;
    KONTOR_EVENTS(KONTOR_APPLY)
#undef KONTOR_APPLY
    default:
      return false;
  }
}

Error unknown_kind(const EventView& event) {
  return {ErrorKind::kNewer, "event " + std::to_string(event.sequence.value()) + " is of kind " +
                                 std::to_string(event.header.kind) +
                                 ", which this version does not know: use a newer kontord"};
}

}  // namespace

void Book::begin(const DecisionHeader& header, std::string_view id) {
  KONTOR_ASSERT(header.first_sequence == last_sequence_.value() + 1);
  KONTOR_ASSERT(Timestamp{header.recorded_at} > last_recorded_);
  last_recorded_ = Timestamp{header.recorded_at};
  reopens_ = false;
  prefetch_birth(*this, header.command_kind, Sequence{header.first_sequence});
  if (id.empty()) return;  // the engine's own
  std::get<Outcomes>(parts_).add(outcome_key(header.principal, id), header.content,
                                 Sequence{header.first_sequence});
}

void Book::end() {
  if (reopens_ && calendar().settled_rule() != 0) return;
  for (const OrderRef left : std::get<Orders>(parts_).end_decision(last_sequence_)) {
    std::get<Budgets>(parts_).forget(left);
    std::get<Deposits>(parts_).forget(left);
  }
  const auto left = [this](std::uint64_t source) { std::get<Settlements>(parts_).leave(source); };
  std::get<Receivables>(parts_).end_decision(last_sequence_, left);
  std::get<CreditNotes>(parts_).end_decision(last_sequence_, left);
}

void Book::prefetch(const DecisionView& decision, Prefetch step) const {
  if (decision.header().event_count == 0) return;
  const EventHeader first = decision.first_event();
  if (step == Prefetch::kSlot) {
    const std::string_view id = decision.id();
    if (!id.empty()) outcomes().prefetch(outcome_key(decision.header().principal, id));
  }
  if (first.reference != 0) orders().prefetch(OrderRef{first.reference}, step);
}

Status Book::apply(const Envelope& by, const EventView& event) {
  if (apply_known(*this, by, event)) return {};
  return unknown_kind(event);
}

Status Book::replay(const DecisionView& decision) {
  const DecisionHeader& header = decision.header();
  begin(header, decision.id());
  Envelope by{Sequence{}, Timestamp{header.recorded_at}, Date{header.effective_date},
              Date{header.business_date}};
  std::optional<EventView> unknown;
  decision.for_each_event([&](const EventView& event) {
    if (unknown) return;
    by.sequence = event.sequence;
    if (!apply_known(*this, by, event)) unknown = event;
  });
  if (unknown) return unknown_kind(*unknown);
  end();
  return {};
}

std::optional<FollowUp> Book::next_follow_up() const {
  if (auto work = stock().next_follow_up()) return work;
  if (auto work = credit().next_follow_up()) return work;
  if (auto work = rules().next_follow_up()) return work;
  if (auto work = approvals().next_follow_up()) return work;
  return drafts().next_follow_up();
}

std::size_t Book::follow_up_count() const {
  return stock().follow_up_count() + credit().follow_up_count() + rules().follow_up_count() +
         (approvals().next_follow_up() ? 1 : 0) + drafts().follow_up_count();
}

// ---- documents, in memory or not ----------------------------------------------------------------

const SettledDocuments& Book::settled(SettledKind kind) const {
  switch (kind) {
    case SettledKind::kOrder:
      return orders().settled();
    case SettledKind::kInvoice:
      return receivables().settled_invoices();
    case SettledKind::kPayment:
      return receivables().settled_payments();
    case SettledKind::kCreditNote:
      break;
  }
  return credit_notes().settled();
}

bool Book::has_settled() const {
  return !orders().settled().empty() || !receivables().settled_invoices().empty() ||
         !receivables().settled_payments().empty() || !credit_notes().settled().empty();
}

std::uint64_t Book::find_in_memory(SettledKind kind, std::string_view name) const {
  const auto birth = [](const auto* document) { return document == nullptr ? 0 : document->ref; };
  switch (kind) {
    case SettledKind::kOrder:
      return birth(orders().find(name));
    case SettledKind::kInvoice:
      return birth(receivables().find_invoice(name));
    case SettledKind::kPayment:
      return birth(receivables().find_payment(name));
    case SettledKind::kCreditNote:
      break;
  }
  return birth(credit_notes().find(name));
}

bool Book::is_in_memory(SettledKind kind, std::uint64_t birth) const {
  switch (kind) {
    case SettledKind::kOrder:
      return orders().find(OrderRef{birth}) != nullptr;
    case SettledKind::kInvoice:
      return receivables().find_invoice(InvoiceRef{birth}) != nullptr;
    case SettledKind::kPayment:
      return receivables().find_payment(PaymentRef{birth}) != nullptr;
    case SettledKind::kCreditNote:
      break;
  }
  return credit_notes().find(CreditNoteRef{birth}) != nullptr;
}

Sequence Book::settled_by() const {
  const std::uint64_t kept = orders().settled_kept();
  return Sequence{last_sequence_.value() > kept ? last_sequence_.value() - kept : 0};
}

void Book::tell_left(RecentlyLeft& recently) {
  recently.watch(number_, last_sequence_);
  std::get<Orders>(parts_).tell_left(&recently, number_);
  std::get<Receivables>(parts_).tell_left(&recently, number_);
  std::get<CreditNotes>(parts_).tell_left(&recently, number_);
}

std::uint64_t Book::find_document(SettledKind kind, std::string_view name) const {
  if (const std::uint64_t birth = find_in_memory(kind, name); birth != 0) return birth;
  if (read_back_ == nullptr || !settled(kind).may_have(name)) return 0;
  return read_back_->birth_of(number_, kind, name, settled_by());
}

std::optional<std::string> Book::name(std::string_view kind, std::uint64_t ref) const {
  std::optional<std::string> found = name_of_ordinal(*this, kind, ref);
  if (!found) found = name_of_document(*this, kind, ref);
  if (found || ref == 0 || read_back_ == nullptr) return found;
  const auto document = settled_kind(kind);
  if (!document || settled(*document).empty()) return found;
  std::string left = read_back_->name_of(number_, *document, ref);
  return left.empty() ? std::nullopt : std::optional(std::move(left));
}

Digest Book::digest() const {
  DigestSink sink;
  save(sink);
  return sink.digest();
}

Status Book::check_invariants() const {
  Status status;
  const auto check = [&](const auto& part) {
    if (status.ok()) status = part.check_invariants();
  };
  std::apply([&](const auto&... part) { (check(part), ...); }, parts_);
  return status.ok() ? check_references() : status;
}

}  // namespace kontor
