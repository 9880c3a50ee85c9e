// One JSON text as a tree of nodes, so that readers can say where something is wrong. Bounded in
// depth, nodes and keys per object; doubled keys are marked. Built and used by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace kontor {

inline constexpr std::size_t kJsonDepthMax = 12;
inline constexpr std::size_t kJsonNodesMax = 262'144;
inline constexpr std::size_t kJsonKeysMax = 64;  // of one object

struct JsonNode {
  enum class Kind : std::uint8_t {
    kNull,
    kBool,
    kInteger,   // fits 64 bits signed
    kUnsigned,  // above that; integer holds its bits
    kFloat,     // has a fraction or exponent, or does not fit 64 bits
    kString,
    kArray,
    kObject,
  };

  Kind kind = Kind::kNull;
  bool doubled = false;      // its key stands in the object before
  std::int64_t integer = 0;  // kBool: 0 or 1
  std::string_view text;     // kString: the value; kFloat: as written
  std::string_view key;      // in an object
  std::uint32_t first = 0;   // of an array's or object's children; 0: none
  std::uint32_t next = 0;    // its next sibling; 0: none
  std::uint32_t count = 0;   // of children
};

class JsonDocument {
 public:
  // Errors: kMalformed, with the byte where reading stopped.
  static Result<JsonDocument> parse(std::string_view text);

  const JsonNode& root() const { return nodes_[1]; }  // index 0 is "none"
  const JsonNode* first(const JsonNode& parent) const { return at(parent.first); }
  const JsonNode* next(const JsonNode& node) const { return at(node.next); }

 private:
  friend class JsonBuilder;
  const JsonNode* at(std::uint32_t index) const { return index == 0 ? nullptr : &nodes_[index]; }

  std::vector<JsonNode> nodes_{1};
  // What the nodes' views point into; a vector's memory stays where it is when the document moves.
  std::vector<char> texts_;
};

// "a string", "null" ...: for messages.
std::string_view kind_name(JsonNode::Kind kind);

// Text of a caller inside a message: cut short, without control characters.
std::string quoted(std::string_view text);

}  // namespace kontor
