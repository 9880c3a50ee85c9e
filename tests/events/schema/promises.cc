#include "tests/events/schema/promises.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string_view>

#include <flatbuffers/reflection.h>

#include "tests/support/test_data.h"

namespace kontor::test {
namespace {

using Attributes = std::map<std::string, std::string>;

// Of FlatBuffers itself: where a field lies is compared directly.
constexpr std::array<std::string_view, 3> kOfTheCompiler = {"id", "key", "force_align"};
constexpr std::array<const char*, 2> kNumbers = {"command", "event"};

const reflection::Schema* read_schema(std::span<const std::byte> bytes) {
  const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  flatbuffers::Verifier verifier(data, bytes.size());
  if (bytes.size() < 8 || !reflection::VerifySchemaBuffer(verifier)) return nullptr;
  return reflection::GetSchema(data);
}

template <class Described>
Attributes attributes_of(const Described& described) {
  Attributes out;
  if (described.attributes() == nullptr) return out;
  for (const reflection::KeyValue* const entry : *described.attributes()) {
    const std::string key = entry->key()->str();
    if (std::ranges::find(kOfTheCompiler, key) != kOfTheCompiler.end()) continue;
    out[key] = entry->value() == nullptr ? "" : entry->value()->str();
  }
  return out;
}

// Null: there is none of that name.
template <class Described>
const Described* find_named(const flatbuffers::Vector<flatbuffers::Offset<Described>>& list,
                            std::string_view name) {
  for (const Described* const described : list) {
    if (described->name()->string_view() == name) return described;
  }
  return nullptr;
}

class Comparison {
 public:
  Comparison(const reflection::Schema& released, const reflection::Schema& present)
      : released_(released), present_(present) {}

  std::vector<std::string> run() {
    for (const reflection::Enum* const before : *released_.enums())
      compare_enum(*before);
    for (const reflection::Object* const before : *released_.objects())
      compare_object(*before);
    for (const reflection::Object* const after : *present_.objects())
      check_numbers(*after);
    std::ranges::sort(broken_);
    return std::move(broken_);
  }

 private:
  void broken(const std::string& name, const std::string& what) {
    broken_.push_back(name + " " + what);
  }
  void expect_same(const std::string& name, std::string_view what, const std::string& before,
                   const std::string& after) {
    if (before == after) return;
    broken(name, "had " + std::string(what) + " " + before + " and has " + after);
  }

  void compare_enum(const reflection::Enum& before);
  void compare_object(const reflection::Object& before);
  void compare_fields(const reflection::Object& before, const reflection::Object& after);
  void compare_field(const std::string& name, const reflection::Field& before,
                     const reflection::Field& after);
  void check_new_field(const std::string& name, const reflection::Field& field, bool in_struct);
  template <class Described>
  void compare_attributes(const std::string& name, const Described& before, const Described& after);
  void check_numbers(const reflection::Object& after);

  const reflection::Schema& released_;
  const reflection::Schema& present_;
  std::vector<std::string> broken_;
};

// Without what an index of one schema means in another.
std::string type_text(const reflection::Schema& schema, const reflection::Type& type) {
  const bool is_vector =
      type.base_type() == reflection::Vector || type.base_type() == reflection::Array;
  const reflection::BaseType base = is_vector ? type.element() : type.base_type();
  std::string text = reflection::EnumNameBaseType(base);
  if (type.index() >= 0) {
    const auto index = static_cast<flatbuffers::uoffset_t>(type.index());
    text += base == reflection::Obj ? " " + schema.objects()->Get(index)->name()->str()
                                    : " " + schema.enums()->Get(index)->name()->str();
  }
  if (!is_vector) return text;
  const std::string length = type.fixed_length() == 0 ? "" : std::to_string(type.fixed_length());
  return "[" + text + (length.empty() ? "" : ":" + length) + "]";
}

template <class Described>
void Comparison::compare_attributes(const std::string& name, const Described& before,
                                    const Described& after) {
  const Attributes had = attributes_of(before);
  const Attributes has = attributes_of(after);
  for (const auto& [key, value] : had) {
    const auto found = has.find(key);
    if (found == has.end()) {
      broken(name, "lost the attribute " + key);
    } else {
      expect_same(name, key + ":", value, found->second);
    }
  }
  for (const auto& [key, value] : has) {
    if (!had.contains(key)) broken(name, "got the attribute " + key);
  }
}

void Comparison::compare_enum(const reflection::Enum& before) {
  const std::string name = before.name()->str();
  const reflection::Enum* const after = find_named(*present_.enums(), name);
  if (after == nullptr) return broken(name, "is gone");
  expect_same(name, "the type", type_text(released_, *before.underlying_type()),
              type_text(present_, *after->underlying_type()));
  compare_attributes(name, before, *after);
  for (const reflection::EnumVal* const value : *before.values()) {
    const auto same_name = std::ranges::find_if(*after->values(), [&](const auto* candidate) {
      return candidate->name()->str() == value->name()->str();
    });
    const std::string full = name + "." + value->name()->str();
    if (same_name == after->values()->end()) {
      broken(full, "is gone");
    } else {
      expect_same(full, "the number", std::to_string(value->value()),
                  std::to_string(same_name->value()));
    }
  }
}

void Comparison::compare_object(const reflection::Object& before) {
  const std::string name = before.name()->str();
  const reflection::Object* const after = find_named(*present_.objects(), name);
  if (after == nullptr) return broken(name, "is gone");
  if (before.is_struct() != after->is_struct()) {
    return broken(
        name, before.is_struct() ? "was a struct and is a table" : "was a table and is a struct");
  }
  if (before.is_struct()) {
    expect_same(name, "bytes", std::to_string(before.bytesize()),
                std::to_string(after->bytesize()));
    expect_same(name, "alignment", std::to_string(before.minalign()),
                std::to_string(after->minalign()));
  }
  compare_attributes(name, before, *after);
  compare_fields(before, *after);
}

void Comparison::compare_fields(const reflection::Object& before, const reflection::Object& after) {
  const std::string prefix = before.name()->str() + ".";
  for (const reflection::Field* const field : *before.fields()) {
    const std::string name = prefix + field->name()->str();
    const reflection::Field* const same = find_named(*after.fields(), field->name()->string_view());
    if (same == nullptr) {
      broken(name, "is gone");
    } else {
      compare_field(name, *field, *same);
    }
  }
  for (const reflection::Field* const field : *after.fields()) {
    if (find_named(*before.fields(), field->name()->string_view()) != nullptr) continue;
    const std::string name = prefix + field->name()->str();
    check_new_field(name, *field, before.is_struct());
    if (field->id() < before.fields()->size()) broken(name, "was not appended");
  }
}

void Comparison::compare_field(const std::string& name, const reflection::Field& before,
                               const reflection::Field& after) {
  expect_same(name, "the place", std::to_string(before.offset()), std::to_string(after.offset()));
  expect_same(name, "the type", type_text(released_, *before.type()),
              type_text(present_, *after.type()));
  expect_same(name, "the default", std::to_string(before.default_integer()),
              std::to_string(after.default_integer()));
  if (before.default_real() < after.default_real() || after.default_real() < before.default_real())
    broken(name, "has another default");
  // Required later: bytes without it are refused. Not required any more: its readers look at
  // nothing.
  if (before.required() != after.required()) {
    broken(name, after.required() ? "became required" : "is no longer required");
  }
  if (!before.deprecated() && after.deprecated()) broken(name, "became deprecated");
  compare_attributes(name, before, after);
}

// Bytes and JSON of before do not have it.
void Comparison::check_new_field(const std::string& name, const reflection::Field& field,
                                 bool in_struct) {
  if (in_struct) return broken(name, "was added to a struct");
  if (field.required()) broken(name, "is new and required");
  if (attributes_of(field).contains("must")) broken(name, "is new and a must");
}

// A number is for ever the number of one table.
void Comparison::check_numbers(const reflection::Object& after) {
  const Attributes has = attributes_of(after);
  for (const char* const kind : kNumbers) {
    const auto number = has.find(kind);
    if (number == has.end()) continue;
    for (const reflection::Object* const before : *released_.objects()) {
      const Attributes had = attributes_of(*before);
      const auto taken = had.find(kind);
      const bool same_number = taken != had.end() && taken->second == number->second;
      if (same_number && before->name()->str() != after.name()->str()) {
        broken(after.name()->str(), "took the " + std::string(kind) + " number " + number->second +
                                        " of " + before->name()->str());
      }
    }
  }
}

}  // namespace

std::vector<ReleasedSchema> released_schemas(std::string_view file) {
  namespace fs = std::filesystem;
  std::vector<ReleasedSchema> out;
  for (const fs::directory_entry& release : fs::directory_iterator(source_dir() / "tests/golden")) {
    const fs::path path = release.path() / file;
    if (!release.is_directory() || !fs::exists(path)) continue;
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    out.push_back(
        {release.path().filename().string(), AlignedBuffer(std::as_bytes(std::span(bytes)))});
  }
  return out;
}

std::vector<std::string> broken_promises(std::span<const std::byte> released,
                                         std::span<const std::byte> present) {
  const reflection::Schema* const before = read_schema(released);
  if (before == nullptr) return {"the released schema is not a binary schema"};
  const reflection::Schema* const after = read_schema(present);
  if (after == nullptr) return {"the present schema is not a binary schema"};
  return Comparison(*before, *after).run();
}

}  // namespace kontor::test
