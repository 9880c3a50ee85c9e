// The benchmarks' main(): says under which conditions the figures were made.
#include <string>
#include <thread>

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
  benchmark::AddCustomContext("kontor", KONTOR_VERSION);
  benchmark::AddCustomContext("build_type", KONTOR_BUILD_TYPE);
  benchmark::AddCustomContext("cores", std::to_string(std::thread::hardware_concurrency()));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
