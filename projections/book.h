// Book: the deciding state of one book. Owns its projections, hands every event to each one that
// folds it, and gives the state's digest. Lives on the engine's thread (or on one replaying
// copy's).
//
// Running and replaying are the same calls: begin a decision, apply its events, end it.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/codec/decision.h"
#include "projections/approvals.h"
#include "projections/budgets.h"
#include "projections/calendar.h"
#include "projections/catalogue.h"
#include "projections/class_averages.h"
#include "projections/credit.h"
#include "projections/credit_notes.h"
#include "projections/deposits.h"
#include "projections/drafts.h"
#include "projections/envelope.h"
#include "projections/follow_up.h"
#include "projections/orders.h"
#include "projections/outcomes.h"
#include "projections/parties.h"
#include "projections/policies.h"
#include "projections/prefetch.h"
#include "projections/prices.h"
#include "projections/read_back.h"
#include "projections/receivables.h"
#include "projections/rules.h"
#include "projections/settled.h"
#include "projections/settlements.h"
#include "projections/sink.h"
#include "projections/staff.h"
#include "projections/stock.h"
#include "projections/terms.h"

namespace kontor {

template <class P, class E>
concept Folds = requires(P& projection, const Envelope& by, const E& event) {
  { projection.on(by, event) } -> std::same_as<void>;
};

class Book {
  using Parts = std::tuple<Parties, Catalogue, Prices, Policies, TermsBook, Rules, Stock, Orders,
                           Approvals, Credit, Receivables, CreditNotes, Settlements, Calendar,
                           Outcomes, Budgets, Staff, ClassAverages, Drafts, Deposits>;

 public:
  // What `save` writes, in order: where the book stands, then its projections, one each.
  static constexpr std::uint32_t kSections = 1 + std::tuple_size_v<Parts>;

  explicit Book(BookNumber number) : number_(number) {}
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  BookNumber number() const { return number_; }
  Sequence last_sequence() const { return last_sequence_; }
  Timestamp last_recorded() const { return last_recorded_; }

  // A decision starts: its id has an outcome from here on.
  void begin(const DecisionHeader& header, std::string_view id);
  // Its next event; body verified, sequence the next one of the book.
  template <class E>
  void apply(const Envelope& by, const E& event) {
    KONTOR_ASSERT(by.sequence.value() == last_sequence_.value() + 1);
    last_sequence_ = by.sequence;
    if constexpr (std::same_as<E, DocumentReopened>) reopens_ = true;
    std::apply([&](auto&... part) { (offer(part, by, event), ...); }, parts_);
  }
  // The same from bytes: routes by the event's kind. kNewer: a kind this version does not know.
  Status apply(const Envelope& by, const EventView& event);
  // The decision has no further events: what has been settled for long enough leaves. Not where
  // it brought a document back: all that the next command needs is there when that is decided.
  void end();
  // Asks memory for what replaying the decision will read first.
  void prefetch(const DecisionView& decision, Prefetch step) const;
  // A whole decision read from the log, whose structure and bodies were checked.
  Status replay(const DecisionView& decision);

  template <class P>
  const P& get() const {
    return std::get<P>(parts_);
  }
  const Parties& parties() const { return get<Parties>(); }
  const Catalogue& catalogue() const { return get<Catalogue>(); }
  const Prices& prices() const { return get<Prices>(); }
  const Policies& policies() const { return get<Policies>(); }
  const TermsBook& terms() const { return get<TermsBook>(); }
  const Rules& rules() const { return get<Rules>(); }
  const Stock& stock() const { return get<Stock>(); }
  const Orders& orders() const { return get<Orders>(); }
  const Approvals& approvals() const { return get<Approvals>(); }
  const Credit& credit() const { return get<Credit>(); }
  const Receivables& receivables() const { return get<Receivables>(); }
  const CreditNotes& credit_notes() const { return get<CreditNotes>(); }
  const Settlements& settlements() const { return get<Settlements>(); }
  const Calendar& calendar() const { return get<Calendar>(); }
  const Drafts& drafts() const { return get<Drafts>(); }
  const Deposits& deposits() const { return get<Deposits>(); }
  const Outcomes& outcomes() const { return get<Outcomes>(); }
  const Budgets& budgets() const { return get<Budgets>(); }
  const Staff& staff() const { return get<Staff>(); }
  const ClassAverages& class_averages() const { return get<ClassAverages>(); }

  // What is known of documents of that kind that left memory.
  const SettledDocuments& settled(SettledKind kind) const;
  bool has_settled() const;
  // The birth of the document in memory; 0: there is none.
  std::uint64_t find_in_memory(SettledKind kind, std::string_view name) const;
  bool is_in_memory(SettledKind kind, std::uint64_t birth) const;
  // The last event that may have touched a document that is not in memory any more.
  Sequence settled_by() const;

  // Oldest stock work first, then credit, rules of the day, requests that wait for people, runs.
  std::optional<FollowUp> next_follow_up() const;
  std::size_t follow_up_count() const;

  // Where names of documents that left are read; outlives the book. Without one they have none.
  void read_back_with(const ReadBack* source) { read_back_ = source; }
  // Who is told of documents that leave from now on; outlives the book.
  void tell_left(RecentlyLeft& recently);
  // The birth of the document, in memory or not; 0: there is none. For people.
  std::uint64_t find_document(SettledKind kind, std::string_view name) const;
  // The name of what `ref: "kind"` fields hold; nothing: no such kind or thing.
  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const;

  void save(Sink& out) const;
  Status load(Source& in);
  void save_section(std::uint32_t section, Sink& out) const;
  // Takes one section; several threads may take different ones. When all are there: check_loaded.
  Status load_section(std::uint32_t section, Source& in);
  // Whether the projections fit together: nothing that one names is missing from another.
  Status check_loaded() const;
  Digest digest() const;
  Status check_invariants() const;

 private:
  template <class P, class E>
  static void offer(P& projection, const Envelope& by, const E& event) {
    if constexpr (Folds<P, E>) projection.on(by, event);
  }
  Status check_references() const;
  bool drafts_fit() const;

  BookNumber number_;
  Sequence last_sequence_;
  Timestamp last_recorded_;
  Parts parts_;
  bool reopens_ = false;  // the decision at hand brought a document back
  const ReadBack* read_back_ = nullptr;
};

}  // namespace kontor
