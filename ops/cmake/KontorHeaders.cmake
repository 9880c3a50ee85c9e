# kontor_header_check: every header of ours compiled alone, twice in one file, so that each brings what
# it uses and may be included again. Not part of `all`; the slow tier builds it.
function(kontor_add_header_check)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}"
    "${CMAKE_SOURCE_DIR}/events/*.h" "${CMAKE_SOURCE_DIR}/projections/*.h"
    "${CMAKE_SOURCE_DIR}/engine/*.h" "${CMAKE_SOURCE_DIR}/api/*.h")
  set(sources)
  foreach(header IN LISTS headers)
    string(MAKE_C_IDENTIFIER "${header}" name)
    set(source "${CMAKE_BINARY_DIR}/header_check/${name}.cc")
    file(CONFIGURE OUTPUT "${source}" CONTENT "#include \"${header}\"\n#include \"${header}\"\n" @ONLY)
    list(APPEND sources "${source}")
  endforeach()
  add_library(kontor_header_check OBJECT EXCLUDE_FROM_ALL ${sources})
  target_compile_options(kontor_header_check PRIVATE -O0 -g0)  # nobody runs it
  foreach(floor kontor_api kontor_engine kontor_projections kontor_events)
    if(TARGET ${floor})  # the highest floor there is brings the generated headers of all below
      target_link_libraries(kontor_header_check PRIVATE ${floor})
      break()
    endif()
  endforeach()
  if(BUILD_TESTING)
    add_test(NAME Headers.CompileAlone COMMAND
      "${CMAKE_COMMAND}" --build "${CMAKE_BINARY_DIR}" --target kontor_header_check)
    # Alone: it uses every core itself.
    set_tests_properties(Headers.CompileAlone PROPERTIES LABELS slow TIMEOUT 900 RUN_SERIAL ON)
  endif()
endfunction()
