// Step: one decision being made. It holds the book, what the command says about itself, and the
// page the decision is written to. A handler reads the book, refuses with all its reasons, or emits
// events; an event is applied to the book as it is emitted, and after the first one nothing can be
// refused.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "reasons_generated.h"

#include "engine/job.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"
#include "events/log/page_builder.h"
#include "projections/book.h"

namespace kontor {

struct Gathered;

// One cause, before it becomes a wire Reason. name: what the subject is called.
struct Cause {
  ReasonCode code{};
  Subject subject_kind = Subject::none;
  std::uint64_t subject = 0;
  std::string name;
  std::uint32_t line = 0;
  std::int64_t found = 0;
  std::int64_t allowed = 0;
  Unit unit = Unit::none;
  CurrencyCode currency;
  Sequence rule;  // version; 0: built in
  Outcome outcome = Outcome::refuse;
  std::vector<Sequence> evidence;  // positions the numbers came from
};

// At most limits::kReasonsMax causes, and how many more there were.
class Causes {
 public:
  void add(Cause cause);
  bool empty() const { return list_.empty(); }
  const std::vector<Cause>& list() const { return list_; }
  flatbuffers::Offset<Grounds> write(flatbuffers::FlatBufferBuilder& out) const;

 private:
  std::vector<Cause> list_;
  std::uint32_t more_ = 0;
};

struct Context {
  Timestamp recorded_at;
  Date effective_date;
  Date business_date;
  std::string_view actor;   // may be empty: the principal itself
  std::string_view reason;  // may be empty
  std::uint32_t principal = 0;
  std::uint64_t expected_version = kAnyVersion;
  const Gathered* gathered = nullptr;  // of ReopenDocument: what it brings back
};

class Step {
 public:
  Step(Book& book, PageBuilder& page, flatbuffers::FlatBufferBuilder& builder,
       const Context& context)
      : book_(book), context_(context), to_{&book, &page, &builder} {}
  // Only looks: collects what would be refused, and never emits.
  Step(const Book& book, const Context& context) : book_(book), context_(context) {}
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  const Book& book() const { return book_; }
  const Context& context() const { return context_; }
  std::string_view actor_name() const {
    return context_.actor.empty() ? std::string_view("local") : context_.actor;
  }

  // Only before the first emit; asserts that.
  void refuse(Cause cause);
  bool refused() const { return !refusals_.empty(); }
  const Causes& refusals() const { return refusals_; }

  // Looks at the same position, in the middle of a decision too: collects what would be refused
  // now, and never emits.
  Step look() const { return {book_, context_}; }

  // Builds an event with build(FlatBufferBuilder&) -> Offset<Event>, writes it behind the others,
  // applies it to the book. reference: the document or ordinal it is about; 0: it is a birth.
  template <class Event, class Build>
  Sequence emit(std::uint64_t reference, Build build) {
    KONTOR_ASSERT(to_.page != nullptr);
    to_.builder->Clear();
    to_.builder->Finish(flatbuffers::Offset<Event>(build(*to_.builder)));
    const std::byte* const body = write_event(number_of<Event>, reference);
    const Envelope by{next_sequence(), context_.recorded_at, context_.effective_date,
                      context_.business_date};
    to_.book->apply(by, *flatbuffers::GetRoot<Event>(body));
    return by.sequence;
  }

  // Writes what was refused as the decision's only event. Asserts that something was.
  void emit_refusal();

  std::uint32_t event_count() const { return events_; }
  // Of the decision so far. Work that can go on in another decision stops at half of what one may
  // have: what one order adds is less than the other half.
  std::size_t bytes() const { return to_.page->buffer().size() - to_.page->decision_begin(); }
  bool is_half_full() const { return bytes() > limits::kDecisionBytesMax / 2; }
  // Of the event that comes next.
  Sequence next_sequence() const { return Sequence{book_.last_sequence().value() + 1}; }

 private:
  const std::byte* write_event(std::uint16_t kind, std::uint64_t reference);

  // What is written to; nulls: it only looks.
  struct Target {
    Book* book = nullptr;
    PageBuilder* page = nullptr;
    flatbuffers::FlatBufferBuilder* builder = nullptr;
  };

  const Book& book_;
  Context context_;
  Target to_;
  Causes refusals_;
  std::uint32_t events_ = 0;
};

// FlatBuffers 2.0.8 wants the alignment of struct vectors said before they are built.
template <class T>
flatbuffers::Offset<flatbuffers::Vector<const T*>> structs(flatbuffers::FlatBufferBuilder& out,
                                                           const std::vector<T>& values) {
  if (values.empty()) return 0;
  out.ForceVectorAlignment(values.size(), sizeof(T), alignof(T));
  return out.CreateVectorOfStructs(values);
}
// The same of structs that make(index) gives, written where they will lie.
template <class T, class Make>
flatbuffers::Offset<flatbuffers::Vector<const T*>> structs(flatbuffers::FlatBufferBuilder& out,
                                                           std::size_t count, Make make) {
  if (count == 0) return 0;
  out.ForceVectorAlignment(count, sizeof(T), alignof(T));
  const auto fill = [](std::size_t i, T* place, Make* from) { *place = (*from)(i); };
  return out.CreateVectorOfStructs<T>(count, fill, &make);
}
inline flatbuffers::Offset<flatbuffers::String> text(flatbuffers::FlatBufferBuilder& out,
                                                     std::string_view value) {
  if (value.empty()) return 0;
  return out.CreateString(value.data(), value.size());
}

}  // namespace kontor
