// What became of commands that were sent and not answered: the client asks by their ids.
#include <algorithm>
#include <numeric>

#include "wire_generated.h"

#include "api/client/client_core.h"
#include "events/base/assert.h"

namespace kontor {
namespace {

bool is_settled(const Answer& answer, bool lost) {
  const StatusClass is = class_of(answer.status);
  return is != StatusClass::kUnknown && !(lost && is == StatusClass::kNotStarted);
}

std::vector<std::string> ids_of(Request& submit, std::span<const std::uint32_t> lines) {
  const auto* const sent =
      flatbuffers::GetRoot<wire::SubmitRequest>(submit.body_bytes().data())->commands();
  std::vector<std::string> ids;
  ids.reserve(lines.size());
  for (const std::uint32_t line : lines)
    ids.push_back(sent->Get(line)->id()->str());
  return ids;
}

// An answer to a resolve as one to the command: what is no outcome leaves it unknown.
Answer as_outcome(Answer answer) {
  const StatusClass is = class_of(answer.status);
  if (is == StatusClass::kMisuse || is == StatusClass::kNotStarted) {
    answer.status = StatusCode::kConnectionLost;
  }
  return answer;
}

}  // namespace

// ---- positions known to be durable, before which nothing that is sent later was decided ---------

void ClientCore::learn(const ServerInfo& server) {
  for (const ServerBook& book : server.books) {
    Sequence& known = positions_[book.number];
    known = std::max(known, book.position);
  }
}

void ClientCore::learn(const Request& request, std::span<const Answer> answers) {
  Sequence& known = positions_[request.book];
  for (const Answer& answer : answers) {
    if (answer.sequence.value() == 0) continue;
    known = std::max(known, answer.sequence);
  }
}

// ---- asking -------------------------------------------------------------------------------------

// True: some of the answers in answers_ settle nothing; the frame is kept, and those are asked
// about.
bool ClientCore::ask_about_unsettled(std::size_t index, const Frame& frame) {
  const bool lost = in_flight_[index]->lost;
  std::vector<std::uint32_t> lines;
  for (std::uint32_t i = 0; i < answers_.size(); ++i) {
    if (!is_settled(answers_[i], lost)) lines.push_back(i);
  }
  if (lines.empty()) return false;
  RequestPtr request = take_in_flight(index);
  request->held = AlignedBuffer(frame.body.bytes());
  ask_about(std::move(request), std::move(lines));
  return true;
}

// lines: of the commands whose outcome is unknown; none: of all.
void ClientCore::ask_about(RequestPtr request, std::vector<std::uint32_t> lines) {
  KONTOR_ASSERT(request->is_submit());
  if (lines.empty()) {
    lines.resize(request->count());
    std::iota(lines.begin(), lines.end(), 0U);
  }
  RequestPtr resolve = make_request(MessageType::kResolve, request->book);
  resolve->deadline = resolve->start_by = request->deadline;
  resolve->body = resolve_body(ids_of(*request, lines), request->since);
  resolve->lines = std::move(lines);
  resolve->about = request;
  {
    const std::lock_guard lock(mutex_);
    resolve->number = next_number_++;
  }
  request->lost = true;
  again_.push_back(std::move(resolve));  // the highest number: in its place
  unresolved_.push_back(std::move(request));
  pump();
}

// ---- answers ------------------------------------------------------------------------------------

ClientCore::RequestPtr ClientCore::take_unresolved(const Request& request) {
  const auto found = std::find_if(unresolved_.begin(), unresolved_.end(),
                                  [&](const RequestPtr& other) { return other.get() == &request; });
  if (found == unresolved_.end()) return nullptr;
  RequestPtr taken = std::move(*found);
  unresolved_.erase(found);
  return taken;
}

// To a submit that is being asked about: as good as the answer to the question. Else to one given
// up already, or about the connection as such.
void ClientCore::on_late_answer(const Frame& frame) {
  const auto found = std::find_if(
      unresolved_.begin(), unresolved_.end(),
      [&](const RequestPtr& request) { return request->number == frame.header.request; });
  if (found == unresolved_.end() || frame.header.type != MessageType::kSubmitAnswer) return;
  if (!read_answers(frame.body.bytes(), (*found)->count(), answers_)) return;
  const bool settled = std::all_of(answers_.begin(), answers_.end(),
                                   [](const Answer& answer) { return is_settled(answer, true); });
  if (!settled) return;
  learn(**found, answers_);
  finish(take_unresolved(**found), answers_);
}

void ClientCore::on_resolved(std::size_t index, const Frame& frame) {
  if (!read_answers(frame.body.bytes(), in_flight_[index]->lines.size(), answers_)) {
    return link_.lose("an answer that cannot be read; is the server of a newer version?");
  }
  const RequestPtr resolve = take_in_flight(index);
  RequestPtr about = take_unresolved(*resolve->about);
  if (about == nullptr) return;  // its own answer came first
  std::vector<Answer> all(about->count());
  if (!about->held.empty()) {
    const bool read = read_answers(about->held.bytes(), about->count(), all);
    KONTOR_ASSERT(read);  // it was read when it was kept
  }
  for (std::size_t i = 0; i < answers_.size(); ++i)
    all[resolve->lines[i]] = as_outcome(answers_[i]);
  learn(*about, all);
  finish(std::move(about), all);
}

}  // namespace kontor
