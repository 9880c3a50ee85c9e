#include "tests/simulation/watch/plain_log.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "events/codec/catalog.h"
#include "events/json/json.h"
#include "events/log/page.h"

namespace kontor::test {
namespace {

using nlohmann::json;

// Knows no name, and keeps what was asked for.
class AskedNames final : public NameSource {
 public:
  explicit AskedNames(std::set<Thing>& asked) : asked_(asked) {}
  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const override {
    asked_.emplace(kind, ref);
    return std::nullopt;
  }

 private:
  std::set<Thing>& asked_;
};

// The documents that have a history of their own, by the event that is their birth.
const std::map<std::string, std::string>& births() {
  static const std::map<std::string, std::string> kBirths = {{"OrderPlaced", "order"},
                                                             {"InvoiceIssued", "invoice"},
                                                             {"PaymentReceived", "payment"},
                                                             {"CreditNoteIssued", "credit_note"},
                                                             {"GoodsReturned", "goods_return"}};
  return kBirths;
}

// Money is a number of minor units, or decimal with all of the currency's decimals.
std::int64_t minor_of(const json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  std::string digits = value.get<std::string>();
  std::erase(digits, '.');
  return std::stoll(digits);
}

}  // namespace

std::optional<std::string> PlainLog::read_on(const EventLog& log) {
  const CommitNumber from{last_commit_.value() + 1};
  const Status read = log.read(
      from, log.tail().last, [this](CommitNumber number, std::span<const std::byte> bytes) {
        while (!bytes.empty() && !wrong_) {
          const auto page = read_page(bytes);
          if (!page.ok()) {
            wrong_ = page.error().message;
            return false;
          }
          if (page->header().book == 1) {
            page->for_each_decision([&](const DecisionView& decision) {
              decision.for_each_event([&](const EventView& event) { take(decision, event); });
              ends_.emplace_back(last(), number);
            });
            commit_ends_.insert(last());
          }
          bytes = bytes.subspan(page->bytes());
        }
        last_commit_ = number;
        return !wrong_;
      });
  if (!read.ok()) wrong_ = read.error().message;
  return wrong_;
}

void PlainLog::take(const DecisionView& decision, const EventView& event) {
  PlainEvent& out = events_.emplace_back();
  out.sequence = event.sequence.value();
  out.kind = event.header.kind;
  out.name = event_name(out.kind);
  out.command_id = decision.id();
  out.effective = decision.header().effective_date;
  if (out.sequence != events_.size()) wrong_ = "a gap before " + std::to_string(out.sequence);
  const json body =
      json::parse(write_event_json(out.kind, event.body, AskedNames(out.things)), nullptr, false);
  const auto birth = births().find(out.name);
  if (birth != births().end()) {
    out.things.emplace(birth->second, out.sequence);
    if (body.contains(birth->second) && body[birth->second].is_string()) {
      born_.emplace(std::pair(birth->second, body[birth->second].get<std::string>()), out.sequence);
    }
  }
  for (const Thing& thing : out.things)
    by_thing_[thing].push_back(out.sequence);
  if (!body.contains("moves")) return;
  for (const json& move : body["moves"]) {
    out.moves.push_back({move.value("payer", std::uint64_t{0}), move["bucket"].get<std::string>(),
                         minor_of(move["amount"])});
  }
}

std::vector<Thing> PlainLog::things() const {
  std::vector<Thing> out;
  for (const auto& [thing, events] : by_thing_)
    out.push_back(thing);
  return out;
}

std::optional<Thing> PlainLog::document(const std::string& kind, const std::string& name) const {
  const auto known = born_.find({kind, name});
  return known == born_.end() ? std::nullopt : std::optional<Thing>({kind, known->second});
}

std::vector<std::uint64_t> PlainLog::events_of(const Thing& thing) const {
  const auto known = by_thing_.find(thing);
  return known == by_thing_.end() ? std::vector<std::uint64_t>{} : known->second;
}

}  // namespace kontor::test
