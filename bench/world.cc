#include "bench/world.h"

#include <array>
#include <optional>

#include "events/base/assert.h"
#include "events/codec/catalog.h"

namespace kontor::bench {
namespace {

constexpr std::uint16_t kEuro = 978;
constexpr std::size_t kPageDecisions = 1'000;

Kept keep(const cli::Bodies::Body body, std::string id, std::string actor, std::uint16_t kind) {
  return Kept{std::move(id), std::move(actor), kind, AlignedBuffer(body)};
}

}  // namespace

CommandInput Kept::input() const {
  CommandInput input;
  input.id = id;
  input.actor = actor;
  input.kind = kind;
  input.body = body.bytes();
  return input;
}

World::World(std::size_t companies) : parties_(companies, 1'000), chains_(2) {
  chains_[1].book = BookNumber{1};
  set_up();
}

void World::begin(PageBuilder& page) const {
  const Book& book = *books_.find(BookNumber{1});
  page.begin(book.number(), Sequence{book.last_sequence().value() + 1});
}

void World::decide(PageBuilder& page, const Kept& command) {
  Book& into = *books_.find(page.book());
  const Decided decided =
      decider_.decide(into, page, command.input(), Timestamp{clock_ns_ += 1'000}, 0);
  KONTOR_ASSERT(decided.status == StatusCode::kDone);
}

void World::commit(PageBuilder& page) {
  stamp_.number = CommitNumber{stamp_.number.value() + 1};
  PageChain& chain = chains_[page.book().value()];
  const std::array<CommitPage, 1> pages{CommitPage{&page, &chain}};
  AlignedBuffer scratch;
  const std::span<const std::byte> bytes = seal_commit(pages, stamp_, scratch);
  const Status appended = log_.append(stamp_.epoch, CommitNumber{stamp_.number.value() - 1}, bytes);
  KONTOR_ASSERT(appended.ok());
  chain.durable_watermark = chain.last_sequence;
  page.clear();
}

// Book 0 registers the book, then the book opens itself, as the engine does it.
void World::open_book() {
  cli::Bodies bodies;
  const Kept open = keep(bodies.open_book("bench", "DE", CurrencyCode{kEuro}, kNoDate), "open",
                         "clerk", number_of<OpenBook>);
  PageBuilder page;
  page.begin(BookNumber{0}, Sequence{1});
  decide(page, open);
  commit(page);
  books_.add();
  begin(page);
  decide(page, open);
  commit(page);
}

void World::set_up() {
  open_book();
  cli::BenchSetup setup(parties_);
  PageBuilder page;
  begin(page);
  CommandToSend next;
  while (setup.next(next)) {
    decide(page, Kept{std::string(next.id), std::string(next.actor), next.kind,
                      AlignedBuffer(next.body)});
    if (page.decisions() < kPageDecisions) continue;
    commit(page);
    begin(page);
  }
  if (!page.empty()) commit(page);
}

std::vector<Kept> World::make(Work work, std::uint64_t units) {
  cli::WorkloadOptions options;
  options.connection = makes_++;
  options.units_max = units;
  const auto source = work == Work::kPayments ? cli::make_payments(parties_, options)
                                              : cli::make_lifecycles(parties_, options);
  std::vector<Kept> out;
  CommandToSend next;
  while (source->next(next)) {
    if (work == Work::kOrders && next.kind != number_of<PlaceOrder>) continue;
    out.push_back(
        Kept{std::string(next.id), std::string(next.actor), next.kind, AlignedBuffer(next.body)});
  }
  return out;
}

}  // namespace kontor::bench
