// Policies: what the book lets its seller choose. Folds PolicySet. Each policy has a closed set of
// values (or a number), a default, and is known by its PolicyKey for ever. Which setting holds for
// an order or payer is found by engine/rules/policy.h: the most specific scope wins.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>

#include "values_generated.h"

#include "events/base/ids.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "projections/envelope.h"
#include "projections/sink.h"

namespace kontor {

struct PolicySet;

enum class PolicyKind : std::uint8_t { kWord, kNumber, kText };

// The scopes a policy may be set for, each with all before it: kPayer has company,
// company_and_below, tag and company_class (of the payer, else of the orderer); kOrder buyer and
// role; kLine item and item_category.
enum class PolicyReach : std::uint8_t { kBook, kPayer, kOrder, kLine };
bool reaches(PolicyReach reach, ScopeKind scope);

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
  PolicyReach reach = PolicyReach::kBook;
};

// Where a policy stands in tables by key.
inline constexpr std::size_t kPolicyPlaces = 128;
constexpr std::size_t policy_place(PolicyKey key) {
  return static_cast<std::size_t>(key);
}

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

  Policies();
  void on(const Envelope& by, const PolicySet& event);

  // The value in force for the book as a whole.
  std::string_view value(PolicyKey key) const {
    const Setting& setting = settings_.at(policy_place(key));
    return setting.set ? std::string_view(setting.value) : kFallbacks.at(policy_place(key));
  }
  std::int64_t number(PolicyKey key) const { return numbers_.at(policy_place(key)); }
  // Null: never set, or inherited again.
  const Setting* setting(PolicyKey key) const {
    const Setting& setting = settings_.at(policy_place(key));
    return setting.set ? &setting : nullptr;
  }

  // Whether anything is set for a scope below the book: else there is nothing to look for.
  bool is_scoped(PolicyKey key) const { return scoped_count_.at(policy_place(key)) != 0; }
  // What is set for exactly that scope; null: nothing. ordinal: of a company, buyer or item; word:
  // a tag, class, role or category.
  const Setting* setting(PolicyKey key, ScopeKind kind, std::uint32_t ordinal,
                         std::string_view word) const;
  // Calls visit(kind, ordinal, word, setting) for each of those, by kind.
  template <class Visit>
  void for_each_scoped(PolicyKey key, Visit visit) const {
    for (auto at = scoped_.lower_bound({key, ScopeKind::book, 0, {}}); at != scoped_.end(); ++at) {
      const auto& [of, kind, ordinal, word] = at->first;
      if (of != key) return;
      visit(kind, ordinal, std::string_view(word), at->second);
    }
  }

  void save(Sink& out) const;
  void load(Source& in);
  Status check_invariants() const;

 private:
  using Place = std::tuple<PolicyKey, ScopeKind, std::uint32_t, std::string>;

  static constexpr std::size_t kKeys = kPolicyPlaces;
  static const std::array<std::string_view, kKeys> kFallbacks;  // by key; empty: no policy

  void take_number(PolicyKey key);

  std::array<Setting, kKeys> settings_;        // of the book
  std::array<std::int64_t, kKeys> numbers_{};  // of those values
  std::map<Place, Setting> scoped_;
  std::array<std::uint32_t, kKeys> scoped_count_{};  // of scoped_, by key
};

}  // namespace kontor
