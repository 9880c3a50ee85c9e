#include "events/json/document.h"

#include <cstring>

#include <nlohmann/json.hpp>

#include "events/base/assert.h"
#include "events/base/ids.h"
#include "events/base/limits.h"

namespace kontor {
namespace {

constexpr std::size_t kQuotedBytesMax = 80;

}  // namespace

// Receives the parser's events. Returning false stops it; error() then says why.
class JsonBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;    // NOLINT
  using number_unsigned_t = nlohmann::json::number_unsigned_t;  // NOLINT
  using number_float_t = nlohmann::json::number_float_t;        // NOLINT
  using string_t = nlohmann::json::string_t;                    // NOLINT
  using binary_t = nlohmann::json::binary_t;                    // NOLINT

  JsonBuilder(JsonDocument& document, std::size_t text_bytes) : document_(document) {
    document_.texts_.reserve(text_bytes);  // decoded strings are never longer than their source
    document_.nodes_.reserve(64);
  }

  const std::string& error() const { return error_; }

  bool null() { return add(JsonNode::Kind::kNull, 0, {}); }
  bool boolean(bool value) { return add(JsonNode::Kind::kBool, value ? 1 : 0, {}); }
  bool number_integer(number_integer_t value) { return add(JsonNode::Kind::kInteger, value, {}); }
  bool number_unsigned(number_unsigned_t value) {
    const bool fits = value <= static_cast<number_unsigned_t>(INT64_MAX);
    return add(fits ? JsonNode::Kind::kInteger : JsonNode::Kind::kUnsigned,
               static_cast<std::int64_t>(value), {});
  }
  bool number_float(number_float_t /*value*/, const string_t& source) {
    return add(JsonNode::Kind::kFloat, 0, keep(source));
  }
  bool string(const string_t& value) { return add(JsonNode::Kind::kString, 0, keep(value)); }
  bool binary(const binary_t& /*value*/) { return false; }  // not in JSON

  bool start_object(std::size_t /*elements*/) { return open(JsonNode::Kind::kObject); }
  bool start_array(std::size_t /*elements*/) { return open(JsonNode::Kind::kArray); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(const string_t& name) {
    key_ = keep(name);
    doubled_ = false;
    const JsonNode& object = document_.nodes_[open_.back().node];
    if (object.count >= kJsonKeysMax) {
      return fail("an object has more than " + std::to_string(kJsonKeysMax) + " keys");
    }
    for (const JsonNode* node = document_.first(object); node != nullptr;
         node = document_.next(*node)) {
      doubled_ = doubled_ || node->key == key_;
    }
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*why*/) {
    return fail("not JSON: reading stopped at byte " + std::to_string(position));
  }

 private:
  struct Open {
    std::uint32_t node = 0;
    std::uint32_t last_child = 0;
  };

  bool fail(std::string why) {
    error_ = std::move(why);
    return false;
  }

  std::string_view keep(const std::string& text) {
    std::vector<char>& texts = document_.texts_;
    KONTOR_ASSERT(texts.capacity() - texts.size() >= text.size());
    const char* const start = texts.data() + texts.size();
    texts.insert(texts.end(), text.begin(), text.end());
    return {start, text.size()};
  }

  bool add(JsonNode::Kind kind, std::int64_t integer, std::string_view text) {
    std::vector<JsonNode>& nodes = document_.nodes_;
    if (nodes.size() > kJsonNodesMax) {
      return fail("more than " + std::to_string(kJsonNodesMax) + " values");
    }
    const auto index = static_cast<std::uint32_t>(nodes.size());
    JsonNode& node = nodes.emplace_back();
    node.kind = kind;
    node.integer = integer;
    node.text = text;
    if (open_.empty()) return true;
    Open& parent = open_.back();
    if (nodes[parent.node].kind == JsonNode::Kind::kObject) {
      node.key = key_;
      node.doubled = doubled_;
    }
    ++nodes[parent.node].count;
    (parent.last_child == 0 ? nodes[parent.node].first : nodes[parent.last_child].next) = index;
    parent.last_child = index;
    return true;
  }

  bool open(JsonNode::Kind kind) {
    if (open_.size() >= kJsonDepthMax) {
      return fail("nested deeper than " + std::to_string(kJsonDepthMax));
    }
    if (!add(kind, 0, {})) return false;
    open_.push_back({static_cast<std::uint32_t>(document_.nodes_.size() - 1), 0});
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  JsonDocument& document_;
  std::vector<Open> open_;
  std::string_view key_;
  bool doubled_ = false;
  std::string error_;
};

Result<JsonDocument> JsonDocument::parse(std::string_view text) {
  if (text.size() > limits::kFrameBytesMax) {
    return Error{ErrorKind::kMalformed, "the JSON text has " + std::to_string(text.size()) +
                                            " bytes; at most " +
                                            std::to_string(limits::kFrameBytesMax) + " are taken"};
  }
  JsonDocument document;
  JsonBuilder builder(document, text.size());
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (!parsed) return Error{ErrorKind::kMalformed, builder.error()};
  return document;
}

std::string_view kind_name(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::kNull:
      return "null";
    case JsonNode::Kind::kBool:
      return "true or false";
    case JsonNode::Kind::kInteger:
    case JsonNode::Kind::kUnsigned:
      return "an integer";
    case JsonNode::Kind::kFloat:
      return "a number with a fraction, an exponent or too many digits";
    case JsonNode::Kind::kString:
      return "a string";
    case JsonNode::Kind::kArray:
      return "an array";
    case JsonNode::Kind::kObject:
      return "an object";
  }
  return "";
}

std::string quoted(std::string_view text) {
  if (!is_text(text, text.size())) return "a text with control characters or broken UTF-8";
  std::string out = "\"";
  std::size_t cut = std::min(text.size(), kQuotedBytesMax);
  while (cut < text.size() && cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) {
    --cut;  // not inside a character
  }
  for (const char c : text.substr(0, cut))
    out.push_back(c == '\n' || c == '\t' ? ' ' : c);
  out += cut < text.size() ? "...\"" : "\"";
  return out;
}

}  // namespace kontor
