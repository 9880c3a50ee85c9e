#include "events/codec/catalog.h"

#include <algorithm>
#include <array>

#include "events/codec/bodies.h"

namespace kontor {
namespace {

struct Row {
  std::uint16_t number;
  std::string_view name;
  bool (*verify)(std::span<const std::byte>);
};

constexpr flatbuffers::uoffset_t kDepthMax = 16;
constexpr flatbuffers::uoffset_t kTablesMax = 65'536;

template <class Table>
bool verify_root(std::span<const std::byte> body) {
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(body.data());
  if (reinterpret_cast<std::uintptr_t>(bytes) % 8 != 0) return false;
  flatbuffers::Verifier verifier(bytes, body.size(), kDepthMax, kTablesMax);
  return verifier.VerifyBuffer<Table>(nullptr);
}

#define KONTOR_ROW(name, number) Row{number, #name, &verify_root<name>},
constexpr auto kCommands = std::to_array<Row>({KONTOR_COMMANDS(KONTOR_ROW)});
constexpr auto kEvents = std::to_array<Row>({KONTOR_EVENTS(KONTOR_ROW)});
#undef KONTOR_ROW

template <class Rows>
const Row* find(const Rows& rows, std::uint16_t number) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Row& r) { return r.number == number; });
  return row == rows.end() ? nullptr : &*row;
}

template <class Rows>
std::uint16_t number_by_name(const Rows& rows, std::string_view name) {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  return row == rows.end() ? std::uint16_t{0} : row->number;
}

}  // namespace

std::string_view command_name(std::uint16_t kind) {
  const Row* const row = find(kCommands, kind);
  return row == nullptr ? std::string_view{} : row->name;
}

std::string_view event_name(std::uint16_t kind) {
  const Row* const row = find(kEvents, kind);
  return row == nullptr ? std::string_view{} : row->name;
}

std::uint16_t command_number(std::string_view name) {
  return number_by_name(kCommands, name);
}

std::uint16_t event_number(std::string_view name) {
  return number_by_name(kEvents, name);
}

bool is_system_command(std::uint16_t kind) {
  switch (kind) {
#define KONTOR_CASE(name, number) case number:
    KONTOR_SYSTEM_COMMANDS(KONTOR_CASE)
#undef KONTOR_CASE
    return true;
    default:
      return false;
  }
}

bool verify_command(std::uint16_t kind, std::span<const std::byte> body) {
  const Row* const row = find(kCommands, kind);
  return row != nullptr && row->verify(body);
}

bool verify_event(std::uint16_t kind, std::span<const std::byte> body) {
  const Row* const row = find(kEvents, kind);
  return row != nullptr && row->verify(body);
}

}  // namespace kontor
