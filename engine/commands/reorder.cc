// The lines of an earlier order, or of a template, ordered again at today's prices: as a new order
// or as a draft, telling what is not as it was.
#include <algorithm>

#include "book_generated.h"
#include "draft_generated.h"
#include "reorder_generated.h"

#include "engine/commands.h"
#include "engine/rules/drafting.h"
#include "engine/rules/policy.h"
#include "engine/rules/refusals.h"
#include "events/base/mark.h"

namespace kontor {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

struct SourceLine {
  std::uint32_t number = 0;
  ItemId item;
  Quantity quantity;
  std::int64_t unit_price = kAbsent;
  bool left_out = false;
};

// Where the lines come from, and the wish that they make.
struct Sources {
  std::uint64_t order = kNoPosition;
  std::uint32_t order_template = kNoOrdinal;
  std::vector<SourceLine> lines;
  CurrencyCode currency;  // of their unit prices
  OrderWish wish;
};

void check_names(Step& step, const Reorder& command) {
  if ((command.order() == nullptr) == (command.template_() == nullptr)) {
    step.refuse(
        about(ReasonCode::invalid_value, Subject::command, "exactly one of order, template"));
  }
  if ((command.new_order() == nullptr) == (command.new_draft() == nullptr)) {
    step.refuse(
        about(ReasonCode::invalid_value, Subject::command, "exactly one of new_order, new_draft"));
  }
  expect_text(step, "text", view(command.buyer_reference()));
}

void read_order(const Book& book, const Order& order, Sources& out) {
  const auto lines = book.orders().lines(order);
  const auto kept = [](const OrderLineState& line) {
    return line.ordered - line.cancelled - line.voided;
  };
  const bool cancelled = std::all_of(lines.begin(), lines.end(), [&](const OrderLineState& line) {
    return kept(line) == Quantity{0};
  });
  out.order = order.ref;
  std::uint32_t number = 0;
  for (const OrderLineState& line : lines) {
    ++number;
    const Quantity quantity = cancelled ? line.valued : kept(line);
    if (quantity == Quantity{0}) continue;
    out.lines.push_back({number, ItemId{line.item}, quantity, line.unit_price});
  }
  const Parties& parties = book.parties();
  const BuyerId buyer{order.buyer};
  out.wish.parties.company = parties.name(CompanyId{order.company});
  if (is_set(buyer)) out.wish.parties.buyer = parties.name(buyer);
  out.wish.parties.payer = parties.name(CompanyId{order.payer});
  out.currency = CurrencyCode{order.currency};
  out.wish.parties.currency = out.currency;
  out.wish.region = book.orders().region(order);
  out.wish.country = book.orders().country(order);
  out.wish.cost_centre = book.orders().cost_centre(order);
  out.wish.no_split = order.no_split != 0;
  out.wish.settlement = order.settlement;
}

void read_template(Step& step, const Reorder& command, Sources& out) {
  const Drafts& drafts = step.book().drafts();
  const std::string_view name = view(command.template_());
  const auto id = drafts.find_template(name);
  if (!id || drafts.order_template(*id).withdrawn) {
    return step.refuse(about(ReasonCode::unknown_template, Subject::order_template, name));
  }
  const OrderTemplate& of = drafts.order_template(*id);
  expect_version(step, of.version, Subject::order_template, name);
  out.order_template = *id;
  std::uint32_t number = 0;
  for (const DraftLine& line : of.lines)
    out.lines.push_back({++number, line.item, line.quantity});
  if (is_set(of.company)) out.wish.parties.company = step.book().parties().name(of.company);
}

// What the command says goes before what the source says; of another company nothing else holds.
void read_header(const Reorder& command, Sources& out) {
  OrderWish& wish = out.wish;
  const std::string_view company = view(command.company());
  if (!company.empty() && company != wish.parties.company) {
    wish = OrderWish{};
    wish.parties.company = company;
  }
  if (command.buyer() != nullptr) wish.parties.buyer = view(command.buyer());
  wish.requested = Date{command.requested_date()};
  wish.buyer_reference = view(command.buyer_reference());
}

void read_lines(Step& step, const Reorder& command, Sources& out) {
  const Catalogue& catalogue = step.book().catalogue();
  Step today = step.look();
  const OrderParties who = find_order_parties(today, out.wish.parties);
  const Date day = step.context().effective_date;
  for (SourceLine& line : out.lines) {
    line.left_out = command.inactive() == LeftOut::left_out &&
                    catalogue.item(line.item).status != ItemStatus::active;
    if (line.left_out) continue;
    const bool comparable = catalogue.is_stocked(line.item) || who.currency == out.currency;
    const bool had_price = line.unit_price != kAbsent && comparable && is_set(who.company);
    const std::int64_t stated =
        had_price ? price_to_state(step.book(), who, line.item, line.quantity, day, line.unit_price)
                  : kAbsent;
    out.wish.lines.push_back({catalogue.name(line.item), line.quantity, stated});
  }
  if (out.wish.lines.empty()) {
    step.refuse(about(ReasonCode::nothing_to_reorder, Subject::command, ""));
  }
}

// priced: null where there is no price for all of it.
std::vector<ChangedLine> find_changes(const Sources& source, const PricedOrder* priced) {
  std::vector<ChangedLine> out;
  std::size_t place = 0;
  for (const SourceLine& line : source.lines) {
    if (line.left_out) {
      out.emplace_back(line.unit_price, kAbsent, line.item.value(), line.number);
      continue;
    }
    const std::int64_t now = priced == nullptr ? kAbsent : priced->lines[place].unit_price();
    ++place;
    const bool comparable = line.unit_price != kAbsent && now != kAbsent;
    if (comparable && now != line.unit_price) {
      out.emplace_back(line.unit_price, now, line.item.value(), line.number);
    }
  }
  return out;
}

void warn_of(Step& step, std::uint64_t made, CurrencyCode currency,
             const std::vector<ChangedLine>& changes) {
  if (changes.empty()) return;
  Causes causes;
  for (const ChangedLine& line : changes) {
    const std::string_view item = step.book().catalogue().name(ItemId{line.item()});
    const bool gone = line.unit_price() == kAbsent;
    Cause cause =
        about_line(gone ? ReasonCode::item_inactive : ReasonCode::price_changed, line.line(), item);
    cause.outcome = Outcome::warn;
    if (!gone) {
      cause.unit = Unit::unit_price;
      cause.currency = currency;
      cause.found = line.unit_price();
      cause.allowed = line.unit_price_before();
    }
    causes.add(std::move(cause));
  }
  KONTOR_MARK("a reorder that tells what has changed");
  step.emit<CommandWarned>(
      made, [&](Builder& out) { return CreateCommandWarned(out, causes.write(out)); });
}

void tell(Step& step, const Sources& source, std::uint64_t order, std::uint64_t draft,
          const Placement* found) {
  const auto changes = find_changes(source, found == nullptr ? nullptr : &found->priced);
  const CurrencyCode currency =
      found != nullptr ? found->who.currency : source.wish.parties.currency;
  const std::uint64_t made = order != kNoPosition ? order : draft;
  step.emit<LinesReordered>(made, [&](Builder& out) {
    return CreateLinesReordered(out, order, draft, source.order, source.order_template,
                                currency.value(), structs(out, changes));
  });
  warn_of(step, made, currency, changes);
}

void make_order(Step& step, const Sources& source, std::string_view name) {
  const auto found = plan_placement(step, source.wish, {name});
  if (!found) return;
  const OrderRef order = emit_placed(step, source.wish, *found, name);
  tell(step, source, order.value(), kNoPosition, &*found);
  take_placed_on(step, order, *found);
}

void make_draft(Step& step, const Sources& source, std::string_view name) {
  if (step.book().drafts().find(name) != nullptr) {
    step.refuse(about(ReasonCode::draft_exists, Subject::draft, name));
  }
  const auto found = plan_draft(step, source.wish, name);
  if (!found || step.refused()) return;
  const std::uint64_t draft = save_draft(step, source.wish, *found, name);
  tell(step, source, kNoPosition, draft, found->priced ? &*found->priced : nullptr);
}

}  // namespace

void decide(Step& step, const Reorder& command) {
  check_names(step, command);
  if (step.refused()) return;
  Sources source;
  if (command.order() != nullptr) {
    const Order* const order = expect_order(step, view(command.order()));
    if (order != nullptr) read_order(step.book(), *order, source);
  } else {
    read_template(step, command, source);
  }
  if (step.refused()) return;
  read_header(command, source);
  read_lines(step, command, source);
  if (step.refused()) return;
  if (command.new_order() != nullptr) return make_order(step, source, view(command.new_order()));
  make_draft(step, source, view(command.new_draft()));
}

}  // namespace kontor
