#include "tests/events/log/log_script.h"

#include <cstring>

#include "book_generated.h"
#include "claim_log_generated.h"
#include "item_generated.h"
#include "register_item_generated.h"

#include "events/codec/catalog.h"

namespace kontor::test {
namespace {

std::vector<std::byte> bytes_of(const flatbuffers::FlatBufferBuilder& builder) {
  const auto bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  return {bytes.begin(), bytes.end()};
}

EventParts item_registered(const std::string& name, std::uint32_t ordinal) {
  flatbuffers::FlatBufferBuilder builder;
  const auto item = builder.CreateString(name);
  ItemRegisteredBuilder event(builder);
  event.add_ordinal(ordinal);
  event.add_item(item);
  builder.Finish(event.Finish());
  return {number_of<ItemRegistered>, bytes_of(builder), 0, 1};
}

}  // namespace

DecisionParts claim_log(Epoch epoch) {
  DecisionParts parts;
  parts.id = "claim-" + std::to_string(epoch.value());
  parts.actor = "";
  flatbuffers::FlatBufferBuilder command;
  command.Finish(CreateClaimLogDirect(command, epoch.value(), "test", "here"));
  parts.kind = number_of<ClaimLog>;
  parts.command = bytes_of(command);
  flatbuffers::FlatBufferBuilder event;
  event.Finish(CreateLogClaimedDirect(event, epoch.value(), "test", "here"));
  parts.events.push_back({number_of<LogClaimed>, bytes_of(event), 0, 1});
  return parts;
}

DecisionParts register_items(const std::string& name, int events) {
  DecisionParts parts;
  parts.id = "register-" + name;
  flatbuffers::FlatBufferBuilder command;
  const auto item = command.CreateString(name);
  const auto category = command.CreateString("standard");
  RegisterItemBuilder body(command);
  body.add_item(item);
  body.add_tax_category(category);
  command.Finish(body.Finish());
  parts.kind = number_of<RegisterItem>;
  parts.command = bytes_of(command);
  for (int i = 0; i < events; ++i) {
    parts.events.push_back(item_registered(name, static_cast<std::uint32_t>(i)));
  }
  return parts;
}

DecisionParts register_item(const std::string& name) {
  return register_items(name, 1);
}

void append_decision(const DecisionParts& parts, Sequence first, Timestamp recorded,
                     AlignedBuffer& out) {
  const std::size_t begin = out.size();
  DecisionHeader header;
  header.first_sequence = first.value();
  header.event_count = static_cast<std::uint32_t>(parts.events.size());
  header.command_bytes = static_cast<std::uint32_t>(parts.command.size());
  header.recorded_at = recorded.value();
  header.command_kind = parts.kind;
  header.command_version = parts.version;
  header.outcome = parts.outcome;
  header.id_bytes = static_cast<std::uint8_t>(parts.id.size());
  header.actor_bytes = static_cast<std::uint8_t>(parts.actor.size());
  header.on_behalf_of_bytes = static_cast<std::uint8_t>(parts.on_behalf_of.size());
  header.reason_bytes = static_cast<std::uint8_t>(parts.reason.size());
  header.correlation_id_bytes = static_cast<std::uint8_t>(parts.correlation_id.size());
  out.append(std::as_bytes(std::span(&header, 1)));
  const std::string strings =
      parts.id + parts.actor + parts.on_behalf_of + parts.reason + parts.correlation_id;
  out.append_padded(std::as_bytes(std::span(strings)));
  out.append_padded(parts.command);
  for (const EventParts& event : parts.events) {
    EventHeader head;
    head.kind = event.kind;
    head.version = event.version;
    head.length = static_cast<std::uint32_t>(event.body.size());
    head.reference = event.reference;
    out.append(std::as_bytes(std::span(&head, 1)));
    out.append_padded(event.body);
  }
  header.bytes = static_cast<std::uint32_t>(out.size() - begin);
  std::memcpy(out.data() + begin, &header, sizeof header);
}

AlignedBuffer CommitWriter::seal(const std::map<std::uint32_t, Decisions>& books) {
  std::vector<PageBuilder> pages(books.size());
  std::vector<CommitPage> commit;
  for (const auto& [book, decisions] : books) {
    PageChain& chain = chains_[book];
    chain.book = BookNumber{book};
    PageBuilder& page = pages.at(commit.size());
    page.begin(chain.book, Sequence{chain.last_sequence.value() + 1});
    for (const DecisionParts& parts : decisions) {
      append_decision(parts, page.next_sequence(), Timestamp{++clock_}, page.buffer());
      page.decision_written();
    }
    commit.push_back({&page, &chain});
  }
  last_ = CommitNumber{last_.value() + 1};
  AlignedBuffer scratch;
  AlignedBuffer bytes(seal_commit(commit, CommitStamp{epoch_, last_}, scratch));
  for (const CommitPage& page : commit)
    page.chain->durable_watermark = page.chain->last_sequence;
  return bytes;
}

AlignedBuffer CommitWriter::claim() {
  if (last_.value() != 0) epoch_ = Epoch{epoch_.value() + 1};
  return seal({{0, {claim_log(epoch_)}}});
}

AlignedBuffer CommitWriter::item(const std::string& name) {
  return seal({{1, {register_item(name)}}});
}

void fill(EventLog& log, CommitWriter& writer, int items) {
  const auto append = [&](const AlignedBuffer& commit) {
    const CommitNumber after{writer.last().value() - 1};
    const Status status = log.append(writer.epoch(), after, commit.bytes());
    KONTOR_ASSERT(status.ok());
  };
  append(writer.claim());
  for (int i = 0; i < items; ++i)
    append(writer.item("item-" + std::to_string(i)));
}

}  // namespace kontor::test
