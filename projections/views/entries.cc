#include "projections/views/entries.h"

#include "company_generated.h"
#include "credit_generated.h"

#include "events/codec/catalog.h"
#include "projections/credit_moves.h"
#include "projections/fold.h"
#include "projections/views/keys.h"

namespace kontor {
namespace {

constexpr char kMoveRows = 'm';
constexpr char kLimitRows = 'l';

std::string payer_key(BookNumber book, char row_class, std::uint32_t payer) {
  std::string key = row_head(book, row_class);
  append_big_endian(key, payer);
  return key;
}

template <class Key>
void add_to(std::map<Key, Minor>& sums, Key key, Minor amount) {
  Minor& sum = sums[key];
  sum += amount;
  if (sum == Minor{0}) sums.erase(key);
}

}  // namespace

Minor PastAccount::exposure() const {
  const auto bucket = [this](Bucket b) { return buckets.at(static_cast<std::size_t>(b)); };
  return bucket(Bucket::ordered) + bucket(Bucket::delivered) + bucket(Bucket::receivable) -
         bucket(Bucket::deposits) - bucket(Bucket::unapplied);
}

Status Entries::fold(BookNumber book, const DecisionView& decision, const RowSource&) {
  Status status;
  const Date effective{decision.header().effective_date};
  decision.for_each_event([&](const EventView& event) {
    const bool is_limit = event.header.kind == number_of<CreditLimitSet>;
    if (!status.ok() || (!is_limit && !carries_moves(event.header.kind))) return;
    status = check_event(book, event);
    if (!status.ok()) return;
    if (is_limit) return add_limit(book, effective, event);
    add_moves(book, effective, event);
  });
  return status;
}

// One row for each payer that the event moves; nearly always there is one.
void Entries::add_moves(BookNumber book, Date effective, const EventView& event) {
  const std::span<const CreditMove> moves = moves_of(event);
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const std::uint32_t payer = moves[i].payer();
    bool is_first = true;
    for (std::size_t j = 0; j < i; ++j)
      is_first = is_first && moves[j].payer() != payer;
    if (!is_first) continue;
    value_.clear();
    for (const CreditMove& move : moves.subspan(i)) {
      if (move.payer() != payer) continue;
      value_.push_back(static_cast<char>(move.bucket()));
      append_signed(value_, move.amount());
      append_varint(value_, move.document());
      append_signed(value_, move.due());
      append_varint(value_, move.terms());
      append_varint(value_, move.currency());
    }
    key_ = payer_key(book, kMoveRows, payer);
    append_date(key_, effective);
    append_big_endian(key_, event.sequence.value());
    rows_.add(key_, value_);
  }
}

void Entries::add_limit(BookNumber book, Date effective, const EventView& event) {
  const auto& set = *flatbuffers::GetRoot<CreditLimitSet>(event.body.data());
  value_.clear();
  append_signed(value_, effective.value());
  const auto limit = optional_minor(set.limit());
  value_.push_back(limit ? '\1' : '\0');
  append_signed(value_, limit.value_or(Minor{0}).value());
  append_signed(value_, set.expires());
  append_signed(value_, set.review());
  key_ = payer_key(book, kLimitRows, set.company());
  append_big_endian(key_, event.sequence.value());
  rows_.add(key_, value_);
}

// ---- sums ---------------------------------------------------------------------------------------

AccountSum::AccountSum(const Wish& wish) : wish_(wish) {
  next_ = payer_key(wish.book, kMoveRows, wish.payer.value());
  end_ = next_;
  if (wish.effective_to == kNoDate) {
    end_ = behind(end_);
  } else {
    append_date(end_, wish.effective_to);
    append_big_endian(end_, ~std::uint64_t{0});
  }
}

Result<bool> AccountSum::advance(const RowSource& rows, std::uint64_t rows_max) {
  if (!limits_read_) {
    if (Status read = read_limits(rows); !read.ok()) return read.error();
    limits_read_ = true;
  }
  bool sound = true;
  bool all = true;
  const Status scanned = rows.scan(next_, end_, [&](std::string_view key, std::string_view value) {
    if (rows_max == 0) {
      next_ = key;
      all = false;
      return false;
    }
    --rows_max;
    sound = take(key, value);
    return sound;
  });
  if (!scanned.ok()) return scanned.error();
  if (!sound) return Error{ErrorKind::kCorrupt, "a row of the entries cannot be read"};
  return all;
}

bool AccountSum::take(std::string_view key, std::string_view value) {
  RowReader place(key);
  place.take(kRowHeadBytes + sizeof(std::uint32_t) + sizeof(std::uint32_t));
  const auto sequence = place.big_endian<std::uint64_t>();
  if (!place.ok() || !place.at_end()) return false;
  if (sequence > wish_.as_of.value()) return true;
  RowReader in(value);
  while (in.ok() && !in.at_end()) {
    const auto bucket = in.big_endian<std::uint8_t>();
    const Minor amount{in.signed_varint()};
    in.varint();  // the document
    const Date due{static_cast<std::int32_t>(in.signed_varint())};
    const auto terms = static_cast<std::uint32_t>(in.varint());
    in.varint();  // the currency
    if (!in.ok() || bucket >= account_.buckets.size()) return false;
    account_.buckets.at(bucket) += amount;
    ++account_.moves;
    if (static_cast<Bucket>(bucket) != Bucket::receivable || amount == Minor{0}) continue;
    add_to(account_.by_due, due, amount);
    add_to(account_.by_terms, terms, amount);
  }
  return in.ok();
}

// The last one known then that was in force by then.
Status AccountSum::read_limits(const RowSource& rows) {
  const std::string prefix = payer_key(wish_.book, kLimitRows, wish_.payer.value());
  bool sound = true;
  const Status scanned =
      rows.scan(prefix, behind(prefix), [&](std::string_view key, std::string_view value) {
        const auto sequence = RowReader(key.substr(prefix.size())).big_endian<std::uint64_t>();
        if (sequence > wish_.as_of.value()) return false;
        RowReader in(value);
        const Date effective{static_cast<std::int32_t>(in.signed_varint())};
        const bool set = in.big_endian<std::uint8_t>() != 0;
        const Minor limit{in.signed_varint()};
        const Date expires{static_cast<std::int32_t>(in.signed_varint())};
        const Date review{static_cast<std::int32_t>(in.signed_varint())};
        sound = in.ok() && in.at_end();
        if (!sound) return false;
        if (wish_.effective_to != kNoDate && effective > wish_.effective_to) return true;
        account_.limit = set ? std::optional(limit) : std::nullopt;
        account_.expires = expires;
        account_.review = review;
        account_.limit_set_at = Sequence{sequence};
        return true;
      });
  if (!scanned.ok()) return scanned.error();
  if (!sound) return Error{ErrorKind::kCorrupt, "a row of the entries cannot be read"};
  return {};
}

}  // namespace kontor
