// kontor: the command line.
#include <filesystem>
#include <iostream>
#include <system_error>

#include <unistd.h>

#include "api/cli/program.h"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  std::error_code ignored;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", ignored);
  kontor::cli::Environment env{.in = std::cin, .out = std::cout, .err = std::cerr};
  env.out_terminal = isatty(STDOUT_FILENO) == 1;
  env.err_terminal = isatty(STDERR_FILENO) == 1;
  env.program_folder = self.parent_path().string();
  const int status = kontor::cli::run_program(argc, argv, env);
  std::cout.flush();
  if (!std::cout) {
    std::cerr << "kontor: standard output could not be written\n";
    return kontor::cli::kExitUnreached;
  }
  return status;
}
