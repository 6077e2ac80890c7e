# What is installed, and the Debian package: `cmake --build --preset release --target posthorn` and then
# `cpack -G DEB --config build/release/CPackConfig.cmake -B build/package`.

# Packaging takes the program as it is, and builds nothing else.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(POSTHORN_PACKAGING ${CMAKE_SOURCE_DIR}/packaging)

install(TARGETS posthorn DESTINATION bin)
install(FILES ${POSTHORN_PACKAGING}/posthorn.service DESTINATION /usr/lib/systemd/system)
install(FILES ${POSTHORN_PACKAGING}/posthorn.toml DESTINATION /etc/posthorn)
install(FILES ${POSTHORN_PACKAGING}/posthorn.bash-completion
        DESTINATION share/bash-completion/completions RENAME posthorn)
install(PROGRAMS ${POSTHORN_PACKAGING}/certbot-deploy-hook DESTINATION share/posthorn)
install(FILES ${POSTHORN_PACKAGING}/debian/copyright README.md DESTINATION share/doc/posthorn)
install(DIRECTORY docs/operations DESTINATION share/doc/posthorn FILES_MATCHING PATTERN "*.md")
install(FILES docs/security.md docs/accounts.md docs/clients.md docs/migration.md DESTINATION share/doc/posthorn)
# The policy wants both compressed, and the same bytes of the same source.
install(CODE "
  file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/packaging)
  execute_process(COMMAND gzip -9n INPUT_FILE ${POSTHORN_PACKAGING}/posthorn.8
                  OUTPUT_FILE ${CMAKE_BINARY_DIR}/packaging/posthorn.8.gz COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9n INPUT_FILE ${CMAKE_BINARY_DIR}/packaging/changelog
                  OUTPUT_FILE ${CMAKE_BINARY_DIR}/packaging/changelog.gz COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${CMAKE_BINARY_DIR}/packaging/posthorn.8.gz DESTINATION share/man/man8)
install(FILES ${CMAKE_BINARY_DIR}/packaging/changelog.gz DESTINATION share/doc/posthorn)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME posthorn)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE zstd)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_MAINTAINER "The Posthorn authors <posthorn@localhost>")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_PROVIDES "imap-server, pop3-server")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"the whole mail system of a domain in one program
 Posthorn receives mail by SMTP, keeps it in mailboxes, and serves those by
 IMAP and POP3; with TLS, authentication, one store, one configuration file
 and one log.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${POSTHORN_PACKAGING}/debian/conffiles ${POSTHORN_PACKAGING}/debian/postinst
    ${POSTHORN_PACKAGING}/debian/prerm ${POSTHORN_PACKAGING}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_VERBATIM_VARIABLES ON)

execute_process(COMMAND git -C ${CMAKE_SOURCE_DIR} log -1 --format=%cD OUTPUT_VARIABLE release_date
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(release_date)
  set(POSTHORN_RELEASE_DATE "${release_date}")
else()
  set(POSTHORN_RELEASE_DATE "Thu, 01 Jan 2026 00:00:00 +0000")
endif()
configure_file(${POSTHORN_PACKAGING}/debian/changelog.in ${CMAKE_BINARY_DIR}/packaging/changelog @ONLY)
include(CPack)
