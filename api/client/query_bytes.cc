#include "api/client/query_bytes.h"

#include "wire_generated.h"

#include "api/wire.h"

namespace kontor {

AlignedBuffer write_query(const QueryToSend& query) {
  flatbuffers::FlatBufferBuilder builder(256);
  const auto text = [&builder](std::string_view value) {
    return value.empty() ? flatbuffers::Offset<flatbuffers::String>{}
                         : builder.CreateString(value.data(), value.size());
  };
  const auto name = text(query.name);
  const auto second = text(query.second);
  const auto third = text(query.third);
  const auto after = text(query.after);
  const auto state = text(query.state);
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> command;
  if (!query.command.empty()) {
    builder.ForceVectorAlignment(query.command.size(), 1, 8);
    command = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(query.command.data()),
                                   query.command.size());
  }
  builder.Finish(wire::CreateQueryRequest(
      builder, query.question, name, second, third, query.date.value(), query.as_of.value(),
      query.as_of_time.value(), query.from.value(), query.to.value(), query.limit, after,
      query.number, query.filter, query.date_from.value(), query.date_to.value(), state, command));
  return AlignedBuffer(finished_bytes(builder));
}

QueryResult read_query_answer(std::span<const std::byte> body) {
  QueryResult result;
  const auto* const answer = verified_root<wire::QueryAnswer>(body, {});
  if (answer == nullptr) {
    result.status = StatusCode::kMalformed;
    result.message = "the server's answer cannot be read; is it of a newer version?";
    return result;
  }
  result.status = static_cast<StatusCode>(answer->status());
  result.position = Sequence{answer->position()};
  result.more = answer->more();
  if (answer->next() != nullptr) result.next = answer->next()->str();
  if (answer->message() != nullptr) result.message = answer->message()->str();
  if (answer->body() != nullptr) {
    result.body.append(std::as_bytes(std::span(answer->body()->data(), answer->body()->size())));
  }
  return result;
}

}  // namespace kontor
