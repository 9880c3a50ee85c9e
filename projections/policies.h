// Policies in force: what the book lets its seller choose. Folds PolicySet. Each policy has a
// closed set of values (or a number), a default, and is known by its PolicyKey for ever.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"

namespace kontor {

struct PolicySet;

enum class PolicyKind : std::uint8_t { kWord, kNumber, kText };

// One row of the registry. values: the words it may have, those this version acts on first; a word
// in `later` is known but not acted on yet, and setting it is refused (not_supported).
struct PolicyRule {
  PolicyKey key;
  PolicyKind kind = PolicyKind::kWord;
  std::string_view fallback;                 // the value where none was set
  std::span<const std::string_view> values;  // words
  std::span<const std::string_view> later;   // words
  bool acted_on = true;                      // false: no value but the fallback is acted on yet
  std::string_view help;
};

std::span<const PolicyRule> policy_registry();
const PolicyRule* find_policy(PolicyKey key);
std::string policy_name(PolicyKey key);  // "credit.at"

class Policies {
 public:
  static constexpr std::uint32_t kNumber = 4;

  struct Setting {
    std::string value;
    Sequence set_at;
    Timestamp since;
    bool set = false;
  };

  void on(const Envelope& by, const PolicySet& event);

  // The value in force for the book.
  std::string_view value(PolicyKey key) const;
  bool is(PolicyKey key, std::string_view word) const { return value(key) == word; }
  std::int64_t number(PolicyKey key) const;
  const Setting* setting(PolicyKey key) const;  // null: never set, or inherited again

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  static constexpr std::size_t kKeys = 128;
  std::array<Setting, kKeys> settings_;
};

}  // namespace kontor
