#include "engine/decider.h"

#include <array>
#include <cstring>

#include "engine/commands.h"
#include "engine/rules/refusals.h"
#include "events/base/limits.h"
#include "events/base/mark.h"
#include "events/codec/bodies.h"
#include "projections/past.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace kontor {
namespace {

void dispatch(Step& step, const CommandInput& input) {
  switch (input.kind) {
#define KONTOR_DECIDE(Name, number)                               \
  case number:                                                    \
    decide(step, *flatbuffers::GetRoot<Name>(input.body.data())); \
    return;
    KONTOR_COMMANDS(KONTOR_DECIDE)
#undef KONTOR_DECIDE
    default:
      KONTOR_ASSERT(false);  // the edge lets only known kinds through
  }
}

// The envelope and the command, as they will stay; sizes and sequences are filled in at the end.
std::size_t write_head(AlignedBuffer& out, const CommandInput& input) {
  const std::size_t begin = out.size();
  out.grow(sizeof(DecisionHeader));
  const std::size_t strings = input.id.size() + input.actor.size() + input.on_behalf_of.size() +
                              input.reason.size() + input.correlation_id.size();
  std::byte* at = out.grow(padded(strings));
  std::memset(at, 0, padded(strings));
  for (const std::string_view text :
       {input.id, input.actor, input.on_behalf_of, input.reason, input.correlation_id}) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    at += text.size();
  }
  out.append_padded(input.body);
  return begin;
}

DecisionHeader make_header(const CommandInput& input, const Context& context) {
  DecisionHeader header;
  header.flags =
      input.effective_date != kNoDate ? std::uint16_t{kEffectiveDateGiven} : std::uint16_t{0};
  header.command_bytes = static_cast<std::uint32_t>(input.body.size());
  header.recorded_at = context.recorded_at.value();
  header.effective_date = context.effective_date.value();
  header.business_date = context.business_date.value();
  header.command_kind = input.kind;
  header.command_version = input.version;
  header.principal = context.principal;
  header.expected_version = input.expected_version;
  header.caused_by = input.caused_by;
  header.content = content_hash(input);
  header.trace_id = input.trace.trace_id;
  header.span_id = input.trace.span_id;
  header.trace_flags = input.trace.flags;
  header.id_bytes = static_cast<std::uint8_t>(input.id.size());
  header.actor_bytes = static_cast<std::uint8_t>(input.actor.size());
  header.on_behalf_of_bytes = static_cast<std::uint8_t>(input.on_behalf_of.size());
  header.reason_bytes = static_cast<std::uint8_t>(input.reason.size());
  header.correlation_id_bytes = static_cast<std::uint8_t>(input.correlation_id.size());
  return header;
}

Context make_context(const Book& book, const CommandInput& input, Timestamp recorded_at,
                     std::uint32_t principal) {
  Context context;
  context.recorded_at = recorded_at;
  const Date today = book.calendar().business_date();
  context.business_date = today != kNoDate ? today : day_of(recorded_at);
  context.effective_date =
      input.effective_date != kNoDate ? input.effective_date : context.business_date;
  context.actor = input.actor;
  context.reason = input.reason;
  context.principal = principal;
  context.expected_version = input.expected_version;
  return context;
}

}  // namespace

Hash128 content_hash(const CommandInput& input) {
  const std::uint64_t seed = std::uint64_t{input.kind} << 8 | input.version;
  const std::array texts = {input.actor, input.on_behalf_of, input.reason};
  const std::array<std::uint64_t, 2> rest = {
      static_cast<std::uint32_t>(input.effective_date.value()), input.expected_version};
  std::size_t bytes = input.body.size() + sizeof rest;
  for (const std::string_view text : texts)
    bytes += sizeof(std::uint64_t) + text.size();
  const auto feed = [&](auto take) {
    take(input.body.data(), input.body.size());
    for (const std::string_view text : texts) {
      const std::uint64_t size = text.size();
      take(&size, sizeof size);
      take(text.data(), text.size());
    }
    take(rest.data(), sizeof rest);
  };
  // Nearly every command fits: bytes in one piece take half of what pieces take to be hashed.
  std::array<char, 1024> piece;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  XXH128_hash_t hash{};
  if (bytes <= piece.size()) {
    char* at = piece.data();
    feed([&](const void* data, std::size_t size) {
      if (size > 0) std::memcpy(at, data, size);
      at += size;
    });
    hash = XXH3_128bits_withSeed(piece.data(), bytes, seed);
  } else {
    XXH3_state_t state{};
    XXH3_128bits_reset_withSeed(&state, seed);
    feed([&](const void* data, std::size_t size) { XXH3_128bits_update(&state, data, size); });
    hash = XXH3_128bits_digest(&state);
  }
  return {hash.low64, hash.high64};
}

Decided Decider::decide(Book& book, PageBuilder& page, const CommandInput& input,
                        Timestamp recorded_at, std::uint32_t principal) {
  return write(book, page, input, make_context(book, input, recorded_at, principal));
}

Decided Decider::write(Book& book, PageBuilder& page, const CommandInput& input,
                       const Context& context) {
  const std::size_t begin = write_head(page.buffer(), input);
  DecisionHeader header = make_header(input, context);
  header.first_sequence = book.last_sequence().value() + 1;
  book.begin(header, input.id);

  Step step(book, page, builder_, context);
  expect_effective_date(step);
  if (!step.refused()) dispatch(step, input);
  if (step.refused()) {
    header.outcome = DecisionOutcome::kRefused;
    step.emit_refusal();
  }
  KONTOR_ASSERT(step.event_count() > 0);

  header.event_count = step.event_count();
  header.bytes = static_cast<std::uint32_t>(page.buffer().size() - begin);
  KONTOR_ASSERT(header.bytes <= limits::kDecisionBytesMax);
  std::memcpy(page.buffer().data() + begin, &header, sizeof header);
  page.decision_written();
  book.end();
  return {step.refused() ? StatusCode::kRefused : StatusCode::kDone, begin,
          Sequence{header.first_sequence}};
}

Decided Decider::decide_fence(Book& book, PageBuilder& page, const CommandInput& input,
                              Timestamp recorded_at, std::uint32_t principal) {
  flatbuffers::FlatBufferBuilder command;
  command.Finish(CreateFenceCommand(command, input.since.value()));
  const AlignedBuffer body(std::as_bytes(std::span(command.GetBufferPointer(), command.GetSize())));
  CommandInput fence;
  fence.id = input.id;
  fence.kind = number_of<FenceCommand>;
  fence.body = body.bytes();
  return decide(book, page, fence, recorded_at, principal);
}

Decided Decider::decide_reopening(Book& book, PageBuilder& page, const Gathered& gathered,
                                  Timestamp recorded_at) {
  const auto birth_if = [&](SettledKind kind) {
    return gathered.kind == kind ? gathered.birth : std::uint64_t{0};
  };
  flatbuffers::FlatBufferBuilder command;
  command.Finish(
      CreateReopenDocument(command, birth_if(SettledKind::kOrder), birth_if(SettledKind::kInvoice),
                           birth_if(SettledKind::kPayment), birth_if(SettledKind::kCreditNote)));
  const AlignedBuffer body(std::as_bytes(std::span(command.GetBufferPointer(), command.GetSize())));
  CommandInput input;
  input.kind = number_of<ReopenDocument>;
  input.body = body.bytes();
  Context context = make_context(book, input, recorded_at, 0);
  context.gathered = &gathered;
  return write(book, page, input, context);
}

Decided Decider::decide_follow_up(Book& book, PageBuilder& page, const FollowUp& work,
                                  Timestamp recorded_at) {
  flatbuffers::FlatBufferBuilder command;
  CommandInput input;
  if (work.kind == FollowUpKind::serve_backorders) {
    input.kind = number_of<ServeBackorders>;
    command.Finish(CreateServeBackorders(command, work.subject, work.from, work.from_line));
  } else if (work.kind == FollowUpKind::review_approvals) {
    input.kind = number_of<ReviewApprovals>;
    command.Finish(CreateReviewApprovals(command));
  } else if (work.kind == FollowUpKind::apply_day_rules) {
    input.kind = number_of<ApplyDayRules>;
    command.Finish(CreateApplyDayRules(command, work.from));
  } else if (work.kind == FollowUpKind::run_recurring_order) {
    input.kind = number_of<RunRecurringOrder>;
    command.Finish(CreateRunRecurringOrder(command, work.from));
  } else {
    input.kind = number_of<ExamineHeldOrders>;
    command.Finish(CreateExamineHeldOrders(command, work.subject, work.from));
  }
  const AlignedBuffer body(std::as_bytes(std::span(command.GetBufferPointer(), command.GetSize())));
  input.body = body.bytes();
  input.caused_by = work.cause.value();
  return decide(book, page, input, recorded_at, 0);
}

}  // namespace kontor
