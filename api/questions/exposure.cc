// exposure: the moves in the log that a payer's exposure is the sum of.
#include <algorithm>
#include <array>
#include <map>

#include "api/questions/history.h"
#include "events/codec/catalog.h"
#include "projections/credit_moves.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kBuckets = 5;
constexpr std::uint32_t kMovesMax = 5'000;        // of one answer
constexpr std::size_t kMovesKeptMax = 1'000'000;  // while reading
constexpr std::uint64_t kShowSettled = 1;         // Query.filter

using Sums = std::array<std::int64_t, kBuckets>;

struct FoundMove {
  std::uint64_t sequence = 0;
  std::uint64_t document = 0;
  std::int64_t amount = 0;
  std::uint16_t kind = 0;
  Bucket bucket = Bucket::ordered;
};

bool is_zero(const Sums& sums) {
  return sums == Sums{};
}

std::string document_name(const Book& book, std::uint64_t ref) {
  for (const std::string_view kind : {"order", "invoice", "payment", "credit_note"}) {
    if (auto name = book.name(kind, ref)) return std::string(kind) + ":" + *name;
  }
  return std::to_string(ref);
}

class ExposureQuestion final : public HistoryQuestion {
 public:
  explicit ExposureQuestion(Query query) : query_(std::move(query)) {}

  std::optional<Answered> begin(const Book& book) override {
    const auto payer = book.parties().find_company(query_.name);
    if (!payer) return not_found("company", query_.name, "companies");
    payer_ = payer->value();
    end_ = book.last_sequence().value();
    const Account& account = book.credit().account(*payer);
    for (std::size_t i = 0; i < kBuckets; ++i)
      account_.at(i) = account.bucket(static_cast<Bucket>(i)).value();
    out_.company = query_.name;
    out_.currency = account.currency.value();
    out_.exposure = account.exposure().value();
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (next_ > end_) return Slice::kFinished;
    std::uint32_t slice = kDecisionsOfSlice;
    bool sound = true;
    const Status scanned = log.scan(book, Sequence{next_}, [&](const DecisionView& decision) {
      decision.for_each_event([&](const EventView& event) { sound = sound && take(event); });
      --slice;
      return sound && slice > 0 && next_ <= end_;
    });
    if (!scanned) return scanned.error();
    if (!sound) {
      return Error{ErrorKind::kCorrupt, "event " + std::to_string(next_) +
                                            " has a body that cannot be read: run kontor verify"};
    }
    if (moves_.size() > kMovesKeptMax) forget_settled();
    if (moves_.size() > kMovesKeptMax) {
      return Error{ErrorKind::kUnavailable,
                   "'" + query_.name +
                       "' has too many open moves to list; `kontor events --stream "
                       "company:" +
                       query_.name + "` shows them"};
    }
    return slice > 0 || next_ > end_ ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override {
    if ((query_.filter & kShowSettled) == 0) forget_settled();
    out_.adds_up = true;
    for (std::size_t i = 0; i < kBuckets; ++i) {
      auto& row = add_row(out_.buckets);
      row.bucket = static_cast<Bucket>(i);
      row.moved = moved_.at(i);
      row.account = account_.at(i);
      out_.adds_up = out_.adds_up && row.moved == row.account;
    }
    out_.moves_in_all = moves_seen_;
    out_.settled_documents = settled_;
    return answered(out_, fill_moves(book));
  }

  Sequence position() const override { return Sequence{end_}; }

 private:
  bool take(const EventView& event) {
    if (event.sequence.value() < next_ || event.sequence.value() > end_) return true;
    next_ = event.sequence.value() + 1;
    if (!carries_moves(event.header.kind)) return true;
    if (!verify_event(event.header.kind, event.body)) return false;
    for (const CreditMove& move : moves_of(event)) {
      if (move.payer() == payer_) add(event, move);
    }
    return true;
  }

  void add(const EventView& event, const CreditMove& move) {
    const auto bucket = static_cast<std::size_t>(move.bucket());
    if (bucket >= kBuckets) return;
    moved_.at(bucket) += move.amount();
    documents_[move.document()].at(bucket) += move.amount();
    moves_.push_back(
        {event.sequence.value(), move.document(), move.amount(), event.header.kind, move.bucket()});
    ++moves_seen_;
  }

  // Drops documents whose moves sum to nothing in every bucket. One that moves again afterwards is
  // listed with what came later; the sums are the same.
  void forget_settled() {
    std::erase_if(moves_,
                  [&](const FoundMove& move) { return is_zero(documents_.at(move.document)); });
    settled_ += std::erase_if(documents_, [](const auto& entry) { return is_zero(entry.second); });
  }

  std::string fill_moves(const Book& book) {
    const std::uint32_t rows = query_.limit == 0 ? kMovesMax : std::min(query_.limit, kMovesMax);
    std::size_t at = std::min<std::uint64_t>(query_.after.first, moves_.size());
    for (; at < moves_.size() && out_.moves.size() < rows; ++at) {
      const FoundMove& move = moves_[at];
      auto& row = add_row(out_.moves);
      row.sequence = move.sequence;
      row.event = event_name(move.kind);
      row.document = document_name(book, move.document);
      row.bucket = move.bucket;
      row.amount = move.amount;
    }
    return at < moves_.size() ? format_place({at, 0}) : std::string{};
  }

  Query query_;
  wire::ExposureAnswerT out_;
  std::vector<FoundMove> moves_;
  std::map<std::uint64_t, Sums> documents_;
  Sums moved_{};
  Sums account_{};
  std::uint64_t moves_seen_ = 0;
  std::uint64_t settled_ = 0;
  std::uint64_t next_ = 1;
  std::uint64_t end_ = 0;
  std::uint32_t payer_ = 0;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_exposure_question(Query query) {
  return std::make_unique<ExposureQuestion>(std::move(query));
}

}  // namespace kontor::questions
