#include "tests/simulation/watch/view_answers.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "projections/views/documents.h"
#include "projections/views/entries.h"
#include "projections/views/timeline.h"
#include "tests/simulation/model/deciding.h"

namespace kontor::test {
namespace {

namespace m = model;

constexpr BookNumber kBook{1};
constexpr std::size_t kAll = 1'000'000;
using Wrong = std::optional<std::string>;

// ---- timeline -----------------------------------------------------------------------------------

Wrong stream_differs(const RowSource& rows, const ViewQuestions& of, const Thing& thing) {
  const auto kind = stream_kind(thing.first);
  if (!kind) return std::nullopt;
  std::uint64_t from = 1;
  std::uint64_t to = of.told.last();
  std::size_t most = kAll;
  if (of.random.one_in(2)) {
    from = 1 + of.random.below(to);
    to = from + of.random.below(to - from + 1);
    if (of.random.one_in(2)) most = 1 + of.random.below(5);
  }
  std::vector<std::uint64_t> wanted = of.told.events_of(thing);
  std::erase_if(wanted, [&](std::uint64_t at) { return at < from || at > to; });
  if (wanted.size() > most) wanted.resize(most);
  const auto read =
      read_timeline(rows, {kBook, *kind, thing.second}, Sequence{from}, Sequence{to}, most);
  if (!read.ok()) return "timeline: " + read.error().message;
  const bool same = std::equal(read->begin(), read->end(), wanted.begin(), wanted.end(),
                               [](Sequence a, std::uint64_t b) { return a.value() == b; });
  if (same) return std::nullopt;
  return "timeline of " + thing.first + ' ' + std::to_string(thing.second) + " from " +
         std::to_string(from) + " to " + std::to_string(to) + ": " + std::to_string(read->size()) +
         " events, in the log " + std::to_string(wanted.size());
}

// ---- entries ------------------------------------------------------------------------------------

constexpr std::array kBuckets = {"ordered", "delivered", "receivable", "deposits", "unapplied"};
using Sums = std::array<std::int64_t, kBuckets.size()>;

struct AccountWish {
  std::uint32_t payer = 0;
  std::optional<std::int32_t> effective_to;
  std::uint64_t as_of = 0;
};

Sums sums_of(const PlainLog& told, const AccountWish& wish) {
  Sums sums{};
  for (const PlainEvent& event : told.events()) {
    if (event.sequence > wish.as_of) break;
    if (wish.effective_to && event.effective > *wish.effective_to) continue;
    for (const PlainMove& move : event.moves) {
      if (move.payer != wish.payer) continue;
      const auto* const bucket = std::find(kBuckets.begin(), kBuckets.end(), move.bucket);
      sums.at(static_cast<std::size_t>(bucket - kBuckets.begin())) += move.amount;
    }
  }
  return sums;
}

Wrong account_differs(const RowSource& rows, const AccountWish& wish, const Sums& wanted,
                      std::uint64_t rows_at_once) {
  AccountSum sum({kBook, CompanyId{wish.payer},
                  wish.effective_to ? Date{*wish.effective_to} : kNoDate, Sequence{wish.as_of}});
  Result<bool> done = false;
  while (done.ok() && !*done)
    done = sum.advance(rows, rows_at_once);
  if (!done.ok()) return "entries: " + done.error().message;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::int64_t found = sum.account().buckets.at(i).value();
    if (found == wanted.at(i)) continue;
    return "entries of company " + std::to_string(wish.payer) + " as of " +
           std::to_string(wish.as_of) + ": " + kBuckets.at(i) + " is " + std::to_string(found) +
           ", not " + std::to_string(wanted.at(i));
  }
  return std::nullopt;
}

// ---- documents ----------------------------------------------------------------------------------

// A document as the model has it.
struct Wanted {
  DocumentKind kind = DocumentKind::kAny;
  DocumentState state = DocumentState::kAny;
  int company = m::kNone;
  int payer = m::kNone;
  m::Day date = 0;
  m::Int total = 0;
  m::Int open = 0;  // not of an order
};
using AllWanted = std::map<std::string, Wanted>;  // by kind and name

std::string key_of(DocumentKind kind, std::string_view name) {
  return std::to_string(static_cast<int>(kind)) + ' ' + std::string(name);
}

DocumentState state_of(const m::Order& order) {
  if (order.approval == m::Approval::kRejected) return DocumentState::kRejected;
  if (order.cancelled || (order.recurs && order.recurs->stopped)) {
    return DocumentState::kCancelled;
  }
  if (order.approval == m::Approval::kPending && !order.fulfilled) {
    return DocumentState::kAwaitingApproval;
  }
  if (order.failed) return DocumentState::kFailed;
  if (order.held) return DocumentState::kOnHold;
  return order.fulfilled ? DocumentState::kFulfilled : DocumentState::kOpen;
}

DocumentState state_of(const m::Invoice& invoice) {
  const bool by_money = invoice.paid > 0 || invoice.credited == 0;
  if (invoice.open == 0) return by_money ? DocumentState::kPaid : DocumentState::kCredited;
  if (invoice.open == invoice.total()) return DocumentState::kOpen;
  return by_money ? DocumentState::kPartPaid : DocumentState::kPartCredited;
}

DocumentState state_of(const m::Fund& fund) {
  const bool reversed = fund.reversed == fund.amount && fund.amount != 0;
  if (fund.cancelled || reversed) return DocumentState::kCancelled;
  return fund.unapplied() == 0 ? DocumentState::kSettled : DocumentState::kOpen;
}

AllWanted all_of(const m::State& state) {
  using Kind = DocumentKind;
  AllWanted out;
  for (const m::Order& o : state.orders.all) {
    out[key_of(Kind::kOrder, o.name)] = {Kind::kOrder, state_of(o), o.company, o.payer,
                                         o.placed_on,  o.total,     0};
  }
  for (const m::Invoice& i : state.invoices.all) {
    out[key_of(Kind::kInvoice, i.name)] = {Kind::kInvoice, state_of(i), i.payer, i.payer,
                                           i.date,         i.total(),   i.open};
  }
  for (const m::Payment& p : state.payments.all) {
    out[key_of(Kind::kPayment, p.name)] = {Kind::kPayment, state_of(p), p.payer,      p.payer,
                                           p.value_date,   p.amount,    p.unapplied()};
  }
  for (const m::CreditNote& n : state.credit_notes.all) {
    out[key_of(Kind::kCreditNote, n.name)] = {
        Kind::kCreditNote, state_of(n), n.payer, n.payer, n.date, n.amount, n.unapplied()};
  }
  return out;
}

bool is_wanted(const DocumentSearch& search, std::string_view name, const Wanted& document) {
  if (search.kind != DocumentKind::kAny && document.kind != search.kind) return false;
  if (search.state != DocumentState::kAny && document.state != search.state) return false;
  if (search.from != kNoDate && document.date < search.from.value()) return false;
  if (search.to != kNoDate && document.date > search.to.value()) return false;
  if (!name.substr(2).starts_with(search.text)) return false;
  if (!search.company) return true;
  const int company = static_cast<int>(*search.company);
  return document.company == company || document.payer == company;
}

DocumentSearch search_of(const ViewQuestions& of) {
  Random& random = of.random;
  DocumentSearch search;
  search.book = kBook;
  if (of.everything) return search;
  if (random.one_in(2)) search.kind = static_cast<DocumentKind>(1 + random.below(4));
  if (random.one_in(3)) search.state = static_cast<DocumentState>(1 + random.below(11));
  if (random.one_in(2)) {
    search.company = static_cast<std::uint32_t>(
        random.below(static_cast<std::uint64_t>(of.state.companies.size())));
  }
  const auto a_day = [&] {
    return Date{of.state.business_date - static_cast<m::Day>(random.below(12))};
  };
  if (random.one_in(3)) search.from = a_day();
  if (random.one_in(3)) search.to = a_day();
  if (random.one_in(3))
    search.text = random.of<std::string>({"order-", "order-1", "payment-2", "i"});
  return search;
}

Wrong document_differs(const Document& found, const AllWanted& all, const DocumentSearch& search) {
  const std::string key = key_of(found.kind, found.name);
  const auto known = all.find(key);
  if (known == all.end()) return "documents: only they know " + found.name;
  const Wanted& wanted = known->second;
  if (!is_wanted(search, key, wanted)) return "documents: " + found.name + " is not one of those";
  const bool is_order = wanted.kind == DocumentKind::kOrder;
  const bool same = found.state() == wanted.state && found.total.value() == wanted.total &&
                    (is_order || found.open.value() == wanted.open) &&
                    static_cast<int>(found.company) == wanted.company &&
                    static_cast<int>(found.payer) == wanted.payer &&
                    found.date.value() == wanted.date;
  if (same) return std::nullopt;
  return "documents: " + found.name + " is in state " +
         std::to_string(static_cast<int>(found.state())) + ", total " +
         std::to_string(found.total.value()) + ", open " + std::to_string(found.open.value()) +
         ", of day " + std::to_string(found.date.value()) + "; by the model " +
         std::to_string(static_cast<int>(wanted.state)) + ", " + std::to_string(wanted.total) +
         ", " + std::to_string(wanted.open) + ", " + std::to_string(wanted.date);
}

}  // namespace

std::optional<std::string> timeline_differs(const RowSource& rows, const ViewQuestions& of) {
  const std::vector<Thing> things = of.told.things();
  if (of.everything) {
    for (const Thing& thing : things) {
      if (auto wrong = stream_differs(rows, of, thing)) return wrong;
    }
    return std::nullopt;
  }
  for (int i = 0; i < 6 && !things.empty(); ++i) {
    if (auto wrong = stream_differs(rows, of, of.random.of(things))) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> entries_differ(const RowSource& rows, const ViewQuestions& of) {
  for (int payer = 0; payer < of.state.companies.size(); ++payer) {
    AccountWish wish{static_cast<std::uint32_t>(payer), std::nullopt, of.told.last()};
    const std::uint64_t at_once = of.random.one_in(2) ? kAll : 1 + of.random.below(7);
    const m::Exposure now = m::exposure_of(of.state, payer);
    const Sums of_model = {now.ordered, now.delivered, now.receivable, now.deposits, now.unapplied};
    if (auto wrong = account_differs(rows, wish, of_model, at_once)) return *wrong + " (model)";
    wish.as_of = 1 + of.random.below(of.told.last());
    if (of.random.one_in(2)) {
      wish.effective_to = of.state.business_date - static_cast<m::Day>(of.random.below(8));
    }
    if (auto wrong = account_differs(rows, wish, sums_of(of.told, wish), at_once)) return wrong;
  }
  return std::nullopt;
}

// Every page of one search.
std::optional<std::string> documents_differ(const RowSource& rows, const ViewQuestions& of) {
  if (of.state.companies.size() == 0) return std::nullopt;
  const AllWanted all = all_of(of.state);
  const DocumentSearch search = search_of(of);
  const std::size_t rows_max = 1 + of.random.below(20);
  const std::size_t examined_max = 1 + of.random.below(60);
  std::map<std::string, int> seen;
  std::optional<DocumentPlace> place = DocumentPlace{};
  while (place) {
    const auto page = search_documents(rows, search, *place, rows_max, examined_max);
    if (!page.ok()) return "documents: " + page.error().message;
    if (page->documents.size() > rows_max) return "documents: a page is too long";
    for (const Document& document : page->documents) {
      if (auto wrong = document_differs(document, all, search)) return wrong;
      if (++seen[key_of(document.kind, document.name)] > 1) {
        return "documents: " + document.name + " is shown twice";
      }
    }
    place = page->next;
  }
  for (const auto& [key, wanted] : all) {
    if (is_wanted(search, key, wanted) && !seen.contains(key)) {
      return "documents: lack " + key.substr(2);
    }
  }
  return std::nullopt;
}

}  // namespace kontor::test
