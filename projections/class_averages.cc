#include "projections/class_averages.h"

#include "company_generated.h"
#include "order_generated.h"

#include "projections/fold.h"
#include "projections/load_check.h"

namespace kontor {
namespace {

bool is_over(std::int32_t date, Date today) {
  return std::int64_t{date} + ClassAverages::kDays <= today.value();
}

void take(OrdersOfClass& from, const OrdersOfClass& part) {
  from.count -= part.count;
  from.sum -= part.sum;
}

void save_orders(Sink& out, const OrdersOfClass& orders) {
  out.pod(orders.count);
  out.pod(static_cast<std::int64_t>(orders.sum >> 64));
  out.pod(static_cast<std::uint64_t>(orders.sum));
}

void load_orders(Source& in, OrdersOfClass& orders) {
  std::int64_t high = 0;
  std::uint64_t low = 0;
  in.pod(orders.count);
  in.pod(high);
  in.pod(low);
  orders.sum = Int128{high} * (Int128{1} << 64) + Int128{low};
}

}  // namespace

void ClassAverages::on(const Envelope&, const CompanyRegistered& event) {
  const std::string_view name = view(event.company_class());
  if (event.ordinal() == class_of_.size()) class_of_.push_back(kNoOrdinal);
  class_of_.at(event.ordinal()) = name.empty() ? kNoOrdinal : classes_.find_or_add(name);
}

void ClassAverages::on(const Envelope& by, const OrderPlaced& event) {
  const std::uint32_t of = class_of_.at(event.company());
  if (of == kNoOrdinal) return;
  Window& window = windows_[{of, event.currency()}];
  while (!window.days.empty() && is_over(window.days.front().date, by.business_date)) {
    take(window.all, window.days.front().orders);
    window.days.pop_front();
  }
  const std::int32_t today = by.business_date.value();
  if (window.days.empty() || window.days.back().date != today) window.days.push_back({today, {}});
  for (OrdersOfClass* const orders : {&window.days.back().orders, &window.all}) {
    ++orders->count;
    orders->sum += event.total();
  }
}

OrdersOfClass ClassAverages::recent(CompanyId company, CurrencyCode currency, Date today) const {
  const std::uint32_t of = class_of_.at(company.value());
  const auto found = windows_.find({of, currency.value()});
  if (of == kNoOrdinal || found == windows_.end()) return {};
  OrdersOfClass out = found->second.all;
  for (const Day& day : found->second.days) {
    if (!is_over(day.date, today)) break;
    take(out, day.orders);
  }
  return out;
}

void ClassAverages::save(Sink& out) const {
  classes_.save(out);
  out.pods(class_of_);
  out.pod(std::uint64_t{windows_.size()});
  for (const auto& [key, window] : windows_) {
    out.pod(key.first);
    out.pod(key.second);
    out.pod(std::uint64_t{window.days.size()});
    for (const Day& day : window.days) {
      out.pod(day.date);
      save_orders(out, day.orders);
    }
  }
}

void ClassAverages::load(Source& in) {
  windows_.clear();
  classes_.load(in);
  in.pods(class_of_);
  for (const std::uint32_t of : class_of_)
    in.expect(of == kNoOrdinal || of < classes_.size());
  for (std::uint64_t left = in.size_of_run(14); left > 0 && in.ok(); --left) {
    Key key;
    in.pod(key.first);
    in.pod(key.second);
    in.expect(key.first < classes_.size() && !windows_.contains(key));
    Window& window = windows_[key];
    window.days.resize(in.size_of_run(28));
    for (Day& day : window.days) {
      in.pod(day.date);
      load_orders(in, day.orders);
      window.all.count += day.orders.count;
      window.all.sum += day.orders.sum;
    }
  }
  in.expect(check_invariants().ok());
}

Status ClassAverages::check_invariants() const {
  for (const auto& [key, window] : windows_) {
    OrdersOfClass sum;
    const Day* before = nullptr;
    for (const Day& day : window.days) {
      if (day.orders.count <= 0 || (before != nullptr && before->date >= day.date)) {
        return broken("days of a class out of order, or empty");
      }
      sum.count += day.orders.count;
      sum.sum += day.orders.sum;
      before = &day;
    }
    if (sum.count != window.all.count || sum.sum != window.all.sum) {
      return broken("orders of a class that differ from their days");
    }
  }
  return {};
}

}  // namespace kontor
