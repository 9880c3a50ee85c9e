#include "tests/simulation/ledger.h"

#include <algorithm>
#include <set>

namespace kontor::test {

std::optional<std::string> Ledger::note(const std::string& id, std::uint64_t number,
                                        const EngineAnswer& answer) {
  if (answer.decision == nullptr || answer.status == StatusCode::kIdReused) return std::nullopt;
  const Told now{answer.status, DecisionView(answer.decision).first_sequence().value()};
  const auto [known, is_new] = told_.try_emplace({id, number}, now);
  if (is_new && number != 0) first_.emplace(number, now.sequence);
  const Told& first = known->second;
  if (is_new || (first.status == now.status && first.sequence == now.sequence)) {
    return std::nullopt;
  }
  return id + " was answered " + std::string(status_word(first.status)) + " at " +
         std::to_string(first.sequence) + ", then " + std::string(status_word(now.status)) +
         " at " + std::to_string(now.sequence);
}

void Ledger::limit_to_known(model::Request& request) const {
  if (!request.resolve || request.resolve->since == model::kNeverDecided) return;
  request.resolve->since = std::min(request.resolve->since, last_number());
}

Sequence Ledger::position_of(const model::Resolve& question) const {
  constexpr Sequence kNowhere{std::uint64_t{1} << 40};
  const std::uint64_t number = question.since;
  if (number == model::kNeverDecided) return kNowhere;
  const auto next = first_.upper_bound(number);
  if (next != first_.end() && next->first == number + 1) return Sequence{next->second - 1};
  const auto known = first_.find(number);
  return known == first_.end() ? Sequence{} : Sequence{known->second};
}

std::optional<std::string> Ledger::missing_in(const EventLog& log) const {
  std::map<std::string, std::set<std::uint64_t>> sequences;  // by id; in book 0, 1 or both
  std::optional<std::string> wrong;
  const auto visit = [&](CommitNumber, std::span<const std::byte> bytes) {
    while (!bytes.empty() && !wrong) {
      const auto page = read_page(bytes);
      if (!page.ok()) {
        wrong = page.error().message;
        break;
      }
      page->for_each_decision([&](const DecisionView& decision) {
        if (decision.id().empty()) return;
        sequences[std::string(decision.id())].insert(decision.first_sequence().value());
      });
      bytes = bytes.subspan(page->bytes());
    }
    return !wrong;
  };
  const Status read = log.read(CommitNumber{1}, log.tail().last, visit);
  if (!read.ok()) return read.error().message;
  if (wrong) return wrong;
  std::map<std::string, std::set<std::uint64_t>> told;
  for (const auto& [key, answer] : told_) {
    if (!sequences[key.first].contains(answer.sequence)) {
      return "acknowledged, and not in the log: " + key.first;
    }
    told[key.first].insert(answer.sequence);
  }
  for (const auto& [id, places] : sequences) {
    // What opens a book is decided by the server and by the book.
    const bool opens = id.starts_with("open-");
    if (!opens && places.size() > told[id].size()) return "decided once more than told: " + id;
  }
  return std::nullopt;
}

}  // namespace kontor::test
