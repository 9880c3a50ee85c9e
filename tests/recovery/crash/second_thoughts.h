// Second thoughts: orders that are held, changed and sent back, and money that comes back, one life
// after another. Every command is done if, and only if, those before it were.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "events/json/json.h"

namespace kontor::test {

class SecondThoughts {
 public:
  // Names begin with `prefix`. Companies and items are somebody else's; they outlive it.
  SecondThoughts(const std::vector<std::string>& companies, const std::vector<std::string>& items,
                 std::string prefix)
      : companies_(companies), items_(items), prefix_(std::move(prefix)) {}

  const CommandText& next();  // valid until the next

 private:
  const std::vector<std::string>& companies_;
  const std::vector<std::string>& items_;
  std::string prefix_;
  std::uint64_t life_ = 0;
  std::size_t step_ = 0;
  CommandText command_;
};

}  // namespace kontor::test
