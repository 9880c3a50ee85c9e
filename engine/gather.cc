#include "engine/gather.h"

#include "events/base/mark.h"
#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "projections/births.h"
#include "projections/fold.h"
#include "projections/views/documents.h"
#include "projections/views/timeline.h"

namespace kontor {
namespace {

constexpr std::size_t kPositionsAtOnce = 256;

Sequence last_of(const DecisionView& decision) {
  return Sequence{decision.header().first_sequence + decision.header().event_count - 1};
}

// Whether the event is the document's birth or names it.
bool is_of(const EventView& event, const Gatherer::Found& document) {
  if (event.sequence.value() == document.birth) return true;
  const std::string_view word = word_of(document.kind);
  bool named = false;
  for_each_reference(event.header.kind, event.body, [&](std::string_view kind, std::uint64_t ref) {
    named = named || (ref == document.birth && kind == word);
  });
  return named;
}

void fold(const DecisionView& decision, const EventView& event, PastDocument& past) {
  const DecisionHeader& header = decision.header();
  fold_past(past,
            {event.sequence, Timestamp{header.recorded_at}, Date{header.effective_date},
             Date{header.business_date}},
            event);
}

Error not_settled(BookNumber book, const Gatherer::Found& document) {
  return {ErrorKind::kCorrupt, "the events of the " + std::string(word_of(document.kind)) +
                                   " born at " + std::to_string(document.birth) + " of book " +
                                   std::to_string(book.value()) +
                                   " do not add up to a settled one; run kontor verify"};
}

DocumentKind document_kind(SettledKind kind) {
  switch (kind) {
    case SettledKind::kOrder:
      return DocumentKind::kOrder;
    case SettledKind::kInvoice:
      return DocumentKind::kInvoice;
    case SettledKind::kPayment:
      return DocumentKind::kPayment;
    case SettledKind::kCreditNote:
      break;
  }
  return DocumentKind::kCreditNote;
}

StreamKind stream_of(SettledKind kind) {
  const auto stream = stream_kind(word_of(kind));
  KONTOR_ASSERT(stream.has_value());
  return *stream;
}

}  // namespace

Result<std::string> Gatherer::name_at(BookNumber book, SettledKind kind,
                                      std::uint64_t birth) const {
  const Sequence position{birth};
  const auto bytes = log_.decision_at(book, position);
  if (!bytes.ok()) return bytes.error();
  std::string name;
  Status sound;
  DecisionView(bytes->data()).for_each_event([&](const EventView& event) {
    if (event.sequence != position) return;
    sound = check_event(book, event);
    if (!sound.ok()) return;
    const auto born = birth_in(event);
    if (born && born->kind == kind) name = born->name;
  });
  if (!sound.ok()) return sound.error();
  return name;
}

std::string Gatherer::name_of(BookNumber book, SettledKind kind, std::uint64_t birth) const {
  const auto name = name_at(book, kind, birth);
  return name.ok() ? *name : std::string{};
}

// ---- by name ------------------------------------------------------------------------------------

std::uint64_t Gatherer::birth_of(BookNumber book, SettledKind kind, std::string_view name,
                                 Sequence end) const {
  const auto birth = find_birth(book, kind, name, end);
  return birth.ok() ? *birth : 0;
}

Result<std::optional<Gatherer::Found>> Gatherer::find(const Book& book,
                                                      const NamedDocument& document,
                                                      Sequence end) const {
  Found found{document.kind, document.birth, std::string(document.name), false};
  if (found.birth == 0) {
    const auto birth = find_birth(book.number(), document.kind, document.name, end);
    if (!birth.ok()) return birth.error();
    if (*birth == 0) return std::optional<Found>{};
    found.birth = *birth;
  } else {
    auto name = name_at(book.number(), document.kind, document.birth);
    if (!name.ok()) return name.error();
    found.name = std::move(*name);
  }
  found.reopened = book.settled(found.kind).left_again(found.name, found.birth);
  return std::optional(std::move(found));
}

Result<std::uint64_t> Gatherer::find_birth(BookNumber book, SettledKind kind, std::string_view name,
                                           Sequence end) const {
  const Known known = find_in_view(book, kind, name);
  if (known.birth != 0 || known.to >= end) return known.birth;
  if (recently_left_.knows_behind(book, known.to) &&
      !recently_left_.has_behind(book, known.to, kind, name)) {
    return std::uint64_t{0};  // it only seemed to have left
  }
  if (Status read = read_births(book, known.to, end); !read.ok()) return read.error();
  for (const std::uint64_t birth :
       births_[book].by_kind.at(static_cast<std::size_t>(kind)).find(name)) {
    const auto told = name_at(book, kind, birth);
    if (!told.ok()) return told.error();
    if (*told == name) return birth;
  }
  return std::uint64_t{0};
}

// What the view says is looked at in the log, which alone is the truth. A view that cannot be read
// knows nothing.
Gatherer::Known Gatherer::find_in_view(BookNumber book, SettledKind kind,
                                       std::string_view name) const {
  if (views_ == nullptr) return {};
  const auto documents = views_->open("documents");
  if (!documents.ok()) return {};
  const auto birth = find_document_birth(**documents, book, document_kind(kind), name);
  const auto reaches = (*documents)->position(book);
  if (!birth.ok() || !reaches.ok()) return {};
  if (*birth == 0) return {0, *reaches};
  const auto told = name_at(book, kind, *birth);
  return told.ok() && *told == name ? Known{*birth, *reaches} : Known{};
}

// Those that the view has come to know are let go.
Status Gatherer::read_births(BookNumber book, Sequence behind, Sequence end) const {
  Births& births = births_[book];
  if (behind < births.behind || behind >= births.read_to) births = Births{behind, behind, {}};
  if (births.read_to >= end) return {};
  KONTOR_MARK("the births of documents read from the log, as no view has them");
  const Sequence from{births.read_to.value() + 1};
  Status sound;
  const Status read = log_.scan(book, from, [&](const DecisionView& decision) {
    decision.for_each_event([&](const EventView& event) {
      if (!sound.ok() || event.sequence < from) return;
      sound = check_event(book, event);
      const auto born = sound.ok() ? birth_in(event) : std::nullopt;
      if (!born) return;
      births.by_kind.at(static_cast<std::size_t>(born->kind))
          .add(born->name, event.sequence.value());
    });
    if (sound.ok()) births.read_to = last_of(decision);
    return sound.ok() && births.read_to < end;
  });
  return read.ok() ? sound : read;
}

// ---- what it was --------------------------------------------------------------------------------

Result<std::unique_ptr<PastDocument>> Gatherer::gather(const Book& book, const Found& document,
                                                       Sequence end) const {
  auto past = fold_by_timeline(book.number(), document, end);
  if (past != nullptr && standing_of(*past, document.birth).settled) return past;
  auto read = fold_by_reading(book, document, end);
  if (!read.ok()) return read.error();
  const PastStanding standing = standing_of(**read, document.birth);
  if (!standing.born || !standing.settled) return not_settled(book.number(), document);
  return std::move(*read);
}

// It was not touched behind `end`, though the decision that did it last may say more of it behind
// that event (what it gave back to budgets): a timeline that goes so far knows all its events.
std::unique_ptr<PastDocument> Gatherer::fold_by_timeline(BookNumber book, const Found& document,
                                                         Sequence end) const {
  if (views_ == nullptr) return nullptr;
  const auto timeline = views_->open("timeline");
  if (!timeline.ok()) return nullptr;
  const auto decision = log_.decision_at(book, end);
  if (!decision.ok()) return nullptr;
  const Sequence last = last_of(DecisionView(decision->data()));
  const auto reaches = (*timeline)->position(book);
  if (!reaches.ok() || *reaches < last) return nullptr;
  auto past = std::make_unique<PastDocument>(make_past(document.kind, document.birth));
  const StreamId stream{book, stream_of(document.kind), document.birth};
  Sequence from{document.birth};
  while (true) {
    const auto positions = read_timeline(**timeline, stream, from, last, kPositionsAtOnce);
    if (!positions.ok()) return nullptr;
    for (const Sequence position : *positions) {
      // Its birth comes first, or the timeline is not of this log.
      const bool is_birth = position.value() == document.birth;
      if (is_birth == standing_of(*past, document.birth).born) return nullptr;
      if (!fold_at(book, position, *past).ok()) return nullptr;
      from = Sequence{position.value() + 1};
    }
    if (positions->size() < kPositionsAtOnce) break;
  }
  return standing_of(*past, document.birth).born ? std::move(past) : nullptr;
}

Status Gatherer::fold_at(BookNumber book, Sequence position, PastDocument& past) const {
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
// anywhere up to `end`. Nothing leaves with a decision that brings something back.
Result<std::unique_ptr<PastDocument>> Gatherer::fold_by_reading(const Book& book,
                                                                const Found& document,
                                                                Sequence end) const {
  auto past = std::make_unique<PastDocument>(make_past(document.kind, document.birth));
  const std::uint64_t kept = book.orders().settled_kept();
  Status sound;
  const auto visit = [&](const DecisionView& decision) {
    decision.for_each_event([&](const EventView& event) {
      if (!sound.ok() || event.sequence.value() < document.birth) return;
      sound = check_event(book.number(), event);
      if (sound.ok() && is_of(event, document)) fold(decision, event, *past);
    });
    if (!sound.ok() || last_of(decision) >= end) return false;
    if (document.reopened || decision.header().command_kind == number_of<ReopenDocument>)
      return true;
    const PastStanding standing = standing_of(*past, document.birth);
    const bool left = standing.born && standing.settled &&
                      standing.touched_at + kept <= last_of(decision).value();
    return !left;
  };
  const Status read = log_.scan(book.number(), Sequence{document.birth}, visit);
  if (!read.ok()) return read.error();
  if (!sound.ok()) return sound.error();
  KONTOR_MARK("a settled document gathered by reading on from its birth");
  return past;
}

}  // namespace kontor
