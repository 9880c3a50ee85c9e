#include "api/answer.h"

#include <algorithm>

#include "approval_generated.h"
#include "book_generated.h"
#include "credit_generated.h"
#include "credit_note_generated.h"
#include "invoice_generated.h"
#include "order_generated.h"
#include "wire_generated.h"

#include "api/wire.h"
#include "events/base/limits.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

template <class Table>
const Table& root_of(const EventView& event) {
  return *flatbuffers::GetRoot<Table>(event.body.data());
}

// All grounds of one kind in one decision: an order can be held and asked about at once.
struct GroundsList {
  std::vector<const Grounds*> parts;

  void add(const Grounds* grounds) {
    if (grounds != nullptr) parts.push_back(grounds);
  }
  Offset<Grounds> write(FlatBufferBuilder& builder) const;
};

Offset<Grounds> GroundsList::write(FlatBufferBuilder& builder) const {
  if (parts.empty()) return {};
  std::vector<Reason> reasons;
  std::vector<Offset<flatbuffers::String>> names;
  std::vector<std::uint64_t> evidence;
  std::uint32_t more = 0;
  for (const Grounds* part : parts) {
    more += part->more();
    const std::size_t count = part->reasons() == nullptr ? 0 : part->reasons()->size();
    for (flatbuffers::uoffset_t i = 0; i < count; ++i) {
      reasons.push_back(*part->reasons()->Get(i));
      const bool named = part->names() != nullptr && i < part->names()->size();
      names.push_back(named ? builder.CreateString(part->names()->Get(i))
                            : builder.CreateString("", std::size_t{0}));
    }
    if (part->evidence() != nullptr) {
      evidence.insert(evidence.end(), part->evidence()->begin(), part->evidence()->end());
    }
  }
  const auto reasons_at = builder.CreateVectorOfStructs(reasons);
  const auto names_at = builder.CreateVector(names);
  const auto evidence_at = evidence.empty() ? Offset<flatbuffers::Vector<std::uint64_t>>{}
                                            : builder.CreateVector(evidence);
  return CreateGrounds(builder, reasons_at, names_at, evidence_at, more);
}

// What a status means that only a resolve or a very late command is answered with.
std::string_view note_of(StatusCode status) {
  if (status == StatusCode::kFenced) {
    return "never decided, and fenced: it never will be; send it anew under another id";
  }
  if (status == StatusCode::kTooOld) {
    return "the outcomes of that time are forgotten; look for the document the command names";
  }
  if (status == StatusCode::kNotFound) return "since: the book has not come to this position";
  return {};
}

class AnswerWriter {
 public:
  explicit AnswerWriter(std::size_t commands)
      : builder_(256 + commands * (sizeof(wire::AnswerLine) + 4 * sizeof(std::uint16_t))) {
    lines_.reserve(commands);
    kinds_.reserve(commands * 3);
  }

  void add(const CommandResult& result, std::string_view note) {
    kind_first_ = kinds_.size();
    reasons_.parts.clear();
    warnings_.parts.clear();
    std::uint64_t sequence = 0;
    std::int64_t recorded_at = 0;
    if (result.decision != nullptr) {
      const DecisionView decision(result.decision);
      sequence = decision.header().first_sequence;
      recorded_at = decision.header().recorded_at;
      decision.for_each_event([this](const EventView& event) { add_event(event); });
    }
    const std::uint32_t detail = write_detail(result.status, note);
    lines_.emplace_back(sequence, recorded_at, static_cast<std::uint32_t>(kind_first_), detail,
                        static_cast<std::uint16_t>(kinds_.size() - kind_first_),
                        static_cast<std::uint16_t>(result.status),
                        static_cast<std::uint8_t>(result.repeated ? 1 : 0), std::uint8_t{0},
                        std::uint16_t{0});
  }

  AlignedBuffer finish(const AnswerTo& to) {
    const auto lines = builder_.CreateVectorOfStructs(lines_);
    const auto kinds = builder_.CreateVector(kinds_);
    const auto numbers = numbers_.empty() ? Offset<flatbuffers::Vector<const wire::MadeNumber*>>{}
                                          : builder_.CreateVectorOfStructs(numbers_);
    const auto details = details_.empty()
                             ? Offset<flatbuffers::Vector<Offset<wire::AnswerDetail>>>{}
                             : builder_.CreateVector(details_);
    builder_.Finish(wire::CreateSubmitAnswer(builder_, lines, kinds, numbers, details));
    FrameHeader header;
    header.type = to.type;
    header.request = to.request;
    return make_frame(header, finished_bytes(builder_));
  }

 private:
  void add_event(const EventView& event) {
    switch (static_cast<EventKind>(event.header.kind)) {
      case EventKind::CommandRefused:
        reasons_.add(root_of<CommandRefused>(event).grounds());
        break;
      case EventKind::OrderFailed:
        reasons_.add(root_of<OrderFailed>(event).grounds());
        break;
      case EventKind::OrderHeld:
        reasons_.add(root_of<OrderHeld>(event).grounds());
        break;
      case EventKind::ApprovalRequested:
        reasons_.add(root_of<ApprovalRequested>(event).grounds());
        break;
      case EventKind::DepositRequested:
        reasons_.add(root_of<DepositRequested>(event).grounds());
        break;
      case EventKind::CommandWarned:
        warnings_.add(root_of<CommandWarned>(event).grounds());
        break;
      case EventKind::InvoiceIssued:
        add_number(root_of<InvoiceIssued>(event));
        break;
      case EventKind::CreditNoteIssued:
        add_number(root_of<CreditNoteIssued>(event));
        break;
      default:
        break;
    }
    kinds_.push_back(event.header.kind);
  }

  template <class Issued>
  void add_number(const Issued& document) {
    numbers_.emplace_back(static_cast<std::uint32_t>(lines_.size()),
                          static_cast<std::uint16_t>(kinds_.size() - kind_first_),
                          document.fiscal_year(), document.number());
  }

  // The number of the detail written, from 1; 0: there is nothing to say.
  std::uint32_t write_detail(StatusCode status, std::string_view note) {
    const bool retry = class_of(status) == StatusClass::kNotStarted;
    if (reasons_.parts.empty() && warnings_.parts.empty() && note.empty() && !retry) return 0;
    const auto reasons = reasons_.write(builder_);
    const auto warnings = warnings_.write(builder_);
    const auto message = note.empty() ? Offset<flatbuffers::String>{}
                                      : builder_.CreateString(note.data(), note.size());
    details_.push_back(
        wire::CreateAnswerDetail(builder_, reasons, warnings, message, retry ? kRetryAfterMs : 0));
    return static_cast<std::uint32_t>(details_.size());
  }

  FlatBufferBuilder builder_;
  std::vector<wire::AnswerLine> lines_;
  std::vector<std::uint16_t> kinds_;
  std::vector<wire::MadeNumber> numbers_;
  std::vector<Offset<wire::AnswerDetail>> details_;
  GroundsList reasons_;
  GroundsList warnings_;
  std::size_t kind_first_ = 0;
};

}  // namespace

AlignedBuffer submit_answer_frame(const AnswerTo& to, std::span<const CommandResult> results,
                                  std::span<const EdgeNote> notes) {
  AnswerWriter writer(results.size());
  auto note = notes.begin();
  for (std::size_t i = 0; i < results.size(); ++i) {
    const bool noted = note != notes.end() && note->index == i;
    writer.add(results[i], noted ? note->text : note_of(results[i].status));
    if (noted) ++note;
  }
  return writer.finish(to);
}

AlignedBuffer error_frame(std::uint64_t request, const ErrorText& error) {
  FlatBufferBuilder builder(256);
  const auto message = builder.CreateString(error.message.data(), error.message.size());
  builder.Finish(wire::CreateErrorAnswer(builder, static_cast<std::uint16_t>(error.status), message,
                                         error.retry_after_ms));
  FrameHeader header;
  header.type = MessageType::kErrorAnswer;
  header.request = request;
  if (error.closes) header.flags = kFlagCloses;
  return make_frame(header, finished_bytes(builder));
}

}  // namespace kontor
