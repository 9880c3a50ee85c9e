// What `kontor bench` sends: whole lives of orders, many at a time in different stages, or payments
// alone. Everything follows from the seed; names need no look-up by the sender.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "api/cli/bodies.h"
#include "api/client/client.h"

namespace kontor::cli {

// The parties and goods of a bench, made once and shared by all connections, read only.
struct BenchWorld {
  BenchWorld(std::size_t company_count, std::size_t item_count);

  std::vector<std::string> companies;
  std::vector<std::string> buyers;     // of the company at the same place; over their order limit
  std::vector<std::string> approvers;  // of the company at the same place
  std::vector<std::string> items;
  std::vector<UnitPrice> prices;
  Percent tax_rate{20 * kPercentUnit};
};

// Gives every command that must be there before: at most once each, then false.
class BenchSetup {
 public:
  explicit BenchSetup(const BenchWorld& world);
  bool next(CommandToSend& command);
  std::uint64_t count() const { return count_; }

 private:
  Bodies::Body make_general(std::uint64_t index, CommandToSend& command);
  Bodies::Body make_item(std::uint64_t index, CommandToSend& command);
  Bodies::Body make_company(std::uint64_t index, CommandToSend& command);

  const BenchWorld& world_;
  Bodies bodies_;
  std::string id_;
  std::uint64_t next_ = 0;
  std::uint64_t count_ = 0;
};

// A row of commands for one connection. One thread at a time.
class Workload {
 public:
  virtual ~Workload() = default;
  // The next command, valid until the next call. False: nothing is left.
  virtual bool next(CommandToSend& command) = 0;
  virtual void end() = 0;  // begins nothing new; what was begun is still finished
};

struct WorkloadOptions {
  std::uint64_t seed = 1;
  std::uint32_t connection = 0;
  std::uint32_t book = 0;
  std::size_t open_orders = 256;    // lives going on at a time
  std::uint64_t units_max = ~0ULL;  // lives or payments to begin at most
};

inline constexpr std::size_t kLifeCommands = 6;

// PlaceOrder with 3 lines, ApproveOrder, AllocateOrder, ShipOrder, InvoiceOrder, RecordPayment.
std::unique_ptr<Workload> make_lifecycles(const BenchWorld& world, const WorkloadOptions& options);
// RecordPayment on account.
std::unique_ptr<Workload> make_payments(const BenchWorld& world, const WorkloadOptions& options);

}  // namespace kontor::cli
