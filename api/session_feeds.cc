// What a session is told about subscriptions.
#include <algorithm>

#include "subscribe_generated.h"

#include "api/session.h"
#include "api/session_texts.h"
#include "api/wire.h"
#include "events/codec/catalog.h"

namespace kontor {
namespace {

constexpr std::size_t kKindsMax = 256;
constexpr std::size_t kTextBytesMax = kIdentifierBytesMax + 16;  // a name, maybe with its kind

std::string text_of(const flatbuffers::String* text) {
  return text == nullptr ? std::string{} : text->str();
}

bool is_sound(const FeedWanted& wanted) {
  const auto known = [](std::uint16_t kind) { return !event_name(kind).empty(); };
  return is_text(wanted.stream, kTextBytesMax) && is_text(wanted.company, kTextBytesMax) &&
         wanted.kinds.size() <= kKindsMax &&
         std::all_of(wanted.kinds.begin(), wanted.kinds.end(), known);
}

}  // namespace

void Session::pump_feeds() {
  if (!feeds_.empty() && !closing_) feeds_.pump(unwritten_bytes_);
}

void Session::end_feeds() {
  feeds_.end_all(StatusCode::kStopping,
                 "the server is stopping; subscribe to its successor from the position after this");
}

void Session::subscribe(const Frame& frame) {
  const FrameHeader& header = frame.header;
  const auto* const request = verified_root<wire::SubscribeRequest>(frame.body.bytes(), {});
  if (request == nullptr) {
    return fail(header.request,
                {StatusCode::kMalformed, "the body is no SubscribeRequest", 0, true});
  }
  if (context_.stopping) return fail(header.request, kStoppingError);
  if (header.book == 0 || !context_.knows(BookNumber{header.book})) {
    return fail(header.request, kUnknownBookError);
  }
  FeedWanted wanted;
  wanted.book = BookNumber{header.book};
  wanted.from = Sequence{request->from()};
  wanted.stream = text_of(request->stream());
  wanted.company = text_of(request->company());
  if (request->kinds() != nullptr) {
    wanted.kinds.assign(request->kinds()->begin(), request->kinds()->end());
  }
  if (!is_sound(wanted)) {
    return fail(header.request,
                {StatusCode::kMalformed,
                 "a name is up to 64 bytes of UTF-8 without control characters, and "
                 "kinds are at most 256 numbers of events that this server knows"});
  }
  const auto refused =
      feeds_.open(context_.engine, header.request, std::move(wanted), request->frames());
  if (refused) fail(header.request, {StatusCode::kOverloaded, *refused, kRetryAfterStoppingMs});
}

void Session::grant(const Frame& frame) {
  const auto* const grant = verified_root<wire::Grant>(frame.body.bytes(), {});
  if (grant == nullptr) {
    return fail(frame.header.request, {StatusCode::kMalformed, "the body is no Grant", 0, true});
  }
  feeds_.grant(frame.header.request, grant->frames());
}

}  // namespace kontor
