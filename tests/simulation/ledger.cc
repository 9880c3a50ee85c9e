#include "tests/simulation/ledger.h"

namespace kontor::test {

std::optional<std::string> Ledger::note(const std::string& id, const EngineAnswer& answer) {
  if (answer.decision == nullptr || answer.status == StatusCode::kIdReused) return std::nullopt;
  const Told now{answer.status, DecisionView(answer.decision).first_sequence().value()};
  const auto [known, is_new] = told_.try_emplace(id, now);
  const Told& first = known->second;
  if (is_new || (first.status == now.status && first.sequence == now.sequence)) {
    return std::nullopt;
  }
  return id + " was answered " + std::string(status_word(first.status)) + " at " +
         std::to_string(first.sequence) + ", then " + std::string(status_word(now.status)) +
         " at " + std::to_string(now.sequence);
}

std::optional<std::string> Ledger::missing_in(const EventLog& log) const {
  using Place = std::pair<std::uint32_t, std::string>;  // book and id
  std::map<Place, std::uint64_t> sequences;
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
        const Place place(page->header().book, std::string(decision.id()));
        const bool is_new = sequences.emplace(place, decision.first_sequence().value()).second;
        if (!is_new) wrong = "decided twice: " + place.second;
      });
      bytes = bytes.subspan(page->bytes());
    }
    return !wrong;
  };
  const Status read = log.read(CommitNumber{1}, log.tail().last, visit);
  if (!read.ok()) return read.error().message;
  for (const auto& [id, told] : told_) {
    if (wrong) break;
    bool found = false;
    for (const std::uint32_t book : {0U, 1U}) {
      const auto at = sequences.find({book, id});
      found = found || (at != sequences.end() && at->second == told.sequence);
    }
    if (!found) wrong = "acknowledged, and not in the log: " + id;
  }
  return wrong;
}

}  // namespace kontor::test
