#include "api/cli/bench_workload.h"

#include <algorithm>
#include <utility>

#include "events/base/assert.h"
#include "events/codec/catalog.h"

namespace kontor::cli {
namespace {

constexpr std::string_view kWarehouse = "main";
constexpr std::string_view kTaxCategory = "standard";
constexpr std::string_view kPriceList = "list";
constexpr std::string_view kApproverRole = "approver";
constexpr std::string_view kBuyerRole = "buyer";
constexpr std::string_view kClerk = "clerk";
constexpr Minor kOrderLimit{100};  // every order is above it: the rule each book begins with asks
constexpr Minor kCreditLimit{1'000'000'000'000};
constexpr Quantity kStock{900'000'000 * kQuantityUnit};
constexpr std::size_t kOrderLines = 3;
constexpr std::uint64_t kGeneralCommands = 3;
constexpr std::uint64_t kPerItem = 3;     // register, price, receive
constexpr std::uint64_t kPerCompany = 4;  // register, limit, buyer, approver

// SplitMix64: every seed gives a good row.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  std::size_t below(std::size_t bound) { return next() % bound; }

 private:
  std::uint64_t state_;
};

std::uint64_t seed_of(const WorkloadOptions& options) {
  const std::uint64_t lane = std::uint64_t{options.connection} << 32U | options.book;
  return Random(options.seed + lane).next();
}

template <class Command>
void set(CommandToSend& command, std::string_view actor, Bodies::Body body) {
  command.kind = number_of<Command>;
  command.actor = actor;
  command.body = body;
}

}  // namespace

BenchWorld::BenchWorld(std::size_t company_count, std::size_t item_count) {
  for (std::size_t i = 0; i < company_count; ++i) {
    const std::string number = std::to_string(i + 1);
    companies.push_back("c" + number);
    buyers.push_back("b" + number);
    approvers.push_back("a" + number);
  }
  for (std::size_t i = 0; i < item_count; ++i) {
    items.push_back("i" + std::to_string(i + 1));
    prices.emplace_back(static_cast<std::int64_t>(100 + i * 7 % 900) * kUnitPriceScale);
  }
}

BenchSetup::BenchSetup(const BenchWorld& world)
    : world_(world),
      count_(kGeneralCommands + kPerItem * world.items.size() +
             kPerCompany * world.companies.size()) {
}

Bodies::Body BenchSetup::make_general(std::uint64_t index, CommandToSend& command) {
  switch (index) {
    case 0:
      command.kind = number_of<DefineTerms>;
      return bodies_.net_terms("net-30", 30);
    case 1:
      command.kind = number_of<SetTaxRate>;
      return bodies_.tax_rate(kTaxCategory, world_.tax_rate);
    default:
      command.kind = number_of<RegisterWarehouse>;
      return bodies_.warehouse(kWarehouse);
  }
}

Bodies::Body BenchSetup::make_item(std::uint64_t index, CommandToSend& command) {
  const std::string& item = world_.items[index / kPerItem];
  if (index % kPerItem == 0) {
    command.kind = number_of<RegisterItem>;
    return bodies_.item(item, item, kTaxCategory);
  }
  if (index % kPerItem == 1) {
    command.kind = number_of<SetPrice>;
    return bodies_.price(kPriceList, item, world_.prices[index / kPerItem]);
  }
  command.kind = number_of<ReceiveStock>;
  const std::array<LineBody, 1> lines = {LineBody{.item = item, .quantity = kStock}};
  return bodies_.receive(item, kWarehouse, lines);
}

Bodies::Body BenchSetup::make_company(std::uint64_t index, CommandToSend& command) {
  const std::size_t at = index / kPerCompany;
  const std::string& company = world_.companies[at];
  switch (index % kPerCompany) {
    case 0:
      command.kind = number_of<RegisterCompany>;
      return bodies_.company({.company = company,
                              .legal_name = company,
                              .country = "DE",
                              .terms = {},
                              .price_list = kPriceList});
    case 1:
      command.kind = number_of<SetCreditLimit>;
      return bodies_.credit_limit(company, kCreditLimit);
    case 2:
      command.kind = number_of<RegisterBuyer>;
      return bodies_.buyer({.buyer = world_.buyers[at],
                            .company = company,
                            .role = kBuyerRole,
                            .order_limit = kOrderLimit});
    default:
      command.kind = number_of<RegisterBuyer>;
      return bodies_.buyer(
          {.buyer = world_.approvers[at], .company = company, .role = kApproverRole});
  }
}

bool BenchSetup::next(CommandToSend& command) {
  if (next_ == count_) return false;
  const std::uint64_t index = next_++;
  id_ = "setup-" + std::to_string(index);
  command = {};
  command.id = id_;
  command.actor = kClerk;
  const std::uint64_t items_end = kGeneralCommands + kPerItem * world_.items.size();
  if (index < kGeneralCommands) {
    command.body = make_general(index, command);
  } else if (index < items_end) {
    command.body = make_item(index - kGeneralCommands, command);
  } else {
    command.body = make_company(index - items_end, command);
  }
  return true;
}

namespace {

class Lifecycles : public Workload {
 public:
  Lifecycles(const BenchWorld& world, const WorkloadOptions& options)
      : world_(world),
        options_(options),
        random_(seed_of(options)),
        prefix_(std::to_string(options.connection) + "-"),
        lives_(std::max<std::size_t>(options.open_orders, 1)) {
    // Lives begin one round after another, so that all stages are in every frame.
    for (std::size_t i = 0; i < lives_.size(); ++i)
      lives_[i].wait = i % kLifeCommands;
  }

  bool next(CommandToSend& command) override {
    for (std::size_t looked = 0; looked < lives_.size() * kLifeCommands; ++looked) {
      Life& life = lives_[at_];
      at_ = at_ + 1 == lives_.size() ? 0 : at_ + 1;
      if (life.wait != 0) {
        --life.wait;
        continue;
      }
      if (life.stage == 0 && !begin(life)) continue;
      make(life, command);
      life.stage = (life.stage + 1) % kLifeCommands;
      return true;
    }
    return false;
  }

  void end() override { options_.units_max = begun_; }

 private:
  struct Life {
    std::size_t wait = 0;
    std::size_t stage = 0;
    std::size_t company = 0;
    std::string order;
    Minor total;
    std::array<LineBody, kOrderLines> lines;
  };

  bool begin(Life& life) {
    if (begun_ >= options_.units_max) return false;
    ++begun_;
    life.order.assign(prefix_).append(std::to_string(begun_));
    life.company = random_.below(world_.companies.size());
    Minor net;
    for (LineBody& line : life.lines) {
      const std::size_t item = random_.below(world_.items.size());
      line.item = world_.items[item];
      line.quantity = Quantity{static_cast<std::int64_t>(1 + random_.below(10)) * kQuantityUnit};
      net += *line_net(line.quantity, world_.prices[item]);
    }
    life.total = net + *percent_of(net, world_.tax_rate);
    return true;
  }

  void make(const Life& life, CommandToSend& command) {
    static constexpr std::array<char, kLifeCommands> kLetters = {'p', 'a', 'l', 's', 'i', 'r'};
    id_.assign(1, kLetters[life.stage]).append(life.order);
    command.id = id_;
    const std::string& company = world_.companies[life.company];
    const std::string& buyer = world_.buyers[life.company];
    switch (life.stage) {
      case 0:
        set<PlaceOrder>(
            command, buyer,
            bodies_.place(
                {.order = life.order, .company = company, .buyer = buyer, .lines = life.lines}));
        break;
      case 1:
        set<ApproveOrder>(command, world_.approvers[life.company], bodies_.approve(life.order));
        break;
      case 2:
        set<AllocateOrder>(command, kClerk, bodies_.allocate(life.order));
        break;
      case 3:
        set<ShipOrder>(command, kClerk, bodies_.ship(life.order, life.order));
        break;
      case 4:
        set<InvoiceOrder>(command, kClerk, bodies_.invoice(life.order, life.order));
        break;
      default:
        set<RecordPayment>(command, kClerk,
                           bodies_.pay({.payment = life.order,
                                        .payer = company,
                                        .amount = life.total,
                                        .invoice = life.order}));
    }
  }

  const BenchWorld& world_;
  WorkloadOptions options_;
  Random random_;
  std::string prefix_;
  Bodies bodies_;
  std::string id_;
  std::vector<Life> lives_;
  std::size_t at_ = 0;
  std::uint64_t begun_ = 0;
};

class Payments : public Workload {
 public:
  Payments(const BenchWorld& world, const WorkloadOptions& options)
      : world_(world),
        options_(options),
        random_(seed_of(options)),
        prefix_("m" + std::to_string(options.connection) + "-") {}

  bool next(CommandToSend& command) override {
    if (begun_ >= options_.units_max) return false;
    id_.assign(prefix_).append(std::to_string(++begun_));
    command.id = id_;
    const std::string& payer = world_.companies[random_.below(world_.companies.size())];
    const Minor amount{static_cast<std::int64_t>(100 + random_.below(100'000))};
    set<RecordPayment>(
        command, kClerk,
        bodies_.pay({.payment = id_, .payer = payer, .amount = amount, .invoice = {}}));
    return true;
  }

  void end() override { options_.units_max = begun_; }

 private:
  const BenchWorld& world_;
  WorkloadOptions options_;
  Random random_;
  std::string prefix_;
  Bodies bodies_;
  std::string id_;
  std::uint64_t begun_ = 0;
};

}  // namespace

std::unique_ptr<Workload> make_lifecycles(const BenchWorld& world, const WorkloadOptions& options) {
  return std::make_unique<Lifecycles>(world, options);
}

std::unique_ptr<Workload> make_payments(const BenchWorld& world, const WorkloadOptions& options) {
  return std::make_unique<Payments>(world, options);
}

}  // namespace kontor::cli
