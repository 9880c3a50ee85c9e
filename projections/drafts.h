// What is wanted but not ordered yet: drafts, templates, and the schedules of recurring orders.
// Folds their events, and the days and approvals that make a run due. A recurring order is an order
// that is never taken itself (projections/orders.h); here is when its runs come. Rules: domain,
// What is sold.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/follow_up.h"
#include "projections/sink.h"
#include "projections/tables.h"

namespace kontor {

struct BookOpened;
struct BusinessDayOpened;
struct OrderApproved;
struct DraftSaved;
struct DraftDiscarded;
struct TemplateDefined;
struct RecurringOrderDefined;
struct RecurringOrderStopped;
struct RecurringOrderRan;

struct DraftLine {
  Quantity quantity;
  std::int64_t unit_price = kAbsent;  // the price its caller expects
  ItemId item = no_id<ItemId>();
};

struct Draft {
  std::uint64_t ref = 0;  // position of its first save
  std::uint64_t saved_at = 0;
  std::string name;
  CompanyId company = no_id<CompanyId>();
  CompanyId payer = no_id<CompanyId>();  // this and what follows: none where none was named
  BuyerId buyer = no_id<BuyerId>();
  TermsId terms = no_id<TermsId>();
  CurrencyCode currency;
  Settlement settlement = Settlement::account;
  bool no_split = false;
  Date requested_on = kNoDate;
  std::string region;
  std::string address;
  std::string country;
  std::string cost_centre;
  std::string buyer_reference;
  std::vector<DraftLine> lines;
  std::optional<Minor> net;  // by the prices of the day it was saved; nothing: some line has none
  std::optional<Minor> total;
  std::uint32_t version = 0;
};

struct OrderTemplate {
  std::string label;
  CompanyId company = no_id<CompanyId>();  // none: anybody's
  bool withdrawn = false;
  std::vector<DraftLine> lines;  // without prices
  Sequence last_change;
  std::uint32_t version = 0;
};

enum class RecurringState : std::uint8_t { kAsked, kRunning, kStopped };

struct RecurringOrder {
  std::uint64_t ref = 0;  // of its order
  RecurringState state = RecurringState::kAsked;
  std::uint8_t stop_cause = 0;  // StopCause, of one that is stopped
  ScheduleUnit unit = ScheduleUnit::month;
  std::uint16_t every = 1;
  Date from = kNoDate;
  Date until = kNoDate;     // kNoDate: no bound
  std::uint32_t count = 0;  // 0: no bound
  std::uint32_t runs = 0;   // made since it was defined
  std::uint32_t at = 0;     // place of the next one in the schedule, from 0
  std::uint64_t changed_at = 0;
  std::uint64_t last_placed = 0;  // the order of its last run; 0: none
  std::string address;
  std::string buyer_reference;

  Date date_of(std::uint32_t place) const;
  // The next run; nothing: it has made all of them.
  std::optional<Date> next_due() const;
};

class Drafts {
 public:
  static constexpr std::uint32_t kNumber = 18;

  void on(const Envelope& by, const BookOpened& event);
  void on(const Envelope& by, const BusinessDayOpened& event);
  void on(const Envelope& by, const OrderApproved& event);
  void on(const Envelope& by, const DraftSaved& event);
  void on(const Envelope& by, const DraftDiscarded& event);
  void on(const Envelope& by, const TemplateDefined& event);
  void on(const Envelope& by, const RecurringOrderDefined& event);
  void on(const Envelope& by, const RecurringOrderStopped& event);
  void on(const Envelope& by, const RecurringOrderRan& event);

  // Null: there is none. Valid until the next event.
  const Draft* find(std::string_view name) const;
  const Draft* find(std::uint64_t ref) const;
  const std::map<std::uint64_t, Draft>& all() const { return drafts_; }

  std::optional<std::uint32_t> find_template(std::string_view name) const;
  std::uint32_t template_count() const { return template_names_.size(); }
  std::string_view template_name(std::uint32_t id) const { return template_names_.name(id); }
  const OrderTemplate& order_template(std::uint32_t id) const { return templates_.at(id); }

  const RecurringOrder* recurring(OrderRef order) const;
  const std::map<std::uint64_t, RecurringOrder>& recurrings() const { return recurring_; }

  // The run that has been due longest.
  std::optional<FollowUp> next_follow_up() const;
  std::size_t follow_up_count() const;

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  RecurringOrder& get(std::uint64_t order);
  void wait_for_next(RecurringOrder& recurring);  // or not, where it does not run
  void forget_due(const RecurringOrder& recurring);

  std::map<std::uint64_t, Draft> drafts_;  // by ref
  std::map<std::string, std::uint64_t, std::less<>> draft_names_;
  NameTable template_names_;
  std::vector<OrderTemplate> templates_;
  std::map<std::uint64_t, RecurringOrder> recurring_;     // by order
  std::set<std::pair<std::int32_t, std::uint64_t>> due_;  // next run, order: of those that run
  Date today_ = kNoDate;
  Sequence cause_;  // of what is due
};

}  // namespace kontor
