// Questions: what is asked about a book's present, its history or one of its documents. The server
// takes them off the wire and gives them to a QuestionAnswerer.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "engine/views/views.h"

namespace kontor {

class QuestionAnswerer {
 public:
  virtual ~QuestionAnswerer() = default;

  // A finished FlatBuffers root of wire::QueryAnswer, its body 8-aligned.
  using Done = std::function<void(AlignedBuffer answer)>;

  // request: a verified root of wire::QueryRequest, owned by the answerer from here on; its texts
  // are not yet checked. Called on the server's I/O thread, so it must not block: ask the engine
  // (Engine::ask, Engine::read). `done` is called exactly once, from any thread, also before this
  // returns; a question that cannot be answered gets a QueryAnswer with its status and a message.
  // After `deadline` an answer that was not begun is none: deadline_expired.
  using Deadline = std::optional<std::chrono::steady_clock::time_point>;
  virtual void answer(Engine& engine, BookNumber book, AlignedBuffer request, Done done,
                      Deadline deadline) = 0;
};

class PastCopies;  // engine/past/past_copies.h: books as they were

// What a shard has besides its engine to answer questions with; both outlive the answerer, and the
// engine.
struct AnswerSources {
  const Views* views = nullptr;  // null: none are kept; the log is read as far as that is bounded
  PastCopies* past = nullptr;    // null: what only a copy of the past could answer is refused
};

// The one that kontord runs.
std::unique_ptr<QuestionAnswerer> make_question_answerer(std::vector<AnswerSources> shards);
std::unique_ptr<QuestionAnswerer> make_question_answerer(const Views* views, PastCopies* copies);
std::unique_ptr<QuestionAnswerer> make_question_answerer();  // without either

}  // namespace kontor
