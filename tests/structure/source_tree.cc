#include "tests/structure/source_tree.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "tests/support/test_data.h"

namespace kontor::test {

namespace fs = std::filesystem;

namespace {

bool is_name_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool is_left_out(const fs::path& folder) {
  const std::string name = folder.filename().string();
  return name == "build" || (name.starts_with('.') && name != ".ci");
}

void collect(const fs::path& folder, const std::vector<std::string_view>& endings,
             std::vector<SourceFile>& out) {
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory()) {
      if (!is_left_out(entry.path())) collect(entry.path(), endings, out);
      continue;
    }
    const std::string path = fs::relative(entry.path(), source_dir()).generic_string();
    const bool wanted = std::ranges::any_of(
        endings, [&path](std::string_view ending) { return path.ends_with(ending); });
    if (wanted) out.push_back({path, read_text(path)});
  }
}

// Blanks C++ that is not code, one construct at a time.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size())
      step();
    return std::move(out_);
  }

 private:
  bool sees(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void keep() { out_ += text_[at_++]; }
  void blank() {
    out_ += text_[at_] == '\n' ? '\n' : ' ';
    ++at_;
  }
  void blank_through(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, from);
    const std::size_t stop = found == std::string_view::npos ? text_.size() : found + end.size();
    while (at_ < stop)
      blank();
  }

  void step() {
    const char last = out_.empty() ? '\n' : out_.back();
    const char c = text_[at_];
    if (sees("//")) return blank_line(false);
    if (sees("/*")) return blank_through("*/", at_ + 2);
    if (sees("R\"") && !is_name_char(last)) return blank_raw_string();
    if (c == '"' || (c == '\'' && !is_name_char(last))) return blank_quoted(c);
    if (c == '#' && line_is_empty_so_far()) return blank_line(true);
    keep();
  }

  bool line_is_empty_so_far() const {
    const std::size_t start = out_.rfind('\n');
    const std::string_view line =
        std::string_view(out_).substr(start == std::string::npos ? 0 : start);
    return std::ranges::all_of(line, [](char c) { return c == ' ' || c == '\n'; });
  }

  void blank_line(bool continued_by_backslash) {
    while (at_ < text_.size() && text_[at_] != '\n') {
      if (continued_by_backslash && sees("\\\n")) blank();
      blank();
    }
  }

  void blank_quoted(char quote) {
    blank();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) blank();
      blank();
    }
    if (at_ < text_.size()) blank();
  }

  void blank_raw_string() {
    const std::size_t open = text_.find('(', at_);
    const std::string end = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_through(end, open);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
};

// Finds function bodies by their braces. A brace belongs to a scope (namespace, class), to a
// function, or to something else (an initialiser, a block inside a function).
class FunctionFinder {
 public:
  explicit FunctionFinder(std::string code) : code_(std::move(code)) {}

  std::vector<FunctionSpan> run() {
    for (const char c : code_) {
      if (c == '\n') ++line_;
      if (c == '{') {
        open();
      } else if (c == '}') {
        close();
      } else if (c == ';' && parens_ == 0) {
        head_.clear();
      } else {
        note(c);
      }
    }
    return std::move(found_);
  }

 private:
  enum class Kind { kScope, kFunction, kOther };
  struct Open {
    Kind kind;
    std::string head;
    std::size_t first_line;
    int parens;
  };

  void note(char c) {
    if (c == '(') ++parens_;
    if (c == ')' && parens_ > 0) --parens_;
    const bool space = c == ' ' || c == '\n';
    if (head_.empty()) {
      if (space) return;
      head_line_ = line_;
    }
    if (!space) {
      head_ += c;
    } else if (head_.back() != ' ') {
      head_ += ' ';
    }
  }

  // What the head says without `template <...>`, access labels and attributes before it.
  static std::string_view bare(std::string_view head) {
    for (const std::string_view label : {"public:", "private:", "protected:"}) {
      if (head.starts_with(label)) head.remove_prefix(std::min(head.size(), label.size() + 1));
    }
    while (head.starts_with("template")) {
      int depth = 0;
      std::size_t at = 8;
      for (; at < head.size(); ++at) {
        if (head[at] == '<') ++depth;
        if (head[at] == '>' && --depth == 0) break;
      }
      head.remove_prefix(std::min(head.size(), at + 2));
    }
    return head;
  }

  static bool opens_scope(std::string_view head) {
    static constexpr std::string_view kScopes[] = {
        "namespace", "inline namespace", "class", "struct", "union", "enum", "extern"};
    return std::ranges::any_of(kScopes, [head](std::string_view word) {
      return head.starts_with(word) &&
             (head.size() == word.size() || !is_name_char(head[word.size()]));
    });
  }

  // Inside `Name(...) : member_{...}, other_(...) {`: a brace right after a name is a member's.
  static bool opens_member_initialiser(std::string_view head) {
    const std::size_t colon = head.find(") :");
    const std::size_t last = head.find_last_not_of(' ');
    return colon != std::string_view::npos && last != std::string_view::npos && last > colon + 2 &&
           (is_name_char(head[last]) || head[last] == '>');
  }

  // A parameter list, and no `=` before it: not the initialiser of a variable.
  static bool opens_function(std::string_view head) {
    const std::size_t list = head.find('(');
    return list != std::string_view::npos && head.find(" = ") > list &&
           !opens_member_initialiser(head);
  }

  void open() {
    const std::string_view head = bare(head_);
    const bool inside_scope = open_.empty() || open_.back().kind == Kind::kScope;
    Kind kind = Kind::kOther;
    if (inside_scope && parens_ == 0 && opens_scope(head)) {
      kind = Kind::kScope;
    } else if (inside_scope && parens_ == 0 && opens_function(head)) {
      kind = Kind::kFunction;
    }
    open_.push_back({kind, head_, head_line_, parens_});
    parens_ = 0;
    head_.clear();
  }

  void close() {
    if (open_.empty()) return;
    const Open ended = open_.back();
    open_.pop_back();
    parens_ = ended.parens;
    head_.clear();
    if (ended.kind == Kind::kFunction) {
      found_.push_back({ended.head, ended.first_line, line_ - ended.first_line + 1});
    } else if (ended.kind == Kind::kOther) {
      head_ = ended.head + "}";
      head_line_ = ended.first_line;
    }
  }

  std::string code_;
  std::vector<FunctionSpan> found_;
  std::vector<Open> open_;
  std::string head_;
  std::size_t head_line_ = 1;
  std::size_t line_ = 1;
  int parens_ = 0;
};

}  // namespace

std::string finding(const SourceFile& file, std::size_t line, std::string_view what) {
  return file.path + ":" + std::to_string(line) + ": " + std::string(what);
}

std::string listed(const std::vector<std::string>& findings) {
  std::string out;
  for (const std::string& one : findings)
    out += "\n  " + one;
  return out;
}

std::string read_text(std::string_view path) {
  std::ifstream in(source_dir() / path, std::ios::binary);
  EXPECT_TRUE(in.is_open()) << "cannot read " << path;
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<SourceFile> files_below(const std::vector<std::string_view>& folders,
                                    const std::vector<std::string_view>& endings) {
  std::vector<SourceFile> out;
  for (const std::string_view folder : folders) {
    const fs::path top = source_dir() / folder;
    if (fs::exists(top)) collect(top, endings, out);
  }
  std::ranges::sort(out, {}, &SourceFile::path);
  return out;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return lines;
}

std::string code_only(std::string_view text) {
  return Blanker(text).run();
}

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = line.find(word); at != std::string_view::npos;
       at = line.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || !is_name_char(line[at - 1]) || !is_name_char(word.front());
    const bool ends = end == line.size() || !is_name_char(line[end]) || !is_name_char(word.back());
    if (begins && ends) return true;
  }
  return false;
}

std::vector<FunctionSpan> functions_in(std::string_view text) {
  return FunctionFinder(code_only(text)).run();
}

std::string camel_case(std::string_view snake) {
  std::string out;
  bool up = true;
  for (const char c : snake) {
    if (c == '_') {
      up = true;
      continue;
    }
    out += up ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    up = false;
  }
  return out;
}

}  // namespace kontor::test
