#include "engine/gather.h"

#include "order_generated.h"

#include "events/base/mark.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "projections/fold.h"
#include "projections/views/timeline.h"

namespace kontor {
namespace {

constexpr std::size_t kPositionsAtOnce = 256;

Sequence last_of(const DecisionView& decision) {
  return Sequence{decision.header().first_sequence + decision.header().event_count - 1};
}

// Whether the event is the order's birth or names it as its order.
bool is_of(const EventView& event, OrderRef order) {
  if (event.sequence.value() == order.value()) return true;
  bool named = false;
  for_each_reference(event.header.kind, event.body, [&](std::string_view kind, std::uint64_t ref) {
    named = named || (ref == order.value() && kind == "order");
  });
  return named;
}

void fold(const DecisionView& decision, const EventView& event, PastOrder& past) {
  const DecisionHeader& header = decision.header();
  fold_past(past,
            {event.sequence, Timestamp{header.recorded_at}, Date{header.effective_date},
             Date{header.business_date}},
            event);
}

Error not_settled(const Book& book, OrderRef order) {
  return {ErrorKind::kCorrupt, "the events of the order born at " + std::to_string(order.value()) +
                                   " of book " + std::to_string(book.number().value()) +
                                   " do not add up to a settled one; run kontor verify"};
}

}  // namespace

Result<std::string> Gatherer::name_at(BookNumber book, OrderRef birth) const {
  const Sequence position{birth.value()};
  const auto bytes = log_.decision_at(book, position);
  if (!bytes.ok()) return bytes.error();
  std::string name;
  Status sound;
  DecisionView(bytes->data()).for_each_event([&](const EventView& event) {
    if (event.sequence != position || event.header.kind != number_of<OrderPlaced>) return;
    sound = check_event(book, event);
    if (sound.ok()) name = view(flatbuffers::GetRoot<OrderPlaced>(event.body.data())->order());
  });
  if (!sound.ok()) return sound.error();
  return name;
}

std::string Gatherer::order_name(BookNumber book, OrderRef birth) const {
  const auto name = name_at(book, birth);
  return name.ok() ? *name : std::string{};
}

Result<std::optional<Gatherer::Found>> Gatherer::find(const Book& book,
                                                      const NamedOrder& order) const {
  const SettledDocuments& settled = book.orders().settled();
  std::string name(order.name);
  if (order.birth.value() != 0) {
    auto told = name_at(book.number(), order.birth);
    if (!told.ok()) return told.error();
    name = std::move(*told);
  }
  for (const SettledDocuments::Entry& entry : settled.find(name)) {
    const OrderRef birth{entry.birth};
    if (order.birth.value() != 0 && birth != order.birth) continue;
    const auto told = name_at(book.number(), birth);
    if (!told.ok()) return told.error();
    if (*told == name) return std::optional(Found{birth, name, entry.reopened});
  }
  return std::optional<Found>{};
}

Result<std::unique_ptr<PastOrder>> Gatherer::gather(const Book& book, const Found& order) const {
  const auto is_settled = [&](const PastOrder& past) {
    const Order* const folded = past.orders.find(order.birth);
    return folded != nullptr && past.orders.is_settled(*folded);
  };
  auto past = fold_by_timeline(book, order);
  if (past != nullptr && is_settled(*past)) return past;
  auto read = fold_by_reading(book, order);
  if (!read.ok()) return read.error();
  if (!is_settled(**read)) return not_settled(book, order.birth);
  return std::move(*read);
}

// A settled order has no event behind `settled_by`: a timeline that goes so far knows all of them.
std::unique_ptr<PastOrder> Gatherer::fold_by_timeline(const Book& book, const Found& order) const {
  if (views_ == nullptr) return nullptr;
  const auto timeline = views_->open("timeline");
  if (!timeline.ok()) return nullptr;
  const Sequence end = book.orders().settled_by(book.last_sequence());
  const auto reaches = (*timeline)->position(book.number());
  if (!reaches.ok() || *reaches < end) return nullptr;
  auto past = std::make_unique<PastOrder>();
  const StreamId stream{book.number(), StreamKind::kOrder, order.birth.value()};
  Sequence from{order.birth.value()};
  while (true) {
    const auto positions = read_timeline(**timeline, stream, from, end, kPositionsAtOnce);
    if (!positions.ok()) return nullptr;
    for (const Sequence position : *positions) {
      // Its birth comes first, or the timeline is not of this log.
      const bool is_birth = position.value() == order.birth.value();
      if (is_birth != (past->orders.find(order.birth) == nullptr)) return nullptr;
      if (!fold_at(book.number(), position, *past).ok()) return nullptr;
      from = Sequence{position.value() + 1};
    }
    if (positions->size() < kPositionsAtOnce) break;
  }
  return past;
}

Status Gatherer::fold_at(BookNumber book, Sequence position, PastOrder& past) const {
  const auto bytes = log_.decision_at(book, position);
  if (!bytes.ok()) return bytes.error();
  const DecisionView decision(bytes->data());
  Status sound;
  decision.for_each_event([&](const EventView& event) {
    if (event.sequence != position) return;
    sound = check_event(book, event);
    if (sound.ok()) fold(decision, event, past);
  });
  return sound;
}

// Where it left for the first time is where the rule says so; one that was reopened may have events
// anywhere up to `settled_by`.
Result<std::unique_ptr<PastOrder>> Gatherer::fold_by_reading(const Book& book,
                                                             const Found& order) const {
  auto past = std::make_unique<PastOrder>();
  const Sequence end = book.orders().settled_by(book.last_sequence());
  const std::uint64_t kept = book.last_sequence().value() - end.value();
  Status sound;
  const auto visit = [&](const DecisionView& decision) {
    decision.for_each_event([&](const EventView& event) {
      if (!sound.ok() || event.sequence.value() < order.birth.value()) return;
      sound = check_event(book.number(), event);
      if (sound.ok() && is_of(event, order.birth)) fold(decision, event, *past);
    });
    if (!sound.ok() || last_of(decision) >= end) return false;
    const Order* const folded = past->orders.find(order.birth);
    const bool left = !order.reopened && folded != nullptr && past->orders.is_settled(*folded) &&
                      folded->touched_at + kept <= last_of(decision).value();
    return !left;
  };
  const Status read = log_.scan(book.number(), Sequence{order.birth.value()}, visit);
  if (!read.ok()) return read.error();
  if (!sound.ok()) return sound.error();
  KONTOR_MARK("a settled order gathered by reading on from its birth");
  return past;
}

}  // namespace kontor
