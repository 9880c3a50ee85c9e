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
install(DIRECTORY events/base events/codec events/json api/client
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/kontor" FILES_MATCHING PATTERN "*.h")
install(FILES engine/status.h DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/kontor/engine")
install(DIRECTORY events/schema DESTINATION "${CMAKE_INSTALL_DATADIR}/kontor" FILES_MATCHING
  PATTERN "*.fbs")

configure_file(ops/systemd/kontord.service.in "${CMAKE_BINARY_DIR}/kontord.service" @ONLY)
install(FILES "${CMAKE_BINARY_DIR}/kontord.service" DESTINATION lib/systemd/system)
install(FILES README.md ARCHITECTURE.md CHANGELOG.md LICENSE NOTICE
  DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES events/FORMAT.md api/PROTOCOL.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)
