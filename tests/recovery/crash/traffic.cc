#include "tests/recovery/crash/traffic.h"

#include "events/base/assert.h"
#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

constexpr std::size_t kCompanies = 60;
constexpr std::size_t kItems = 200;
constexpr std::size_t kOpenOrders = 48;
constexpr std::uint64_t kRefusedOneIn = 16;
constexpr std::uint64_t kSecondThoughtOneIn = 4;
constexpr std::uint64_t kPaymentOneIn = 4;

}  // namespace

std::uint64_t below(Random& random, std::uint64_t bound) {
  return random() % bound;
}

CommandToSend Kept::to_send() const {
  CommandToSend command;
  command.id = id;
  command.actor = actor;
  command.kind = kind;
  command.body = body;
  return command;
}

Kept keep(const CommandToSend& command, StatusCode expected) {
  return {.id = std::string(command.id),
          .actor = std::string(command.actor),
          .kind = command.kind,
          .body = {command.body.begin(), command.body.end()},
          .expected = expected};
}

Trade::Trade() : all(kCompanies, kItems), ordering(kCompanies / 2, kItems), paying(all) {
  const auto half = static_cast<std::ptrdiff_t>(kCompanies / 2);
  paying.companies.erase(paying.companies.begin(), paying.companies.begin() + half);
}

Traffic::Traffic(const Trade& trade, std::uint64_t seed, std::uint32_t connection)
    : random_(seed),
      prefix_("x" + std::to_string(connection) + "-"),
      second_thoughts_(trade.ordering.companies, trade.ordering.items,
                       "y" + std::to_string(connection) + "-") {
  cli::WorkloadOptions options;
  options.seed = seed;
  options.connection = connection;
  options.open_orders = kOpenOrders;
  orders_ = cli::make_lifecycles(trade.ordering, options);
  payments_ = cli::make_payments(trade.paying, options);
}

Kept Traffic::refused() {
  const std::string name = prefix_ + std::to_string(++refusals_);
  CommandToSend command;
  command.id = name;
  command.actor = "clerk";
  command.kind = number_of<AllocateOrder>;
  command.body = bodies_.allocate(name);  // no such order
  return keep(command, StatusCode::kRefused);
}

Kept Traffic::second_thought() {
  const CommandText& said = second_thoughts_.next();
  return {.id = said.id,
          .actor = said.actor,
          .kind = said.kind,
          .body = said.body,
          .expected = StatusCode::kDone};
}

Kept Traffic::next() {
  if (below(random_, kRefusedOneIn) == 0) return refused();
  if (below(random_, kSecondThoughtOneIn) == 0) return second_thought();
  CommandToSend command;
  const bool payment = below(random_, kPaymentOneIn) == 0;
  KONTOR_ASSERT((payment ? payments_ : orders_)->next(command));  // both are without end
  return keep(command, StatusCode::kDone);
}

}  // namespace kontor::test
