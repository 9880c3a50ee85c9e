// pages: a book's log as it stands, for those who check it without trusting us.
#include <utility>

#include "api/questions/history.h"

namespace kontor::questions {
namespace {

constexpr std::size_t kBytesOfAnswer = 1U << 20;

// Query.after is where to go on: the first sequence of a page, and how much of it was told.
class PagesQuestion final : public HistoryQuestion {
 public:
  explicit PagesQuestion(const Query& query)
      : next_(query.after.first != 0 ? query.after : Place{query.from, 0}) {}

  std::optional<Answered> begin(const Book& book) override {
    last_ = book.last_sequence().value();
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    const Status scanned = log.scan_pages(
        book, Sequence{next_.first},
        [&](const PageView& page, std::span<const std::byte> bytes) { return take(page, bytes); });
    if (!scanned) return scanned.error();
    return Slice::kFinished;
  }

  Answered render(const Book& /*book*/) override {
    wire::PagesAnswerT out;
    out.bytes = std::move(bytes_);
    return answered(out, next_.first > last_ ? std::string{} : format_place(next_));
  }

  Sequence position() const override { return Sequence{last_}; }

 private:
  // Whole pages up to the one that holds the position told: a page is sound only as a whole.
  bool take(const PageView& page, std::span<const std::byte> bytes) {
    const PageHeader& header = page.header();
    if (header.first_sequence > last_) return false;
    const std::uint64_t told = header.first_sequence == next_.first ? next_.second : 0;
    const auto rest = bytes.subspan(std::min<std::uint64_t>(told, bytes.size()));
    const auto part = rest.first(std::min(rest.size(), kBytesOfAnswer - bytes_.size()));
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(part.data());
    bytes_.insert(bytes_.end(), begin, begin + part.size());
    if (part.size() < rest.size()) {
      next_ = {header.first_sequence, told + part.size()};
      return false;
    }
    next_ = {header.first_sequence + header.event_count, 0};
    return true;
  }

  Place next_;
  std::vector<std::uint8_t> bytes_;
  std::uint64_t last_ = 0;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_pages_question(const Query& query) {
  return std::make_unique<PagesQuestion>(query);
}

}  // namespace kontor::questions
