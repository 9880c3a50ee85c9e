// Reads the source tree as text, so that tests can hold it to the rules of CONTRIBUTING.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kontor::test {

struct SourceFile {
  std::string path;  // from the root, with '/'
  std::string text;
};

// One finding, as a compiler prints it: "path:line: what".
std::string finding(const SourceFile& file, std::size_t line, std::string_view what);

// Findings one per line, for a failing test's message.
std::string listed(const std::vector<std::string>& findings);

// Every text file of ours with one of these endings (".cc"), below one of these folders ("" is the
// whole tree). What is built or hidden is left out. Sorted by path.
std::vector<SourceFile> files_below(const std::vector<std::string_view>& folders,
                                    const std::vector<std::string_view>& endings);

// The text of one file; fails the running test if it cannot be read.
std::string read_text(std::string_view path);

std::vector<std::string_view> lines_of(std::string_view text);

// C++ with comments, string and character literals and preprocessor lines blanked out; line breaks
// and columns stay.
std::string code_only(std::string_view text);

// Whether `word` stands in `line` by itself, not as part of a longer identifier.
bool has_word(std::string_view line, std::string_view word);

struct FunctionSpan {
  std::string head;            // what stands before the brace
  std::size_t first_line = 0;  // from 1
  std::size_t lines = 0;
};

// The functions defined at namespace or class scope in C++ text, in order.
std::vector<FunctionSpan> functions_in(std::string_view text);

// "over_credit_limit" -> "OverCreditLimit".
std::string camel_case(std::string_view snake);

}  // namespace kontor::test
