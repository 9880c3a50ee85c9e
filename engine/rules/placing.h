// Placing an order, wherever it was wished for: by PlaceOrder, as a draft, from an earlier order or
// a template, or as the run of a recurring order. The first half reads, assesses and refuses with
// every reason; the second emits. Rules: domain, Orders, and What is sold.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "stock_generated.h"

#include "engine/rules/allocation.h"
#include "engine/rules/pool.h"
#include "engine/rules/pricing.h"
#include "engine/rules/wishes.h"
#include "engine/step.h"
#include "projections/fold.h"

namespace kontor {

// What somebody wants. Views live as long as what they were read from.
struct OrderWish {
  NamedParties parties;
  Settlement settlement = Settlement::account;
  Date requested = kNoDate;
  std::string_view region;
  std::string_view address;
  std::string_view country;
  std::string_view cost_centre;
  std::string_view buyer_reference;
  bool no_split = false;
  std::vector<WantedLine> lines;
};

// Of a command that says it: PlaceOrder, SaveDraft, DefineRecurringOrder.
template <class Command>
OrderWish wish_of(const Command& command) {
  OrderWish out;
  out.parties = {view(command.company()), view(command.buyer()), view(command.payer()),
                 view(command.terms()), CurrencyCode{command.currency()}};
  out.settlement = command.settlement();
  if constexpr (requires { command.requested_date(); }) {
    out.requested = Date{command.requested_date()};
  }
  out.region = view(command.region());
  out.address = view(command.address());
  out.country = view(command.country());
  out.cost_centre = view(command.cost_centre());
  out.buyer_reference = view(command.buyer_reference());
  out.no_split = command.no_split();
  const auto lines = run(command.lines());
  out.lines.reserve(lines.size());
  for (const auto& line : lines) {
    out.lines.push_back(
        {pool_name(command.names(), line.item()), Quantity{line.quantity()}, line.unit_price()});
  }
  return out;
}

// What is asked of the first half beside the wish.
struct PlacingAs {
  std::string_view name = {};               // of the order
  std::span<const ReservedPart> kept = {};  // stock that is its own already, of a draft
  OrderRef run_of = {};                     // of a run: its recurring order
  std::optional<Minor> agreed = {};         // of a run: the total that was approved
  Supposed supposed = {};                   // of a look
};

// What the first half found. Valid until the next event.
struct Placement {
  OrderParties who;
  PricedOrder priced;
  std::string_view cost_centre;  // empty: none
  OrderFacts facts;
  Wishes wishes;
  bool asks = false;     // people
  bool covered = false;  // the recurring order's approval is the run's
  OrderRef run_of;       // of a run: its recurring order; 0: none
};

// Refuses what of the header is wrong by itself: texts, lines, dates.
void check_wish(Step& step, const OrderWish& wish, Subject kind, std::string_view name);
// Refuses order_exists, and a name that is none.
void check_new_order(Step& step, std::string_view name);

// The parties, lines and prices of a wish; nothing after refusing whom or what it names.
std::optional<Placement> price_wish(Step& step, const OrderWish& wish);
// The whole first half.
std::optional<Placement> plan_placement(Step& step, const OrderWish& wish, const PlacingAs& as);
// What a newly priced order needs of stock, beyond what is kept for it.
std::vector<StockNeed> needs_beyond(const Book& book, const PricedOrder& priced,
                                    std::span<const ReservedPart> kept);

// The second half: OrderPlaced, and everything that follows from it. Nothing refuses.
OrderRef emit_placed(Step& step, const OrderWish& wish, const Placement& found,
                     std::string_view name);
void take_placed_on(Step& step, OrderRef order, const Placement& found);

}  // namespace kontor
