#include "projections/book.h"

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {

void Book::begin(const DecisionHeader& header, std::string_view id) {
  KONTOR_ASSERT(header.first_sequence == last_sequence_.value() + 1);
  KONTOR_ASSERT(Timestamp{header.recorded_at} > last_recorded_);
  last_recorded_ = Timestamp{header.recorded_at};
  // Mostly it is the first event that brings something into the world.
  orders().prefetch_birth(Sequence{header.first_sequence});
  receivables().prefetch_birth(Sequence{header.first_sequence});
  if (id.empty()) return;  // the engine's own
  std::get<Outcomes>(parts_).add(outcome_key(header.principal, id), header.content,
                                 Sequence{header.first_sequence});
}

Status Book::apply(const Envelope& by, const EventView& event) {
  switch (event.header.kind) {
#define KONTOR_APPLY(Name, number)                             \
  case number:                                                 \
    apply(by, *flatbuffers::GetRoot<Name>(event.body.data())); \
    return {};
    KONTOR_EVENTS(KONTOR_APPLY)
#undef KONTOR_APPLY
    default:
      return Error{ErrorKind::kNewer,
                   "event " + std::to_string(event.sequence.value()) + " is of kind " +
                       std::to_string(event.header.kind) +
                       ", which this version does not know: use a newer kontord"};
  }
}

Status Book::replay(const DecisionView& decision) {
  const DecisionHeader& header = decision.header();
  begin(header, decision.id());
  Envelope by{Sequence{}, Timestamp{header.recorded_at}, Date{header.effective_date},
              Date{header.business_date}};
  Status status;
  decision.for_each_event([&](const EventView& event) {
    if (!status.ok()) return;
    by.sequence = event.sequence;
    status = apply(by, event);
  });
  if (status.ok()) end();
  return status;
}

std::optional<FollowUp> Book::next_follow_up() const {
  const auto work = stock().next_follow_up();
  return work ? work : credit().next_follow_up();
}

std::size_t Book::follow_up_count() const {
  return stock().follow_up_count() + credit().follow_up_count();
}

std::uint64_t Book::find_order(std::string_view name) const {
  const Order* const order = orders().find(name);
  if (order != nullptr) return order->ref;
  if (read_back_ == nullptr) return 0;
  for (const SettledDocuments::Entry& entry : orders().settled().find(name)) {
    if (read_back_->order_name(number_, OrderRef{entry.birth}) == name) return entry.birth;
  }
  return 0;
}

std::optional<std::string> Book::name(std::string_view kind, std::uint64_t ref) const {
  const auto ordinal = static_cast<std::uint32_t>(ref);
  const auto known = [&](std::uint32_t count) { return ref < count; };
  if (kind == "company" && known(parties().company_count())) {
    return std::string(parties().name(CompanyId{ordinal}));
  }
  if (kind == "buyer" && known(parties().buyer_count())) {
    return std::string(parties().name(BuyerId{ordinal}));
  }
  if (kind == "item" && known(catalogue().item_count())) {
    return std::string(catalogue().name(ItemId{ordinal}));
  }
  if (kind == "tax_category" && known(catalogue().tax_category_count())) {
    return std::string(catalogue().name(TaxCategoryId{ordinal}));
  }
  if (kind == "price_list" && known(prices().list_count())) {
    return std::string(prices().name(PriceListId{ordinal}));
  }
  if (kind == "terms" && known(terms().count())) return std::string(terms().name(TermsId{ordinal}));
  if (kind == "rule" && known(rules().count())) return std::string(rules().name(RuleId{ordinal}));
  if (kind == "warehouse" && known(stock().warehouse_count())) {
    return std::string(stock().name(WarehouseId{ordinal}));
  }
  if (kind == "order") {
    const Order* const order = orders().find(OrderRef{ref});
    if (order != nullptr) return std::string(orders().name(*order));
    if (read_back_ == nullptr || orders().settled().empty()) return std::nullopt;
    std::string settled = read_back_->order_name(number_, OrderRef{ref});
    if (!settled.empty()) return settled;
  }
  if (kind == "goods_return") {
    const Return* const one = orders().returns().find(ReturnRef{ref});
    if (one != nullptr) return std::string(orders().returns().name(*one));
  }
  if (kind == "invoice") {
    const Invoice* const invoice = receivables().find_invoice(InvoiceRef{ref});
    if (invoice != nullptr) return std::string(receivables().name(*invoice));
  }
  if (kind == "payment") {
    const Payment* const payment = receivables().find_payment(PaymentRef{ref});
    if (payment != nullptr) return std::string(receivables().name(*payment));
  }
  if (kind == "credit_note") {
    const CreditNote* const note = credit_notes().find(CreditNoteRef{ref});
    if (note != nullptr) return std::string(credit_notes().name(*note));
  }
  return std::nullopt;
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
