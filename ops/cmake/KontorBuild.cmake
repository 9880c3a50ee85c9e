# Compiler settings and packages, in one place: kontor_options is what every target of ours links.
include(GNUInstallDirs)
include(CTest)  # BUILD_TESTING

option(KONTOR_BENCH "Build the benchmarks" ON)
option(KONTOR_COVERAGE "Count executed lines (gcov), for ops/coverage" OFF)
option(KONTOR_FUZZ "Build tests/fuzz as libFuzzer programs (clang)" OFF)
set(KONTOR_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
# Symbols for profiles and stack traces, not for stepping: -g1 halves what the linker carries.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths below the tree are hashed relative to it, so that another clone, or another build directory
  # with the same options, finds what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}"
    CCACHE_NOHASHDIR=1 "${CCACHE}")
endif()

# ---- one set of warnings, all of them errors -----------------------------------------------------
add_library(kontor_options INTERFACE)
target_include_directories(kontor_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(kontor_options INTERFACE
  -Werror -Wall -Wextra -Wpedantic
  -Wcast-qual -Wconversion -Wformat=2 -Wimplicit-fallthrough -Wnon-virtual-dtor -Wold-style-cast
  -Woverloaded-virtual -Wshadow -Wsign-conversion -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(kontor_options INTERFACE -Wduplicated-cond -Wlogical-op -Wuseless-cast)
elseif(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  target_compile_options(kontor_options INTERFACE -Wnull-dereference)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(kontor_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()

# ---- watched builds ------------------------------------------------------------------------------
if(KONTOR_SANITIZE)
  # g++ warns of paths that only exist in its own instrumentation: here they are told, and elsewhere,
  # where the same code is not instrumented, every warning is an error.
  target_compile_options(kontor_options INTERFACE
    -fsanitize=${KONTOR_SANITIZE} -fno-sanitize-recover=all -O1
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized$<SEMICOLON>-Wno-error>)
  target_link_options(kontor_options INTERFACE -fsanitize=${KONTOR_SANITIZE})
endif()
if(KONTOR_COVERAGE)
  target_compile_options(kontor_options INTERFACE --coverage)
  target_link_options(kontor_options INTERFACE --coverage)
endif()
if(KONTOR_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "KONTOR_FUZZ needs clang: configure the preset `fuzz`.")
  endif()
  target_compile_options(kontor_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# ---- packages (ops/install-packages brings them) -------------------------------------------------
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(LZ4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
pkg_check_modules(PROMETHEUS REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(SPDLOG REQUIRED IMPORTED_TARGET spdlog)
find_program(FLATC flatc REQUIRED)
find_library(FLATBUFFERS_LIBRARY flatbuffers REQUIRED)
