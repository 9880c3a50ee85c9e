#include "projections/credit_moves.h"

#include "events/codec/bodies.h"
#include "events/codec/catalog.h"
#include "projections/fold.h"

namespace kontor {
namespace {

// Every event whose table has moves; the catalogue's list, so that none is forgotten.
template <class Event>
constexpr bool kCarriesMoves = requires(const Event& event) {
  event.moves();
};

template <class Event>
std::span<const CreditMove> moves_in(std::span<const std::byte> body) {
  if constexpr (kCarriesMoves<Event>) {
    return run(flatbuffers::GetRoot<Event>(body.data())->moves());
  } else {
    return {};
  }
}

}  // namespace

std::span<const CreditMove> moves_of(const EventView& event) {
  switch (event.header.kind) {
#define KONTOR_MOVES(Name, number) \
  case number:                     \
    return moves_in<Name>(event.body);
    KONTOR_EVENTS(KONTOR_MOVES)
#undef KONTOR_MOVES
    default:
      return {};
  }
}

bool carries_moves(std::uint16_t event_kind) {
  switch (event_kind) {
#define KONTOR_CARRIES(Name, number) \
  case number:                       \
    return kCarriesMoves<Name>;
    KONTOR_EVENTS(KONTOR_CARRIES)
#undef KONTOR_CARRIES
    default:
      return false;
  }
}

}  // namespace kontor
