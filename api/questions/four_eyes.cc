// four_eyes: where one person was two of creator, approver and payer of an order. The log is read
// from its beginning, as what came before the days asked about says who created what, and which
// roles people held; what is found is told of those days only.
#include <array>
#include <map>
#include <string>

#include "approval_generated.h"
#include "company_generated.h"
#include "credit_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "payment_generated.h"
#include "staff_generated.h"

#include "api/questions/history.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"
#include "projections/views/view.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kFoundMax = 100'000;

using Person = std::string;

struct Role {
  std::string role;
  RoleReach reach = RoleReach::company;
  bool may_override = false;
};

// Who had which part in an order, and since when. Of creators: who placed it, and for whom.
struct Parts {
  std::map<Person, std::uint64_t> creators;
  std::map<Person, std::uint64_t> approvers;
  std::map<Person, std::uint64_t> payers;
};

struct Finding {
  std::uint64_t order = 0;
  Person person;
  std::string how;
  std::string reason;
  std::string comment;
  std::uint64_t at = 0;
  Timestamp recorded_at;
  Date business_date = kNoDate;
  std::uint64_t created_at = 0;
  std::uint64_t approved_at = 0;
  std::uint64_t paid_at = 0;
  std::vector<Role> roles;
};

// Folds decisions one after the other.
class FourEyes {
 public:
  struct Wanted {
    Date from = kNoDate;
    Date to = kNoDate;
    Person person;  // empty: everybody
  };
  explicit FourEyes(Wanted wanted) : wanted_(std::move(wanted)) {}

  void fold(const DecisionView& decision, const EventView& event) {
    decision_ = &decision;
    sequence_ = event.sequence.value();
    kind_ = event.header.kind;
    const std::byte* const body = event.body.data();
    switch (kind_) {
      case number_of<BuyerRegistered>:
        return on(*flatbuffers::GetRoot<BuyerRegistered>(body));
      case number_of<StaffRegistered>:
        return on(*flatbuffers::GetRoot<StaffRegistered>(body));
      case number_of<OrderPlaced>:
        return on(*flatbuffers::GetRoot<OrderPlaced>(body));
      case number_of<ApprovalGranted>:
        return on(*flatbuffers::GetRoot<ApprovalGranted>(body));
      case number_of<ApprovalOverridden>:
        return on(*flatbuffers::GetRoot<ApprovalOverridden>(body));
      case number_of<OrderApproved>:
        return on(*flatbuffers::GetRoot<OrderApproved>(body));
      case number_of<InvoiceIssued>:
        return on(*flatbuffers::GetRoot<InvoiceIssued>(body));
      case number_of<PaymentReceived>:
        payers_[sequence_] = decision.actor();
        return;
      case number_of<PaymentApplied>:
        return on(*flatbuffers::GetRoot<PaymentApplied>(body));
      case number_of<DepositApplied>:
        return on(*flatbuffers::GetRoot<DepositApplied>(body));
      default:
        return;
    }
  }

  static bool reads(std::uint16_t kind) {
    static constexpr std::array kKinds = {number_of<BuyerRegistered>,    number_of<StaffRegistered>,
                                          number_of<OrderPlaced>,        number_of<ApprovalGranted>,
                                          number_of<ApprovalOverridden>, number_of<OrderApproved>,
                                          number_of<InvoiceIssued>,      number_of<PaymentReceived>,
                                          number_of<PaymentApplied>,     number_of<DepositApplied>};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
  }

  const std::vector<Finding>& found() const { return found_; }
  std::uint64_t approvals() const { return approvals_; }

 private:
  void on(const BuyerRegistered& event) {
    if (event.buyer() != nullptr) buyers_[event.ordinal()] = view(event.buyer());
    std::vector<Role>& roles = roles_[buyers_[event.ordinal()]];
    roles.clear();
    if (event.roles() == nullptr) return;
    for (const GrantedRole* const role : *event.roles())
      roles.push_back({std::string(view(role->role())), role->reach(), role->may_override()});
  }

  void on(const StaffRegistered& event) {
    if (event.staff() != nullptr) staff_[event.ordinal()] = view(event.staff());
    std::vector<Role>& roles = roles_[staff_[event.ordinal()]];
    roles.clear();
    if (event.roles() == nullptr) return;
    for (const StaffRole* const role : *event.roles())
      roles.push_back({std::string(view(role->role())), RoleReach::company, false});
  }

  void on(const OrderPlaced& event) {
    Parts& parts = orders_[sequence_];
    const auto buyer = buyers_.find(event.buyer());
    if (buyer != buyers_.end()) parts.creators.emplace(buyer->second, sequence_);
    const std::string_view actor = decision_->actor();
    if (!actor.empty()) parts.creators.emplace(actor, sequence_);
  }

  void on(const ApprovalGranted& event) {
    approved(event.order(), view(event.by_name()), view(event.comment()));
  }
  void on(const ApprovalOverridden& event) {
    // Without an actor it is the principal's, who is nobody in particular.
    if (event.role() == nullptr) return;
    approved(event.order(), view(event.by_name()), view(event.comment()));
  }
  // What was approved by votes was looked at vote by vote.
  void on(const OrderApproved& event) {
    const Parts& parts = orders_[event.order()];
    if (event.cause() != ApprovalCause::self || !parts.approvers.empty()) return;
    const std::map<Person, std::uint64_t> creators = parts.creators;
    for (const auto& [person, at] : creators)
      approved(event.order(), person, {});
  }

  void on(const InvoiceIssued& event) { invoices_[sequence_] = event.order(); }

  void on(const PaymentApplied& event) {
    const auto payer = payers_.find(event.payment());
    if (payer == payers_.end() || payer->second.empty()) return;
    for (const Application& part : run(event.applications())) {
      const auto invoice = invoices_.find(part.invoice());
      if (invoice != invoices_.end()) paid(invoice->second, payer->second, event.payment());
    }
  }
  void on(const DepositApplied& event) {
    const auto payer = payers_.find(event.payment());
    if (payer == payers_.end() || payer->second.empty()) return;
    paid(event.order(), payer->second, event.payment());
  }

  void paid(std::uint64_t order, const Person& person, std::uint64_t payment) {
    const bool is_new = orders_[order].payers.emplace(person, payment).second;
    if (is_new) note(order, person, {});
  }

  void approved(std::uint64_t order, std::string_view by, std::string_view comment) {
    ++approvals_;
    const Person person(by);
    orders_[order].approvers[person] = sequence_;
    note(order, person, comment);
  }

  // The person has just got a part in the order.
  void note(std::uint64_t order, const Person& person, std::string_view comment) {
    const Parts& parts = orders_[order];
    const auto since = [&](const std::map<Person, std::uint64_t>& of) {
      const auto found = of.find(person);
      return found == of.end() ? std::uint64_t{0} : found->second;
    };
    Finding out;
    out.created_at = since(parts.creators);
    out.approved_at = since(parts.approvers);
    out.paid_at = since(parts.payers);
    const int count =
        (out.created_at != 0 ? 1 : 0) + (out.approved_at != 0 ? 1 : 0) + (out.paid_at != 0 ? 1 : 0);
    if (count < 2 || !is_wanted(person) || found_.size() >= kFoundMax) return;
    const DecisionHeader& header = decision_->header();
    out.order = order;
    out.person = person;
    out.how = event_name(kind_);
    out.reason = decision_->reason();
    out.comment = comment;
    out.at = sequence_;
    out.recorded_at = Timestamp{header.recorded_at};
    out.business_date = Date{header.business_date};
    if (const auto roles = roles_.find(person); roles != roles_.end()) out.roles = roles->second;
    found_.push_back(std::move(out));
  }

  bool is_wanted(const Person& person) const {
    const Date day{decision_->header().business_date};
    return (wanted_.person.empty() || wanted_.person == person) &&
           (wanted_.from == kNoDate || day >= wanted_.from) &&
           (wanted_.to == kNoDate || day <= wanted_.to);
  }

  const Wanted wanted_;
  const DecisionView* decision_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::uint16_t kind_ = 0;
  std::map<std::uint32_t, Person> buyers_;  // by ordinal
  std::map<std::uint32_t, Person> staff_;
  std::map<Person, std::vector<Role>> roles_;
  std::map<std::uint64_t, Parts> orders_;
  std::map<std::uint64_t, std::uint64_t> invoices_;  // to their order
  std::map<std::uint64_t, Person> payers_;           // who recorded the payment
  std::vector<Finding> found_;
  std::uint64_t approvals_ = 0;
};

class FourEyesQuestion final : public HistoryQuestion {
 public:
  explicit FourEyesQuestion(Query query)
      : query_(std::move(query)), fold_({query_.date_from, query_.date_to, query_.name}) {}

  std::optional<Answered> begin(const Book& book) override {
    end_ = book.last_sequence().value();
    const bool known = query_.name.empty() || book.parties().find_buyer(query_.name) ||
                       book.staff().find(query_.name);
    if (!known) return not_found("buyer or staff", query_.name, "authority");
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (next_ > end_) return Slice::kFinished;
    std::uint32_t slice = kDecisionsOfSlice;
    Status sound;
    const Status scanned = log.scan(book, Sequence{next_}, [&](const DecisionView& decision) {
      decision.for_each_event([&](const EventView& event) {
        const std::uint64_t at = event.sequence.value();
        if (!sound.ok() || at < next_ || at > end_) return;
        next_ = at + 1;
        if (!FourEyes::reads(event.header.kind)) return;
        sound = check_event(book, event);
        if (sound.ok()) fold_.fold(decision, event);
      });
      --slice;
      return sound.ok() && slice > 0 && next_ <= end_;
    });
    if (!scanned.ok()) return scanned.error();
    if (!sound.ok()) return sound.error();
    return slice > 0 || next_ > end_ ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override {
    const auto& found = fold_.found();
    const std::uint32_t rows = query_.limit == 0 ? kRowsDefault : std::min(query_.limit, kRowsMax);
    wire::FourEyesAnswerT out;
    out.approvals = fold_.approvals();
    out.scanned_to = end_;
    std::size_t at = std::min<std::uint64_t>(query_.after.first, found.size());
    for (; at < found.size() && out.found.size() < rows; ++at)
      fill(book, found[at], add_row(out.found));
    return answered(out, at < found.size() ? format_place({at, 0}) : std::string{});
  }

  Sequence position() const override { return Sequence{end_}; }

 private:
  static void fill(const Book& book, const Finding& finding, wire::FourEyesRowT& row) {
    row.order = book.name("order", finding.order).value_or(std::to_string(finding.order));
    row.person = finding.person;
    row.created = finding.created_at != 0;
    row.approved = finding.approved_at != 0;
    row.paid = finding.paid_at != 0;
    row.how = finding.how;
    row.at = finding.at;
    row.recorded_at = finding.recorded_at.value();
    row.business_date = finding.business_date.value();
    row.created_at = finding.created_at;
    row.approved_at = finding.approved_at;
    row.paid_at = finding.paid_at;
    row.reason = finding.reason;
    row.comment = finding.comment;
    for (const Role& role : finding.roles) {
      auto& told = add_row(row.roles);
      told.role = role.role;
      told.reach = role.reach;
      told.may_override = role.may_override;
    }
  }

  const Query query_;
  FourEyes fold_;
  std::uint64_t next_ = 1;
  std::uint64_t end_ = 0;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_four_eyes_question(Query query) {
  return std::make_unique<FourEyesQuestion>(std::move(query));
}

}  // namespace kontor::questions
