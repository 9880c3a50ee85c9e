# `cmake --install build/release`: the programs, the client library with its headers, the systemd unit
# and the documents, where the FHS has them.
foreach(program kontord kontor)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
  endif()
endforeach()

foreach(library kontor_events kontor_wire kontor_client kontor_asio)
  if(TARGET ${library})
    install(TARGETS ${library} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  endif()
endforeach()
# Headers keep their paths below include/kontor: `#include "api/client/client.h"` with the flags of
# `pkg-config --cflags --libs kontor-client`.
set(headers "${CMAKE_INSTALL_INCLUDEDIR}/kontor")
install(DIRECTORY events DESTINATION "${headers}" FILES_MATCHING PATTERN "*.h"
  PATTERN schema EXCLUDE)
install(FILES api/client/client.h api/client/subscription.h DESTINATION "${headers}/api/client")
install(FILES engine/status.h DESTINATION "${headers}/engine")
install(DIRECTORY "${CMAKE_BINARY_DIR}/generated/" DESTINATION "${headers}" FILES_MATCHING
  PATTERN "*.h")
configure_file(ops/cmake/kontor-client.pc.in "${CMAKE_BINARY_DIR}/kontor-client.pc" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/kontor-client.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(DIRECTORY events/schema DESTINATION "${CMAKE_INSTALL_DATADIR}/kontor" FILES_MATCHING
  PATTERN "*.fbs")

configure_file(ops/systemd/kontord.service.in "${CMAKE_BINARY_DIR}/kontord.service" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/kontord.service" DESTINATION lib/systemd/system)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md LICENSE NOTICE
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES events/FORMAT.md api/PROTOCOL.md api/HTTP.md api/openapi.json DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
