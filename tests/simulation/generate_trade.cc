// Trade: what happens to orders, goods and money all day.
#include <algorithm>

#include "tests/simulation/generator.h"

namespace kontor::test {
namespace {

namespace m = model;

bool has_open(const m::Order& order) {
  return std::any_of(order.lines.begin(), order.lines.end(),
                     [](const m::Line& line) { return line.open() > 0; });
}

bool charge_is_open(const m::Line& line) {
  return line.charge && line.to_ship() > 0;
}

m::Int open_of(const m::Order* order, int line) {
  return order == nullptr ? 0 : order->lines[static_cast<std::size_t>(line - 1)].open();
}

bool states_prices(const m::State& state) {
  const auto from = state.policies.find({"price.from", m::Scope::kBook, ""});
  return from != state.policies.end() && from->second == "command";
}

}  // namespace

m::Command Generator::place_order(const State& state) {
  m::PlaceOrder c;
  c.order = random_.one_in(50) ? used_name("order-") : new_name("order-");
  c.company = name_of(companies_);
  const int company = state.companies.find(c.company);
  m::Names own;
  for (const m::Buyer& buyer : state.buyers.all) {
    if (buyer.company == company) own.push_back(buyer.name);
  }
  if (random_.percent(60))
    c.buyer = own.empty() || random_.one_in(12) ? name_of(buyers_) : random_.of(own);
  if (random_.one_in(12)) c.payer = name_of(companies_);
  if (random_.one_in(5)) c.terms = name_of(terms_);
  if (random_.one_in(60)) c.currency = 840;
  if (random_.one_in(15))
    c.requested = state.business_date + static_cast<m::Day>(random_.between(-2, 30));
  if (random_.one_in(4)) c.region = random_.of(regions_);
  if (random_.one_in(20)) c.country = random_.of<std::string>({"DE", "FR"});
  if (random_.one_in(12)) c.cost_centre = random_.of<std::string>({"K-1", "K-2"});
  c.no_split = random_.one_in(7);
  c.prepaid = random_.one_in(10);
  if (random_.one_in(knows_cost_centres_ ? 2 : 12)) {
    c.cost_centre = cost_centre_for(state, c.company);
  }
  const std::uint64_t lines = random_.one_in(100) ? 0 : 1 + random_.below(4);
  for (std::uint64_t i = 0; i < lines; ++i)
    c.lines.push_back(place_line(state));
  return c;
}

m::PlaceLine Generator::place_line(const State& state) {
  m::PlaceLine line;
  line.item = name_of(items_);
  line.quantity = quantity(state, line.item);
  line.unit_price = price_to_state(state, line.item);
  if (line.unit_price && random_.one_in(30)) line.unit_price = hostile_number();
  return line;
}

std::optional<m::Int> Generator::price_to_state(const State& state, const std::string& item) {
  bool listed = false;
  for (const m::PriceList& list : state.price_lists.all) {
    const auto last = std::find_if(list.prices.rbegin(), list.prices.rend(),
                                   [&](const m::SetPrice& price) { return price.item == item; });
    listed = listed || (last != list.prices.rend() && !last->breaks.empty());
  }
  const bool own = is_charge(item) && !listed && !random_.one_in(12);
  if (!own && !states_prices(state) && !random_.one_in(40)) return std::nullopt;
  return random_.between(-50, 400) * 12'345;
}

m::Command Generator::approve_order(const State& state) {
  const std::string name =
      order_name(state, [](const m::Order& order) { return order.asked.has_value(); });
  const m::Order* const order = order_called(state, name);
  if (order != nullptr && order->asked && random_.one_in(5)) return spoil(state, *order);
  return m::ApproveOrder{name};
}

// What changes under an order that waits for people.
m::Command Generator::spoil(const State& state, const m::Order& order) {
  if (random_.one_in(4)) {
    m::RegisterCompany company = state.companies[order.company].said;
    company.status = m::CompanyStatus::kBlocked;
    return company;
  }
  if (random_.one_in(3)) {
    if (const auto budget = none_left(state, order)) {
      for (int i = 0; i < 3; ++i)
        soon_.emplace_back().command = m::ApproveOrder{order.name};
      return *budget;
    }
  }
  m::RegisterItem item = state.items[order.lines.front().item].said;
  if (random_.one_in(2)) return price_of(random_.of(lists_), item.item);
  item.active = false;
  return item;
}

m::Command Generator::reject_order(const State& state) {
  return m::RejectOrder{
      order_name(state, [](const m::Order& order) { return order.asked.has_value(); })};
}

m::Command Generator::withdraw_approval(const State& state) {
  return m::WithdrawApproval{order_name(
      state, [](const m::Order& order) { return order.asked && !order.asked->votes.empty(); })};
}

m::Command Generator::override_approval(const State& state) {
  return m::OverrideApproval{
      order_name(state, [](const m::Order& order) { return order.asked.has_value(); })};
}

m::Command Generator::cancel_order(const State& state) {
  m::CancelOrder c;
  c.order = order_name(state, has_open);
  if (random_.one_in(3)) {
    if (random_.one_in(3)) c.cancellation = new_name("cancellation-");
    return c;
  }
  if (!random_.one_in(30)) c.cancellation = new_name("cancellation-");
  if (random_.one_in(30)) c.cancellation = used_name("cancellation-");
  const m::Order* const order = order_called(state, c.order);
  const std::size_t lines = order == nullptr ? 1 : order->lines.size();
  for (int line = 1; line <= static_cast<int>(lines); ++line) {
    if (random_.one_in(2)) c.lines.push_back({line, part_of(open_of(order, line))});
  }
  if (random_.one_in(40)) c.lines.push_back({static_cast<int>(random_.below(9)), m::kUnit});
  return c;
}

m::Command Generator::allocate_order(const State& state) {
  m::AllocateOrder c;
  c.order = order_name(state, [](const m::Order& order) {
    return order.may_move() && std::any_of(order.lines.begin(), order.lines.end(),
                                           [](const m::Line& l) { return l.needs_stock() > 0; });
  });
  const m::Order* const order = order_called(state, c.order);
  if (order == nullptr || !random_.one_in(5)) return c;
  for (int line = 1; line <= static_cast<int>(order->lines.size()); ++line) {
    const m::Int need = order->lines[static_cast<std::size_t>(line - 1)].needs_stock();
    if (random_.one_in(3)) c.parts.push_back({line, name_of(warehouses_), part_of(need)});
  }
  if (random_.one_in(60)) c.parts.push_back({7, name_of(warehouses_), m::kUnit});
  return c;
}

m::Command Generator::ship_order(const State& state) {
  m::ShipOrder c;
  const bool anything = random_.one_in(3);  // stock may be taken when it leaves
  c.order = order_name(state, [&](const m::Order& order) {
    const bool lacks = std::any_of(order.lines.begin(), order.lines.end(),
                                   [](const m::Line& line) { return line.needs_stock() > 0; });
    const bool charges = std::any_of(order.lines.begin(), order.lines.end(), charge_is_open);
    return order.may_move() && (!order.reservations.empty() || charges || (anything && lacks));
  });
  c.shipment = random_.one_in(50) ? used_name("shipment-") : new_name("shipment-");
  const m::Order* const order = order_called(state, c.order);
  if (order == nullptr || random_.one_in(2)) return c;
  for (const m::Reservation& held : order->reservations) {
    if (random_.one_in(2)) continue;
    const std::string& warehouse = state.warehouses[held.warehouse].name;
    c.lines.push_back({held.line + 1, warehouse, part_of(held.quantity)});
  }
  if (random_.one_in(anything ? 3 : 40))
    c.lines.push_back({1, name_of(warehouses_), part_of(3 * m::kUnit)});
  for (int line = 1; line <= static_cast<int>(order->lines.size()); ++line) {
    const m::Line& of = order->lines[static_cast<std::size_t>(line - 1)];
    const bool named = charge_is_open(of) ? random_.one_in(2) : random_.one_in(100);
    if (named) c.charges.push_back({line, part_of(of.to_ship())});
  }
  if (random_.one_in(60)) c.charges.push_back({9, m::kUnit});
  return c;
}

m::Command Generator::release_hold(const State& state) {
  m::ReleaseHold c;
  c.order = order_name(state, [](const m::Order& order) { return order.held; });
  if (random_.one_in(3)) {
    c.expires = state.business_date + static_cast<m::Day>(random_.between(-1, 10));
  }
  return c;
}

m::Command Generator::hold_order(const State& state) {
  return m::HoldOrder{order_name(state, [](const m::Order& order) { return !order.is_closed(); })};
}

m::Command Generator::release_reservation(const State& state) {
  m::ReleaseReservation c;
  c.order = order_name(state, [](const m::Order& order) { return !order.reservations.empty(); });
  c.release = random_.one_in(30) ? used_name("release-") : new_name("release-");
  const m::Order* const order = order_called(state, c.order);
  if (order == nullptr || random_.one_in(2)) return c;
  for (const m::Reservation& held : order->reservations) {
    if (random_.one_in(2)) continue;
    const std::string& warehouse = state.warehouses[held.warehouse].name;
    c.lines.push_back({held.line + 1, warehouse, part_of(held.quantity)});
  }
  if (random_.one_in(40)) c.lines.push_back({9, name_of(warehouses_), m::kUnit});
  return c;
}

m::Command Generator::retry_order(const State& state) {
  const std::string name = order_name(state, [](const m::Order& order) { return order.failed; });
  const m::Order* const order = order_called(state, name);
  if (order == nullptr || !order->failed || random_.one_in(2)) return m::RetryOrder{name};
  // Most often its item has to come back before that.
  m::RegisterItem item = state.items[order->lines.front().item].said;
  item.active = true;
  return item;
}

m::Command Generator::count_stock(const State& state) {
  m::CountStock c;
  c.count = random_.one_in(30) ? used_name("count-") : new_name("count-");
  c.warehouse = name_of(warehouses_);
  const int warehouse = state.warehouses.find(c.warehouse);
  for (const std::string& item : random_.one_in(20) ? items_ : goods_) {
    if (random_.one_in(2)) continue;
    const auto known = state.stock.find({state.items.find(item), warehouse});
    const m::Int there = known == state.stock.end() ? 0 : known->second.on_hand;
    m::Int found = there + random_.between(-6, 6) * m::kUnit;
    if (random_.one_in(6)) found = there;
    // Goods are gone that somebody's order holds.
    if (known != state.stock.end() && random_.one_in(8)) found = known->second.reserved / 2;
    if (random_.one_in(60)) found = hostile_number();
    c.lines.push_back({random_.one_in(60) ? "nothing" : item, found});
  }
  return c;
}

m::Command Generator::amend_order(const State& state) {
  m::AmendOrder c;
  c.order = order_name(state, [](const m::Order& order) {
    return !order.is_closed() && std::any_of(order.lines.begin(), order.lines.end(),
                                             [](const m::Line& l) { return !l.has_moved(); });
  });
  c.amendment = random_.one_in(30) ? used_name("amendment-") : new_name("amendment-");
  if (random_.one_in(60)) c.currency = 840;
  if (random_.one_in(8)) {
    c.requested = state.business_date + static_cast<m::Day>(random_.between(-1, 30));
  }
  if (random_.one_in(8)) c.region = random_.of(regions_);
  if (random_.one_in(10)) c.country = random_.of<std::string>({"DE", "FR"});
  if (random_.one_in(20)) c.cost_centre = random_.of<std::string>({"K-1", "K-2"});
  const m::Order* const order = order_called(state, c.order);
  if (order != nullptr && random_.one_in(6)) {
    c.cost_centre = cost_centre_for(state, state.companies[order->company].name);
  }
  const int lines = order == nullptr ? 1 : static_cast<int>(order->lines.size());
  for (int line = 1; line <= lines + 1; ++line) {
    if (random_.one_in(2)) continue;
    c.lines.push_back(amend_line(state, order, line <= lines ? line : 0));
    if (random_.one_in(60)) c.lines.push_back(c.lines.back());
  }
  return c;
}

// line: 0: a new one.
m::AmendLine Generator::amend_line(const State& state, const m::Order* order, int line) {
  m::AmendLine wish;
  wish.line = line;
  const bool known = order != nullptr && line > 0;
  const std::string item =
      known ? state.items[order->lines[static_cast<std::size_t>(line - 1)].item].name
            : name_of(items_);
  if (!known || random_.one_in(3)) wish.item = random_.one_in(20) ? name_of(items_) : item;
  wish.quantity = quantity(state, item);
  wish.unit_price = price_to_state(state, item);
  if (random_.one_in(60)) wish.line = 9;
  return wish;
}

m::Command Generator::receive_stock(const State&) {
  m::ReceiveStock c;
  c.receipt = random_.one_in(40) ? used_name("receipt-") : new_name("receipt-");
  c.warehouse = name_of(warehouses_);
  const std::uint64_t lines = random_.one_in(60) ? 0 : 1 + random_.below(3);
  for (std::uint64_t i = 0; i < lines; ++i) {
    const m::Int some = random_.between(1, 40) * m::kUnit;
    const std::string item = name_of(random_.one_in(30) ? items_ : goods_);
    c.lines.push_back({item, random_.one_in(50) ? hostile_number() : some});
  }
  return c;
}

m::Disposition Generator::disposition_of(const m::Line& line) {
  const auto out = static_cast<m::Disposition>(random_.below(3));
  const bool nowhere = line.charge && out == m::Disposition::kRestock && !random_.one_in(12);
  return nowhere ? m::Disposition::kNone : out;
}

m::Command Generator::return_goods(const State& state) {
  m::ReturnGoods c;
  c.order = order_name(state, [](const m::Order& order) {
    return std::any_of(order.lines.begin(), order.lines.end(),
                       [](const m::Line& l) { return l.shipped > l.returned; });
  });
  c.goods_return = random_.one_in(50) ? used_name("return-") : new_name("return-");
  if (!random_.one_in(4)) c.warehouse = name_of(warehouses_);
  const m::Order* const order = order_called(state, c.order);
  const std::size_t lines = order == nullptr ? 1 : order->lines.size();
  for (int line = 1; line <= static_cast<int>(lines); ++line) {
    for (int times = static_cast<int>(random_.below(3)); times > 0; --times) {
      const m::Line of =
          order == nullptr ? m::Line{} : order->lines[static_cast<std::size_t>(line - 1)];
      c.lines.push_back({line, part_of(of.shipped - of.returned), disposition_of(of)});
    }
  }
  if (random_.one_in(40)) c.lines.push_back({9, m::kUnit, m::Disposition::kScrap});
  return c;
}

m::Command Generator::invoice_order(const State& state) {
  m::InvoiceOrder c;
  c.order = order_name(state, [](const m::Order& order) {
    return order.may_move() && std::any_of(order.lines.begin(), order.lines.end(),
                                           [](const m::Line& l) { return l.delivered() > 0; });
  });
  c.invoice = random_.one_in(50) ? used_name("invoice-") : new_name("invoice-");
  const m::Order* const order = order_called(state, c.order);
  if (order == nullptr || random_.one_in(2)) return c;
  for (int line = 1; line <= static_cast<int>(order->lines.size()); ++line) {
    const m::Line& of = order->lines[static_cast<std::size_t>(line - 1)];
    const m::Int most = of.delivered() > 0 ? of.delivered() : of.open();
    if (random_.one_in(2)) c.lines.push_back({line, part_of(most)});
  }
  return c;
}

m::Command Generator::record_payment(const State& state) {
  m::RecordPayment c;
  c.payment = random_.one_in(50) ? used_name("payment-") : new_name("payment-");
  c.payer = name_of(companies_);
  c.amount = random_.one_in(60) ? hostile_number() : money();
  if (random_.one_in(60)) c.currency = 840;
  const auto count = static_cast<std::uint64_t>(state.invoices.size());
  for (std::uint64_t i = random_.below(4); i > 0 && count > 0; --i) {
    const m::Invoice& invoice = state.invoices.all[count - 1 - back_among(count, 20)];
    m::PayInvoice part{random_.one_in(50) ? "no-invoice" : invoice.name, std::nullopt};
    if (random_.one_in(2)) part.amount = part_of(invoice.open);
    c.invoices.push_back(part);
    // Most often whoever owes it, and just enough.
    if (!random_.one_in(4)) c.payer = state.companies[invoice.payer].name;
    if (random_.one_in(2) && invoice.open > 0) c.amount = invoice.open;
  }
  if (random_.one_in(3)) {
    c.orders = orders_to_pay(state);
    pay_just_enough(state, c);
  }
  return c;
}

m::Command Generator::open_business_day(const State& state) {
  m::Int days = random_.between(1, 4);
  if (random_.one_in(8)) days = random_.between(20, 70);
  if (random_.one_in(12)) days = random_.between(-3, 0);
  if (random_.one_in(80)) days = 3661;
  return m::OpenBusinessDay{state.business_date + static_cast<m::Day>(days)};
}

}  // namespace kontor::test
