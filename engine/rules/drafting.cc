#include "engine/rules/drafting.h"

#include <algorithm>

#include "draft_generated.h"

#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

// Items there are, in quantities that can be; whether they may be ordered is asked when they are.
void find_items(Step& step, const OrderWish& wish, std::vector<ItemId>& out) {
  std::uint32_t number = 0;
  for (const WantedLine& line : wish.lines) {
    ++number;
    const auto item = step.book().catalogue().find_item(line.item);
    if (!item) {
      step.refuse(about_line(ReasonCode::unknown_item, number, line.item));
      continue;
    }
    out.push_back(*item);
    const bool too_many = line.quantity.value() > limits::kQuantityMax;
    if (line.quantity > Quantity{0} && !too_many) continue;
    step.refuse(
        with_quantity(about_line(too_many ? ReasonCode::amount_overflow : ReasonCode::not_positive,
                                 number, line.item),
                      line.quantity, Quantity{too_many ? limits::kQuantityMax : 0}));
  }
}

// Who was named, and not who would follow from it.
OrderParties only_named(const OrderWish& wish, const OrderParties& found) {
  OrderParties out = found;
  if (wish.parties.payer.empty()) out.payer = no_id<CompanyId>();
  if (wish.parties.terms.empty()) out.terms = no_id<TermsId>();
  return out;
}

// What it has already and still wants it keeps, whoever waits; of the rest it is a newcomer.
std::vector<ReservedPart> parts_to_reserve(const Book& book, const OrderWish& wish,
                                           const DraftToSave& found,
                                           const std::vector<ReservedPart>& had) {
  const PolicyContext context{found.named.company, found.named.buyer};
  if (!policy_is(book, PolicyKey::stock_draft, context, "reserve")) return {};
  std::vector<StockNeed> needs;
  for (std::size_t i = 0; i < found.items.size(); ++i) {
    needs.push_back({static_cast<std::uint32_t>(i + 1), found.items[i], wish.lines[i].quantity});
  }
  std::vector<ReservedPart> out;
  for (const ReservedPart& part : had) {
    const bool same =
        part.line() <= needs.size() && needs[part.line() - 1].item.value() == part.item();
    if (!same) continue;
    Quantity& need = needs[part.line() - 1].quantity;
    const Quantity kept = std::min(need, Quantity{part.quantity()});
    if (kept == Quantity{0}) continue;
    KONTOR_MARK("a draft saved again that keeps its stock");
    out.emplace_back(kept.value(), part.item(), part.warehouse(), part.line(), kNoDate.value());
    need -= kept;
  }
  leave_out_needless(book, needs);
  Sourcing from{wish.region, wish.no_split};
  if (from.region.empty()) from.region = book.parties().company(found.named.company).region;
  const std::vector<ReservedPart> more = plan_needs(book, needs, from).parts;
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

flatbuffers::Offset<DraftContent> write_content(Builder& out, const OrderWish& wish,
                                                const DraftToSave& found) {
  std::vector<WantedLineOf> lines;
  for (std::size_t i = 0; i < found.items.size(); ++i) {
    lines.emplace_back(wish.lines[i].quantity.value(), wish.lines[i].unit_price,
                       found.items[i].value(), 0);
  }
  const auto region = text(out, wish.region);
  const auto address = text(out, wish.address);
  const auto country = text(out, wish.country);
  const auto cost_centre = text(out, wish.cost_centre);
  const auto buyer_reference = text(out, wish.buyer_reference);
  return CreateDraftContent(out, found.named.company.value(), found.named.payer.value(),
                            found.named.buyer.value(), found.named.currency.value(),
                            found.named.terms.value(), wish.settlement, wish.requested.value(),
                            region, address, country, cost_centre, buyer_reference, wish.no_split,
                            structs(out, lines));
}

}  // namespace

const Draft* expect_draft(Step& step, std::string_view name) {
  const Draft* const draft = step.book().drafts().find(name);
  if (draft == nullptr) {
    step.refuse(about(ReasonCode::unknown_draft, Subject::draft, name));
    return nullptr;
  }
  expect_version(step, draft->version, Subject::draft, name);
  return draft;
}

OrderWish wish_of(const Book& book, const Draft& draft) {
  OrderWish out;
  const Parties& parties = book.parties();
  out.parties.company = parties.name(draft.company);
  if (is_set(draft.buyer)) out.parties.buyer = parties.name(draft.buyer);
  if (is_set(draft.payer)) out.parties.payer = parties.name(draft.payer);
  if (is_set(draft.terms)) out.parties.terms = book.terms().name(draft.terms);
  out.parties.currency = draft.currency;
  out.settlement = draft.settlement;
  out.requested = draft.requested_on;
  out.region = draft.region;
  out.address = draft.address;
  out.country = draft.country;
  out.cost_centre = draft.cost_centre;
  out.buyer_reference = draft.buyer_reference;
  out.no_split = draft.no_split;
  for (const DraftLine& line : draft.lines)
    out.lines.push_back({book.catalogue().name(line.item), line.quantity, line.unit_price});
  return out;
}

std::vector<ReservedPart> parts_held(const Book& book, std::uint64_t holder) {
  std::vector<ReservedPart> out;
  book.stock().for_each_reservation(OrderRef{holder}, [&](const Reservation& held) {
    out.emplace_back(held.quantity.value(), held.item, held.warehouse, held.line, kNoDate.value());
  });
  return out;
}

std::optional<DraftToSave> plan_draft(Step& step, const OrderWish& wish, std::string_view name) {
  expect_identifier(step, Subject::draft, name);
  check_wish(step, wish, Subject::draft, name);
  DraftToSave out;
  const OrderParties who = find_order_parties(step, wish.parties);
  find_items(step, wish, out.items);
  if (step.refused() || !is_set(who.company)) return std::nullopt;
  out.named = only_named(wish, who);
  Step today = step.look();
  out.priced = price_wish(today, wish);
  return out;
}

std::uint64_t save_draft(Step& step, const OrderWish& wish, const DraftToSave& found,
                         std::string_view name) {
  const Draft* const known = step.book().drafts().find(name);
  const bool is_new = known == nullptr;
  const std::uint64_t ref = is_new ? step.next_sequence().value() : known->ref;
  std::vector<ReservedPart> released;
  if (!is_new) released = parts_held(step.book(), ref);
  const std::vector<ReservedPart> reserved = parts_to_reserve(step.book(), wish, found, released);
  if (!reserved.empty()) KONTOR_MARK("stock reserved for a draft");
  const std::int64_t net = found.priced ? found.priced->priced.net.value() : kAbsent;
  const std::int64_t total = found.priced ? found.priced->priced.total.value() : kAbsent;
  step.emit<DraftSaved>(is_new ? 0 : ref, [&](Builder& out) {
    const auto text_of_name = is_new ? text(out, name) : 0;
    const auto content = write_content(out, wish, found);
    const auto gone = structs(out, released);
    const auto held = structs(out, reserved);
    return CreateDraftSaved(out, ref, text_of_name, content, net, total,
                            found.named.currency.value(), gone, held);
  });
  return ref;
}

}  // namespace kontor
