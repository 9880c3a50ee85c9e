#include "api/cli/words.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

namespace kontor::cli {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

std::string with_thousands(std::string_view decimal) {
  const std::size_t begin = !decimal.empty() && decimal.front() == '-' ? 1 : 0;
  const std::size_t end = std::min(decimal.find('.'), decimal.size());
  std::string text(decimal.substr(0, begin));
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && (end - i) % 3 == 0) text += ',';
    text += decimal[i];
  }
  return text.append(decimal.substr(end));
}

std::string with_thousands(std::uint64_t count) {
  return with_thousands(std::to_string(count));
}

std::string with_thousands(std::int64_t count) {
  return with_thousands(std::to_string(count));
}

std::string duration_text(double seconds) {
  std::array<char, 48> text{};
  if (seconds < 100) {
    std::snprintf(text.data(), text.size(), "%.2f s", seconds);
  } else {
    const auto whole = static_cast<unsigned>(seconds);
    std::snprintf(text.data(), text.size(), "%u min %02u s", whole / 60, whole % 60);
  }
  return text.data();
}

std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace kontor::cli
