#include "wire_generated.h"

#include "api/questions/question.h"
#include "api/wire.h"

namespace kontor {
namespace {

// Knows no question yet: each is answered with that.
class UnknownQuestions final : public QuestionAnswerer {
 public:
  void answer(Engine&, BookNumber, AlignedBuffer request, Done done) override {
    const auto* const query = flatbuffers::GetRoot<wire::QueryRequest>(request.data());
    flatbuffers::FlatBufferBuilder builder(256);
    const auto message = builder.CreateString("this server does not answer this question");
    wire::QueryAnswerBuilder answer(builder);
    answer.add_status(static_cast<std::uint16_t>(StatusCode::kUnknownQuestion));
    answer.add_question(query->question());
    answer.add_message(message);
    builder.Finish(answer.Finish());
    done(AlignedBuffer(finished_bytes(builder)));
  }
};

}  // namespace

std::unique_ptr<QuestionAnswerer> make_question_answerer() {
  return std::make_unique<UnknownQuestions>();
}

}  // namespace kontor
