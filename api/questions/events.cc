// events: what happened, oldest first, of one thing (by the timeline) or all.
#include "api/questions/found_event.h"
#include "api/questions/history.h"
#include "api/questions/stream.h"
#include "api/questions/stream_reader.h"
#include "events/base/limits.h"

namespace kontor::questions {
namespace {

constexpr std::uint64_t kDecisionsOfRequest = 200'000;
// What bodies may take, as stored and as JSON, so that the answer fits a frame.
constexpr std::size_t kBodyBytesMax = 512U << 10;
constexpr std::size_t kJsonBytesMax = 3U << 20;

class EventsQuestion final : public HistoryQuestion {
 public:
  EventsQuestion(Query query, const Views* views) : query_(std::move(query)), views_(views) {
    next_ = std::max<std::uint64_t>({query_.from, query_.after.first, 1});
    rows_max_ = query_.limit == 0 ? kRowsDefault : std::min(query_.limit, kRowsMax);
  }

  std::optional<Answered> begin(const Book& book) override {
    last_ = book.last_sequence().value();
    end_ = query_.to == 0 ? last_ : std::min(last_, query_.to);
    if (query_.name.empty()) return std::nullopt;
    Result<Stream> stream = find_stream(book, query_.name);
    if (!stream) {
      const bool unknown = stream.error().kind == ErrorKind::kNotFound;
      return refused(unknown ? StatusCode::kNotFound : StatusCode::kMalformed,
                     stream.error().message);
    }
    stream_ = std::move(*stream);
    if (stream_.is_document) next_ = std::max(next_, stream_.ref);
    if (const auto kind = stream_kind(stream_.kind)) {
      by_timeline_.emplace(
          StreamReader::Range{{book.number(), *kind, stream_.ref}, Sequence{next_}, Sequence{end_}},
          views_);
    }
    return std::nullopt;
  }

  Result<Slice> read(const LogReader& log, BookNumber book) override {
    if (next_ > end_) return Slice::kFinished;
    if (by_timeline_) {
      const auto read = read_by_timeline(log);
      if (read.ok() || read.error().kind != ErrorKind::kUnavailable) return read;
      by_timeline_.reset();  // too far behind: the log is looked through instead
    }
    std::uint64_t slice = kDecisionsOfSlice;
    const Status scanned = log.scan(book, Sequence{next_}, [&](const DecisionView& decision) {
      take(decision);
      --slice;
      ++decisions_;
      return !enough() && slice > 0;
    });
    if (!scanned) return scanned.error();
    // A slice that ended by itself has seen all there is.
    return enough() || slice > 0 ? Slice::kFinished : Slice::kAgain;
  }

  Answered render(const Book& book) override {
    const BookNames names(book);
    wire::EventsAnswerT out;
    std::size_t bytes = 0;
    for (const FoundEvent& event : found_) {
      if (bytes > kJsonBytesMax) {
        next_ = event.sequence.value();
        break;
      }
      fill_event_row(event, names, add_row(out.events));
      bytes += out.events.back()->body.size();
    }
    out.scanned_to = next_ - 1;
    return answered(out, next_ > end_ ? std::string{} : format_place({next_, 0}));
  }

  Sequence position() const override { return Sequence{last_}; }

 private:
  Result<Slice> read_by_timeline(const LogReader& log) {
    const auto done =
        by_timeline_->step(log, [&](const DecisionView& decision, const EventView& event) {
          next_ = event.sequence.value() + 1;
          body_bytes_ += event.body.size();
          found_.push_back(copy_event(decision, event));
          return !full();
        });
    if (!done.ok()) return done.error();
    if (*done && !full()) next_ = end_ + 1;
    return *done ? Slice::kFinished : Slice::kAgain;
  }

  bool full() const { return found_.size() >= rows_max_ || body_bytes_ > kBodyBytesMax; }
  bool enough() const { return full() || next_ > end_ || decisions_ >= kDecisionsOfRequest; }

  void take(const DecisionView& decision) {
    decision.for_each_event([&](const EventView& event) {
      const std::uint64_t sequence = event.sequence.value();
      if (sequence < next_ || sequence > end_ || full()) return;
      next_ = sequence + 1;
      if (!belongs_to_stream(stream_, event)) return;
      body_bytes_ += event.body.size();
      found_.push_back(copy_event(decision, event));
    });
  }

  Query query_;
  const Views* views_;
  Stream stream_;
  std::optional<StreamReader> by_timeline_;
  std::vector<FoundEvent> found_;
  std::size_t body_bytes_ = 0;
  std::uint64_t next_ = 1;  // the next event to look at
  std::uint64_t end_ = 0;   // the last one wanted
  std::uint64_t last_ = 0;
  std::uint64_t decisions_ = 0;
  std::uint32_t rows_max_ = 0;
};

}  // namespace

std::unique_ptr<HistoryQuestion> make_events_question(Query query, const Views* views) {
  return std::make_unique<EventsQuestion>(std::move(query), views);
}

}  // namespace kontor::questions
