#include "api/feed/feed_reader.h"

#include <algorithm>

#include "engine/books.h"
#include "events/base/mark.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

using questions::FoundEvent;
using questions::Stream;

constexpr std::size_t kEventsOfPart = 512;
constexpr std::size_t kBodyBytesOfPart = 128U << 10;  // as stored; a few times that as JSON
constexpr std::uint32_t kDecisionsOfSlice = 20'000;
constexpr std::uint32_t kDecisionsOfPart = 200'000;  // then it is told, though it may be empty
constexpr std::size_t kNamesMax = 20'000;

}  // namespace

// ---- on the engine's thread ---------------------------------------------------------------------

// Finds what the names of stream and company stand for, and whether the position can be.
class FeedReader::Begin final : public Question {
 public:
  explicit Begin(std::shared_ptr<FeedReader> reader) : reader_(std::move(reader)) {}

  void ask(const Books& books) override {
    FeedReader& to = *reader_;
    const Book* const book = books.find(to.wanted_.book);
    if (book == nullptr) return refuse(StatusCode::kUnknownBook, "no book has this number");
    if (to.wanted_.from.value() > book->last_sequence().value() + 1) {
      return refuse(StatusCode::kNotFound,
                    "the book has not come to position " + std::to_string(to.wanted_.from.value()) +
                        "; its last is " + std::to_string(book->last_sequence().value()));
    }
    find(*book, to.wanted_.stream, to.stream_);
    const std::string& company = to.wanted_.company;
    find(*book, company.empty() ? company : "company:" + company, to.company_);
  }

  void answer() override {
    if (status_ != StatusCode::kDone) return reader_->finish(status_, std::move(message_));
    reader_->begun_ = true;
    reader_->read();
  }

 private:
  void find(const Book& book, const std::string& name, Stream& out) {
    if (name.empty() || status_ != StatusCode::kDone) return;
    Result<Stream> found = questions::find_stream(book, name);
    if (found) {
      out = std::move(*found);
      return;
    }
    const bool unknown = found.error().kind == ErrorKind::kNotFound;
    refuse(unknown ? StatusCode::kNotFound : StatusCode::kMalformed, found.error().message);
  }
  void refuse(StatusCode status, std::string message) {
    status_ = status;
    message_ = std::move(message);
  }

  std::shared_ptr<FeedReader> reader_;
  StatusCode status_ = StatusCode::kDone;
  std::string message_;
};

class FeedReader::LookUp final : public Question {
 public:
  explicit LookUp(std::shared_ptr<FeedReader> reader) : reader_(std::move(reader)) {}

  void ask(const Books& books) override {
    const Book& book = *books.find(reader_->wanted_.book);
    for (const Reference& reference : reader_->missing_)
      reader_->names_[reference] = book.name(reference.first, reference.second);
  }
  void answer() override {
    const StatusCode taken =
        reader_->engine_.read([reader = reader_](const LogReader&) { reader->render(); });
    if (taken != StatusCode::kDone) reader_->try_again_later(taken);
  }

 private:
  std::shared_ptr<FeedReader> reader_;
};

// ---- on the reader's thread ---------------------------------------------------------------------

// The names known so far; the others are noted.
class FeedReader::KnownNames final : public NameSource {
 public:
  explicit KnownNames(FeedReader& reader) : reader_(reader) {}

  std::optional<std::string> name(std::string_view kind, std::uint64_t ref) const override {
    Reference reference(kind, ref);
    const auto found = reader_.names_.find(reference);
    if (found != reader_.names_.end()) return found->second;
    reader_.missing_.push_back(std::move(reference));
    return std::nullopt;
  }

 private:
  FeedReader& reader_;
};

FeedReader::FeedReader(Engine& engine, FeedWanted wanted)
    : engine_(engine),
      wanted_(std::move(wanted)),
      next_(std::max<std::uint64_t>(wanted_.from.value(), 1)) {
}

void FeedReader::next(Done done) {
  done_ = std::move(done);
  found_.clear();
  body_bytes_ = 0;
  decisions_ = 0;
  caught_up_ = false;
  first_ = next_;
  if (begun_) return read();
  begin();
}

void FeedReader::begin() {
  const StatusCode taken = engine_.ask(std::make_unique<Begin>(shared_from_this()));
  if (taken != StatusCode::kDone) try_again_later(taken);
}

void FeedReader::read() {
  const StatusCode taken =
      engine_.read([self = shared_from_this()](const LogReader& log) { self->read_some(log); });
  if (taken != StatusCode::kDone) try_again_later(taken);
}

bool FeedReader::enough() const {
  return found_.size() >= kEventsOfPart || body_bytes_ >= kBodyBytesOfPart ||
         decisions_ >= kDecisionsOfPart;
}

bool FeedReader::wanted(const EventView& event) const {
  const auto& kinds = wanted_.kinds;
  if (!kinds.empty() && std::find(kinds.begin(), kinds.end(), event.header.kind) == kinds.end()) {
    return false;
  }
  return questions::belongs_to_stream(stream_, event) &&
         questions::belongs_to_stream(company_, event);
}

void FeedReader::take(const DecisionView& decision, Sequence last) {
  decision.for_each_event([&](const EventView& event) {
    const std::uint64_t sequence = event.sequence.value();
    if (sequence < next_ || sequence > last.value() || enough()) return;
    next_ = sequence + 1;
    if (!wanted(event)) return;
    body_bytes_ += event.body.size();
    found_.push_back(questions::copy_event(decision, event));
  });
}

// False: it has answered that the log cannot be read.
bool FeedReader::scan(const LogReader& log, Sequence last) {
  std::uint32_t slice = kDecisionsOfSlice;
  const Status scanned = log.scan(wanted_.book, Sequence{next_}, [&](const DecisionView& decision) {
    take(decision, last);
    --slice;
    ++decisions_;
    return slice > 0 && !enough() && next_ <= last.value();
  });
  if (scanned) return true;
  finish(StatusCode::kReadOnly, "the log cannot be read: " + scanned.error().message);
  return false;
}

// A slice; others are answered before the next.
void FeedReader::read_some(const LogReader& log) {
  const Sequence last = log.last_sequence(wanted_.book);
  if (next_ <= last.value() && !scan(log, last)) return;
  caught_up_ = next_ > last.value();
  if (!caught_up_ && !enough()) return read();
  if (!caught_up_) KONTOR_MARK("a part of a subscription that is full");
  render();
}

// With the names there are. What is missing is looked up once, and then it is rendered again.
void FeedReader::render() {
  const bool looked_up = !missing_.empty();
  missing_.clear();
  const KnownNames names(*this);
  FeedPart part;
  for (const FoundEvent& event : found_) {
    part.events.push_back(std::make_unique<wire::EventRowT>());
    questions::fill_event_row(event, names, *part.events.back());
  }
  if (!missing_.empty() && !looked_up) {
    const StatusCode taken = engine_.ask(std::make_unique<LookUp>(shared_from_this()));
    if (taken != StatusCode::kDone) try_again_later(taken);
    return;
  }
  missing_.clear();
  if (names_.size() > kNamesMax) names_.clear();
  std::erase_if(names_, [](const auto& entry) { return !entry.second; });
  part.first = Sequence{first_};
  part.position = Sequence{next_ - 1};
  part.caught_up = caught_up_;
  found_.clear();
  std::exchange(done_, nullptr)(std::move(part));
}

void FeedReader::finish(StatusCode status, std::string message) {
  FeedPart part;
  part.status = status;
  part.message = std::move(message);
  part.first = Sequence{first_};
  part.position = Sequence{first_ - 1};
  std::exchange(done_, nullptr)(std::move(part));
}

// What was read so far is read once more.
void FeedReader::try_again_later(StatusCode status) {
  next_ = first_;
  missing_.clear();
  FeedPart part;
  part.status = status;
  part.again = status == StatusCode::kOverloaded;
  part.message = "the server is stopping";
  part.first = Sequence{first_};
  part.position = Sequence{first_ - 1};
  std::exchange(done_, nullptr)(std::move(part));
}

}  // namespace kontor
