# One warning set, one place for compiler settings and packages.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

option(KONTOR_BENCH "Build the benchmarks" ON)
option(KONTOR_COVERAGE "Count executed lines (gcov)" OFF)
set(KONTOR_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined or thread")
include(CTest)  # BUILD_TESTING

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

add_library(kontor_options INTERFACE)
target_include_directories(kontor_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(kontor_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Woverloaded-virtual -Wconversion -Wsign-conversion -Wnull-dereference -Wformat=2
  -Wimplicit-fallthrough -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(kontor_options INTERFACE -Wduplicated-cond -Wlogical-op -Wuseless-cast
    -Wno-null-dereference)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  target_compile_options(kontor_options INTERFACE -O2 -g1)
endif()
if(KONTOR_SANITIZE)
  target_compile_options(kontor_options INTERFACE -fsanitize=${KONTOR_SANITIZE}
    -fno-sanitize-recover=all -O1)
  target_link_options(kontor_options INTERFACE -fsanitize=${KONTOR_SANITIZE})
endif()
if(KONTOR_COVERAGE)
  target_compile_options(kontor_options INTERFACE --coverage)
  target_link_options(kontor_options INTERFACE --coverage)
endif()

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
