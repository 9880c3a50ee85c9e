#include "api/web/command_texts.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace kontor {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// "application/json"; empty where the parameters say another encoding than UTF-8.
std::string media_type(std::string_view content_type) {
  const std::string text = lower(content_type);
  const std::size_t end = std::min(text.find(';'), text.size());
  const std::size_t charset = text.find("charset=", end);
  if (charset != std::string::npos) {
    std::string_view name = trimmed(std::string_view(text).substr(charset + 8));
    if (name.starts_with('"')) name = name.substr(1, name.rfind('"') - 1);
    if (!name.starts_with("utf-8")) return {};
  }
  return std::string(trimmed(std::string_view(text).substr(0, end)));
}

// Finds where the elements of an array begin and end; what they are is for their reader to judge.
class ArrayCutter {
 public:
  explicit ArrayCutter(std::string_view text) : text_(text) {}

  Result<std::vector<CommandPiece>> cut() {
    std::size_t begin = 1;
    for (at_ = 1; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (is_in_string(c)) continue;
      if (is_one_of(c, "{[")) ++depth_;
      const bool closes = is_one_of(c, "}]");
      if (depth_ == 0 && (c == ',' || closes)) {
        if (c == '}') return wrong("a } without a {");
        if (!add(text_.substr(begin, at_ - begin), closes)) return wrong("an element is missing");
        begin = at_ + 1;
        if (closes) return finish();
      } else if (closes) {
        --depth_;
      }
    }
    return wrong("the array is not closed");
  }

 private:
  static bool is_one_of(char c, std::string_view set) {
    return set.find(c) != std::string_view::npos;
  }

  // Whether the character is of a string, its quotes included.
  bool is_in_string(char c) {
    if (!in_string_) {
      in_string_ = c == '"';
      return in_string_;
    }
    if (c == '\\') {
      ++at_;  // what follows ends no string
    } else if (c == '"') {
      in_string_ = false;
    }
    return true;
  }

  bool add(std::string_view element, bool last) {
    element = trimmed(element);
    if (element.empty()) return last && pieces_.empty();
    pieces_.push_back({element, pieces_.size() + 1});
    return true;
  }

  Result<std::vector<CommandPiece>> finish() {
    if (!trimmed(text_.substr(at_ + 1)).empty()) {
      return wrong("something follows the array; send JSON lines as application/x-ndjson");
    }
    return std::move(pieces_);
  }

  Error wrong(std::string_view what) const {
    return {ErrorKind::kMalformed, "byte " + std::to_string(at_) + ": " + std::string(what)};
  }

  std::string_view text_;
  std::vector<CommandPiece> pieces_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  bool in_string_ = false;
};

std::vector<CommandPiece> cut_lines(std::string_view body) {
  std::vector<CommandPiece> pieces;
  for (std::uint64_t line = 1; !body.empty(); ++line) {
    const std::size_t end = std::min(body.find('\n'), body.size());
    const std::string_view text = trimmed(body.substr(0, end));
    if (!text.empty()) pieces.push_back({text, line});
    body.remove_prefix(std::min(end + 1, body.size()));
  }
  return pieces;
}

}  // namespace

Result<CommandPieces> cut_commands(std::string_view content_type, std::string_view body) {
  const std::string type = media_type(content_type);
  CommandPieces out;
  if (type == "application/x-ndjson") {
    out.form = BodyForm::kLines;
    out.pieces = cut_lines(body);
    return out;
  }
  if (type != "application/json") {
    return Error{ErrorKind::kUsage,
                 "send application/json (a command or an array of them) or application/x-ndjson "
                 "(a command on each line), in UTF-8"};
  }
  const std::string_view text = trimmed(body);
  if (text.empty()) return Error{ErrorKind::kMalformed, "the body is empty"};
  if (!text.starts_with('[')) {
    out.pieces.push_back({text, 1});
    return out;
  }
  auto elements = ArrayCutter(text).cut();
  if (!elements) return elements.error();
  out.form = BodyForm::kArray;
  out.pieces = std::move(*elements);
  return out;
}

}  // namespace kontor
