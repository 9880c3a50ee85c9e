// why: what an order waits for and what would release it, or why a command was refused.
#include "approval_generated.h"
#include "book_generated.h"
#include "credit_generated.h"
#include "order_generated.h"
#include "place_order_generated.h"

#include "api/questions/document_reader.h"
#include "api/questions/groups.h"
#include "api/questions/order_state.h"
#include "api/questions/remedy_rows.h"
#include "api/questions/rule_sentence.h"
#include "engine/rules/accounts.h"
#include "engine/rules/depositing.h"
#include "engine/rules/matching.h"
#include "engine/rules/waiting.h"
#include "events/base/currency.h"
#include "events/codec/catalog.h"

namespace kontor::questions {
namespace {

using Reasons = std::vector<std::unique_ptr<wire::WhyReasonT>>;

void fill_reasons(const Book& book, const Grounds& grounds, Reasons& out) {
  const BookNames names(book);
  for (const ReasonText& reason : read_grounds(grounds, names)) {
    auto& row = add_row(out);
    row.reason = reason.reason;
    row.outcome = reason.outcome;
    row.subject = reason.subject;
    row.name = reason.name;
    row.line = reason.line;
    row.found = reason.found;
    row.allowed = reason.allowed;
    row.unit = reason.unit;
    row.currency = reason.currency;
    row.rule_version = reason.rule;
    row.evidence = reason.evidence;
    const RuleVersion* const rule = book.rules().version_at(Sequence{reason.rule});
    if (rule == nullptr) continue;
    row.rule = book.rules().name(rule->rule);
    row.sentence = rule_sentence(book, *rule);
  }
}

// Causes as an event would say them.
void fill_reasons(const Book& book, const Causes& causes, Reasons& out) {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(causes.write(builder));
  fill_reasons(book, *flatbuffers::GetRoot<Grounds>(builder.GetBufferPointer()), out);
}

// The event at a sequence, of a decision in the log.
template <class Event>
const Event* event_at(const AlignedBuffer& decision, std::uint64_t sequence) {
  const Event* found = nullptr;
  if (decision.empty()) return found;
  DecisionView(decision.data()).for_each_event([&](const EventView& event) {
    const bool is_it = event.sequence.value() == sequence && event.header.kind == number_of<Event>;
    if (is_it && verify_event(event.header.kind, event.body)) {
      found = flatbuffers::GetRoot<Event>(event.body.data());
    }
  });
  return found;
}

template <class Event>
void fill_grounds(const Book& book, const Event* event, Reasons& out, std::uint32_t& more) {
  if (event == nullptr || event->grounds() == nullptr) return;
  fill_reasons(book, *event->grounds(), out);
  more = event->grounds()->more();
}

class WhyQuestion final : public HistoryQuestion {
 public:
  WhyQuestion(Query query, const Views* views) : query_(std::move(query)), views_(views) {}

  std::optional<Answered> begin(const Book& book) override {
    if (const Order* const order = book.orders().find(query_.name)) {
      ask_about(book.orders(), book.deposits(), *order);
      return std::nullopt;
    }
    if (const std::uint64_t settled = book.find_document(SettledKind::kOrder, query_.name);
        settled != 0) {
      const StreamReader::Range range{
          {book.number(), StreamKind::kOrder, settled}, Sequence{settled}, book.last_sequence()};
      settled_ = std::make_unique<DocumentReader<PastOrder>>("order", range, views_, PastOrder{});
      order_.ref = settled;
      return std::nullopt;
    }
    const KnownOutcome* outcome = book.outcomes().find(outcome_key(0, query_.name));
    if (outcome == nullptr) {  // a day the server opened, or work it did by itself
      outcome = book.outcomes().find(outcome_key(kServerPrincipal, query_.name));
    }
    if (outcome == nullptr) {
      return refused(StatusCode::kNotFound, "there is no order '" + query_.name +
                                                "', and no command has this id; `kontor list "
                                                "orders` shows the orders there are");
    }
    command_.sequence = outcome->first_sequence;
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (settled_) {
      const Result<bool> done = settled_->step(log);
      if (!done.ok()) return done.error();
      if (!*done) return Slice::kAgain;
      const Orders& orders = settled_->past().orders;
      ask_about(orders, settled_->past().deposits, orders.get(OrderRef{order_.ref}));
      settled_.reset();
    }
    for (FoundDecision* const wanted : {&asked_, &held_, &failed_, &deposit_, &command_}) {
      if (wanted->sequence == 0) continue;
      Result<AlignedBuffer> decision = log.decision_at(book, Sequence{wanted->sequence});
      if (!decision) return decision.error();
      wanted->bytes = std::move(*decision);
    }
    return Slice::kFinished;
  }

  Answered render(const Book& book) override {
    wire::WhyAnswerT out;
    if (command_.sequence != 0) {
      explain_command(book, out);
      return answered(out);
    }
    // It may have left since, or have been settled before: then it is as it was found.
    const Order* const now = book.orders().find(OrderRef{order_.ref});
    const Order& order = now != nullptr ? *now : order_;
    out.order = query_.name;
    out.state = now != nullptr ? state_of(book.orders(), book.deposits(), order) : state_;
    out.says = "order " + query_.name + " is " + std::string(state_word(out.state));
    if (asked_.sequence != 0) explain_approval(book, order, out);
    if (order.failed_at != 0 && order.failed_at == failed_.sequence) explain_failure(book, out);
    // It may have been released, or held anew, since the first step: then the reasons are not
    // those.
    if (order.held_at != 0 && order.held_at == held_.sequence) explain_hold(book, order, out);
    if (now != nullptr) explain_deposit(book, order, out);
    if (now != nullptr) add_remedies(book, order, out);
    return answered(out);
  }

 private:
  struct FoundDecision {
    std::uint64_t sequence = 0;  // 0: not wanted
    AlignedBuffer bytes;
  };

  void ask_about(const Orders& orders, const Deposits& deposits, const Order& order) {
    order_ = order;
    state_ = state_of(orders, deposits, order);
    const Deposit* const deposit = deposits.find(OrderRef{order.ref});
    if (deposit != nullptr) deposit_.sequence = deposit->asked_at.value();
    asked_.sequence = order.asked_at;
    held_.sequence = order.held_at;
    failed_.sequence = order.failed_at;
  }

  void explain_approval(const Book& book, const Order& order, wire::WhyAnswerT& out) const {
    out.approval = std::make_unique<wire::WhyApprovalT>();
    wire::WhyApprovalT& approval = *out.approval;
    approval.asked_at = asked_.sequence;
    fill_grounds(book, event_at<ApprovalRequested>(asked_.bytes, asked_.sequence), approval.reasons,
                 approval.more);
    const ApprovalRequest* const request = book.approvals().find(OrderRef{order.ref});
    approval.waits = request != nullptr;
    if (request == nullptr) return;
    ApprovalGroups groups = read_groups(book, *request);
    approval.votes = std::move(groups.votes);
    std::string who;
    for (const auto& group : groups.groups) {
      if (!group->open) continue;
      for (const std::string& person : group->may)
        who += (who.empty() ? "" : ", ") + person;
    }
    out.says += ": " + (who.empty() ? "nobody" : who) + " may approve it (tier " +
                std::to_string(groups.open_tier) + ")";
    approval.groups = std::move(groups.groups);
  }

  void explain_failure(const Book& book, wire::WhyAnswerT& out) const {
    out.failure = std::make_unique<wire::WhyFailureT>();
    out.failure->failed_at = failed_.sequence;
    fill_grounds(book, event_at<OrderFailed>(failed_.bytes, failed_.sequence), out.failure->reasons,
                 out.failure->more);
  }

  void explain_hold(const Book& book, const Order& order, wire::WhyAnswerT& out) const {
    out.hold = std::make_unique<wire::WhyHoldT>();
    wire::WhyHoldT& hold = *out.hold;
    const CompanyId payer{order.payer};
    const Account& account = book.credit().account(payer);
    hold.held_at = held_.sequence;
    fill_grounds(book, event_at<OrderHeld>(held_.bytes, held_.sequence), hold.reasons, hold.more);
    hold.payer = name_of(book, "company", payer);
    hold.currency = account.currency.value();
    hold.exposure = account.exposure().value();
    const ScarceLimit limit = scarcest_limit(book, payer);
    const bool binds = is_set(limit.company) && limit.comparable;
    if (binds) {
      hold.limit_of = name_of(book, "company", limit.company);
      hold.limit = limit.limit.value();
      hold.exposure = saturated(limit.exposure).value();
      hold.available = saturated(limit.room()).value();
    }
    const auto held = account.held().find(order.ref);
    if (held == account.held().end()) return;
    hold.need = held->second.need.value();
    hold.credit_only = held->second.credit_only;
    hold.forced = held->second.forced;
    hold.moment = held->second.moment;
  }

  // Only while something of it lacks.
  void explain_deposit(const Book& book, const Order& order, wire::WhyAnswerT& out) const {
    const Minor lacks = lacking_deposit(book, order);
    if (lacks == Minor{0}) return;
    const Deposit& deposit = *book.deposits().find(OrderRef{order.ref});
    out.deposit = std::make_unique<wire::WhyDepositT>();
    out.deposit->asked_at = deposit.asked_at.value();
    out.deposit->percent = deposit.percent.value();
    out.deposit->currency = order.currency;
    out.deposit->asked = deposit.asked.value();
    out.deposit->received = deposit.received().value();
    out.deposit->outstanding = lacks.value();
    if (deposit.asked_at.value() == deposit_.sequence) {  // else it was asked anew meanwhile
      fill_grounds(book, event_at<DepositRequested>(deposit_.bytes, deposit_.sequence),
                   out.deposit->reasons, out.deposit->more);
    }
    const CurrencyCode currency{order.currency};
    out.says += ": of a deposit of " + format_money(deposit.asked, currency) + ", " +
                format_money(lacks, currency) + " is not there yet";
  }

  static void add_remedies(const Book& book, const Order& order, wire::WhyAnswerT& out) {
    const bool held = out.hold != nullptr;
    const bool asked = out.approval != nullptr && out.approval->waits;
    const bool failed = out.failure != nullptr;
    if (!held && !asked && !failed && !out.deposit) return;
    RemedyRows rows(book, CurrencyCode{order.currency});
    if (held) {
      rows.add_hold(order, out.hold->forced);
      fill_reasons(book, rows.reasons(), out.hold->reasons_now);
      say_what_releases(*out.hold, rows.payment(), out.says);
    } else if (failed) {
      rows.add(FailedOrderWaits(book, order));
      fill_reasons(book, rows.reasons(), out.failure->reasons_now);
      out.says += rows.reasons().empty() ? ": RetryOrder takes it up again"
                                         : ": RetryOrder tries it again once its reasons are gone";
    }
    if (asked) rows.add_approvals(out.approval->groups);
    if (out.deposit) rows.add_deposit(order, Minor{out.deposit->outstanding});
    rows.finish(out);
  }

  // payment: the smallest that releases it.
  static void say_what_releases(wire::WhyHoldT& hold, std::optional<Minor> payment,
                                std::string& says) {
    if (hold.forced) {
      says += ": only a person releases it";
      return;
    }
    if (!hold.credit_only || hold.limit_of.empty()) return;
    const CurrencyCode currency{hold.currency};
    const auto money = [&](std::int64_t amount) { return format_money(Minor{amount}, currency); };
    const Minor over = saturated(Int128{hold.exposure} + hold.need - hold.limit);
    const std::string of_whom = hold.limit_of == hold.payer ? "" : " of " + hold.limit_of;
    says += ": exposure " + money(hold.exposure) + " and its own " + money(hold.need) + " are ";
    if (over <= Minor{0}) {
      hold.missing = 0;
      says += "within the limit of " + money(hold.limit) + of_whom;
      return;
    }
    says += money(over.value()) + " over the limit of " + money(hold.limit) + of_whom;
    if (!payment) return;
    hold.missing = payment->value();
    says += "; a payment of " + money(payment->value()) + " releases it";
  }

  void explain_command(const Book& book, wire::WhyAnswerT& out) const {
    const DecisionView decision(command_.bytes.data());
    out.command = std::make_unique<wire::WhyCommandT>();
    wire::WhyCommandT& command = *out.command;
    command.id = query_.name;
    command.command = command_name(decision.header().command_kind);
    command.done = !decision.refused();
    command.position = command_.sequence;
    command.recorded_at = decision.header().recorded_at;
    decision.for_each_event([&](const EventView& event) {
      command.events.emplace_back(event_name(event.header.kind));
    });
    fill_grounds(book, event_at<CommandRefused>(command_.bytes, command_.sequence), command.reasons,
                 command.more);
    out.says = "command " + query_.name + " (" + command.command + ") was " +
               (command.done ? "done" : "refused");
    if (!command.done) explain_refused_order(book, decision, out);
  }

  // What the same order would wait for now.
  static void explain_refused_order(const Book& book, const DecisionView& decision,
                                    wire::WhyAnswerT& out) {
    const bool places = decision.header().command_kind == number_of<PlaceOrder>;
    if (!places || !verify_command(number_of<PlaceOrder>, decision.command())) return;
    const auto& command = *flatbuffers::GetRoot<PlaceOrder>(decision.command().data());
    const RefusedOrderWaits waiting(book, command, decision.actor());
    RemedyRows rows(book, waiting.facts().currency);
    rows.add(waiting);
    fill_reasons(book, rows.reasons(), out.command->reasons_now);
    if (rows.reasons().empty()) out.says += "; by now it would be placed";
    rows.finish(out);
  }

  Query query_;
  const Views* views_;
  std::unique_ptr<DocumentReader<PastOrder>> settled_;  // until it is read
  FoundDecision asked_;
  FoundDecision held_;
  FoundDecision failed_;
  FoundDecision deposit_;
  FoundDecision command_;
  Order order_;  // as it was found
  wire::OrderState state_{};
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_why_question(Query query, const Views* views) {
  return std::make_unique<WhyQuestion>(std::move(query), views);
}

}  // namespace kontor::questions
