// kontor_instructions [NAME]: runs each piece of counted work (or that one) once and prints its
// name and how many operations it was. ops/instructions runs it under callgrind, which counts
// inside of kontor_counted and writes one file per call.
#include <cstdio>
#include <string>

#include "bench/instructions/counted.h"

// By this name callgrind knows where to count. The barrier keeps the call a call.
extern "C" [[gnu::noinline]] std::uint64_t kontor_counted(kontor::bench::Counted& work) {
  const std::uint64_t operations = work.run();
  asm volatile("" ::: "memory");
  return operations;
}

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  for (const auto& list : {kontor::bench::engine_work(), kontor::bench::codec_work()}) {
    for (const kontor::bench::CountedWork& work : list) {
      if (!only.empty() && work.name != only) continue;
      const auto counted = work.make();
      const std::uint64_t operations = kontor_counted(*counted);
      std::printf("%s %s\n", std::string(work.name).c_str(), std::to_string(operations).c_str());
    }
  }
  return std::fflush(stdout) == 0 ? 0 : 1;
}
