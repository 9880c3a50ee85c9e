// What became of every command id: its answer is final, as long as it is remembered.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "tests/simulation/model/commands.h"

namespace kontor::model {

// What a command id was answered.
enum class Verdict { kDone, kRefused, kIdReused, kFenced, kTooOld, kNotFound };
struct Decided {
  Verdict verdict = Verdict::kDone;
  std::set<std::string_view> reasons;  // why it was refused; names, as in the domain
  bool repeated = false;               // the answer an earlier command with this id got
  std::uint64_t number = 0;            // of the book's decisions with an id, from 1; 0: of none
};
struct KnownId {
  Request request;
  Decided decided;
};
// The ids of a book: the last `kept` decisions are remembered, what came before is forgotten.
struct Outcomes {
  std::map<std::string, KnownId, std::less<>> by_id;  // the newest of each, forgotten or not
  std::uint64_t decided = 0;
  std::uint64_t kept = UINT64_MAX;

  std::uint64_t forgotten() const { return decided > kept ? decided - kept : 0; }
  const KnownId* find(std::string_view id) const {  // null: never, or forgotten
    const auto known = by_id.find(id);
    const bool is_known = known != by_id.end();
    return is_known && known->second.decided.number > forgotten() ? &known->second : nullptr;
  }
};

}  // namespace kontor::model
