// Small helpers that folds share: FlatBuffers fields as plain values, and lists in and out of a
// Sink.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <flatbuffers/flatbuffers.h>

#include "events/base/ids.h"
#include "events/base/money.h"
#include "events/base/result.h"
#include "projections/sink.h"

namespace kontor {

inline std::string_view view(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view{} : std::string_view(text->c_str(), text->size());
}

// A vector of structs or scalars as a span; absent: empty.
template <class T>
std::span<const T> run(const flatbuffers::Vector<const T*>* values) {
  if (values == nullptr) return {};
  return {reinterpret_cast<const T*>(values->Data()), values->size()};
}
template <class T>
std::span<const T> run(const flatbuffers::Vector<T>* values) {
  if (values == nullptr) return {};
  return {values->data(), values->size()};
}

inline std::optional<Minor> optional_minor(std::int64_t value) {
  return value == kAbsent ? std::nullopt : std::optional(Minor{value});
}
inline std::int64_t raw(std::optional<Minor> value) {
  return value ? value->value() : kAbsent;
}

template <class Id>
std::vector<Id> ids(const flatbuffers::Vector<std::uint32_t>* values) {
  std::vector<Id> out;
  for (const std::uint32_t value : run(values))
    out.emplace_back(value);
  return out;
}

inline std::vector<std::string> texts(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* values) {
  std::vector<std::string> out;
  if (values == nullptr) return out;
  for (const flatbuffers::String* const text : *values)
    out.emplace_back(view(text));
  return out;
}

template <class Id>
void save_ids(Sink& out, const std::vector<Id>& values) {
  out.pod(std::uint64_t{values.size()});
  for (const Id id : values)
    out.pod(id.value());
}
template <class Id>
void load_ids(Source& in, std::vector<Id>& values) {
  values.resize(in.size_of_run(sizeof(Id)));
  for (Id& id : values)
    in.pod(id);
}

inline void save_texts(Sink& out, const std::vector<std::string>& values) {
  out.pod(std::uint64_t{values.size()});
  for (const std::string& text : values)
    out.text(text);
}
inline void load_texts(Source& in, std::vector<std::string>& values) {
  values.resize(in.size_of_run(8));
  for (std::string& text : values)
    in.text(text);
}

inline Status broken(std::string what) {
  return Error{ErrorKind::kCorrupt, "invariant broken: " + std::move(what)};
}

}  // namespace kontor
