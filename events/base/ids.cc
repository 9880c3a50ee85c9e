#include "events/base/ids.h"

namespace kontor {
namespace {

// Decodes one code point at the front of `text` and removes it; false: not well-formed UTF-8
// (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF).
bool take_code_point(std::string_view& text, char32_t& out) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    out = lead;
    text.remove_prefix(1);
    return true;
  }
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return false;
  char32_t value = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return false;
    value = (value << 6) | (byte(i) & 0x3F);
  }
  if (length == 3 && (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF))) return false;
  if (length == 4 && (value < 0x10000 || value > 0x10FFFF)) return false;
  out = value;
  text.remove_prefix(length);
  return true;
}

bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F);
}

bool is_printable_ascii(std::string_view text) {
  unsigned char odd = 0;
  for (const char c : text)
    odd |= static_cast<unsigned char>(static_cast<unsigned char>(c - 0x20) > 0x7E - 0x20);
  return odd == 0;  // no branch per byte
}

bool is_plain(std::string_view text, bool line_breaks) {
  if (is_printable_ascii(text)) return true;
  while (!text.empty()) {
    char32_t c = 0;
    if (!take_code_point(text, c)) return false;
    if (is_control(c) && !(line_breaks && (c == U'\t' || c == U'\n'))) return false;
  }
  return true;
}

}  // namespace

bool is_identifier(std::string_view text) {
  return !text.empty() && text.size() <= kIdentifierBytesMax && is_plain(text, false);
}

bool is_text(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max && is_plain(text, true);
}

}  // namespace kontor
