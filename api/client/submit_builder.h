// The FlatBuffers side of SubmitFrame. Heavy (flatbuffers): for .cc files of the client.
#pragma once

#include <vector>

#include "wire_generated.h"

#include "api/client/client.h"
#include "api/wire.h"

namespace kontor {

struct SubmitFrame::Builder {
  Builder(BookNumber in_book, std::size_t in_commands_max, std::size_t in_bytes_max);

  bool full(const CommandToSend& next) const;
  void add(const CommandToSend& command);
  std::span<const std::byte> finish();  // once; afterwards the same bytes again

  BookNumber book;
  std::size_t commands_max;
  std::size_t bytes_max;
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<wire::WireCommand>> commands;
  bool finished = false;
  bool ids_missing = false;
};

}  // namespace kontor
