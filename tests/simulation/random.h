// Choices of a run: the same seed gives the same ones everywhere.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>
#include <vector>

namespace kontor::test {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15ULL + 1) {}

  std::uint64_t next() { return engine_(); }
  std::uint64_t below(std::uint64_t count) { return engine_() % count; }  // count > 0
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least + 1)));
  }
  bool one_in(std::uint64_t count) { return below(count) == 0; }
  bool percent(std::uint64_t chance) { return below(100) < chance; }

  template <class T>
  const T& of(const std::vector<T>& values) {
    return values[below(values.size())];
  }
  template <class T>
  T of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kontor::test
