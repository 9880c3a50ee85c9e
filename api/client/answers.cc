#include "api/client/answers.h"

#include "wire_generated.h"

#include "api/wire.h"

namespace kontor {
namespace {

template <class Vector>
std::size_t size_of(const Vector* vector) {
  return vector == nullptr ? 0 : vector->size();
}

std::string_view view(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view(text->data(), text->size());
}

class AnswerReader {
 public:
  explicit AnswerReader(const wire::SubmitAnswer& answer) : answer_(answer) {
    if (size_of(answer.numbers()) == 0) return;
    numbers_ = {reinterpret_cast<const wire::MadeNumber*>(answer.numbers()->Data()),
                answer.numbers()->size()};
  }

  // False: the line points outside of its frame.
  bool read(std::uint32_t index, Answer& out) {
    const wire::AnswerLine& line = *answer_.answers()->Get(index);
    out.status = static_cast<StatusCode>(line.status());
    out.repeated = line.repeated() != 0;
    out.sequence = Sequence{line.sequence()};
    out.recorded_at = Timestamp{line.recorded_at()};
    const std::size_t kinds = size_of(answer_.kinds());
    if (line.kind_first() > kinds || line.kind_count() > kinds - line.kind_first()) return false;
    if (line.kind_count() > 0) {
      out.events = {answer_.kinds()->data() + line.kind_first(), line.kind_count()};
    }
    out.numbers = numbers_of(index);
    if (line.detail() == 0) return true;
    if (line.detail() > size_of(answer_.details())) return false;
    const wire::AnswerDetail& detail = *answer_.details()->Get(line.detail() - 1);
    out.reasons = detail.reasons();
    out.warnings = detail.warnings();
    out.message = view(detail.message());
    out.retry_after_ms = detail.retry_after_ms();
    return true;
  }

 private:
  std::span<const wire::MadeNumber> numbers_of(std::uint32_t index) {
    while (!numbers_.empty() && numbers_.front().answer() < index)
      numbers_ = numbers_.subspan(1);
    std::size_t count = 0;
    while (count < numbers_.size() && numbers_[count].answer() == index)
      ++count;
    return numbers_.first(count);
  }

  const wire::SubmitAnswer& answer_;
  std::span<const wire::MadeNumber> numbers_;  // not yet passed
};

}  // namespace

bool read_answers(std::span<const std::byte> body, std::size_t commands, std::vector<Answer>& out) {
  out.clear();
  const auto* const answer =
      verified_root<wire::SubmitAnswer>(body, {.depth = 6, .tables = 3 * commands + 8});
  if (answer == nullptr || size_of(answer->answers()) != commands) return false;
  out.resize(commands);
  AnswerReader reader(*answer);
  for (std::uint32_t i = 0; i < commands; ++i) {
    if (!reader.read(i, out[i])) return false;
  }
  return true;
}

}  // namespace kontor
