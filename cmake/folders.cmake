# A folder of src/ is a static library posthorn_NAME, and its *_test.cc files one doctest binary test_NAME.
# Dependencies follow the order of the calls: each folder links those before it, as LAYERS allows.

set(POSTHORN_FOLDERS "" CACHE INTERNAL "")

function(posthorn_folder name)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  if(NOT sources)
    return()
  endif()
  add_library(posthorn_${name} STATIC ${sources})
  set(below ${POSTHORN_FOLDERS})
  list(REVERSE below)
  target_link_libraries(posthorn_${name} PUBLIC ${below} ${ARG_LIBRARIES})
  if(POSTHORN_FOLDERS)
    target_precompile_headers(posthorn_${name} REUSE_FROM posthorn_base)
  else()
    target_precompile_headers(posthorn_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src/precompiled.h)
  endif()
  set(POSTHORN_FOLDERS "${POSTHORN_FOLDERS};posthorn_${name}" CACHE INTERNAL "")
  if(tests)
    posthorn_test(test_${name} posthorn_${name} ${tests})
  endif()
endfunction()

# A doctest binary, run by ctest in the source folder so that fixtures are found by their path in the repository.
function(posthorn_test name library)
  add_executable(${name} ${ARGN} ${CMAKE_SOURCE_DIR}/tests/doctest_main.cc)
  target_link_libraries(${name} PRIVATE ${library} doctest::doctest)
  target_precompile_headers(${name} REUSE_FROM posthorn_base)
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
endfunction()

# Every fuzz/NAME_fuzz.cc is a target fuzz_NAME: a libFuzzer binary with POSTHORN_FUZZ, else a program that replays
# fuzz/corpus/NAME, run by ctest.
function(posthorn_fuzz_targets)
  file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*_fuzz.cc)
  foreach(source ${targets})
    get_filename_component(name ${source} NAME_WE)
    string(REPLACE "_fuzz" "" name ${name})
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE ${POSTHORN_FOLDERS})
    if(POSTHORN_FUZZ)
      target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    else()
      target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/fuzz/replay_main.cc)
      add_test(NAME fuzz_${name} COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/fuzz/corpus/${name})
    endif()
  endforeach()
endfunction()

# src/posthorn: a library of all but main.cc, so that tests reach it, and the program.
function(posthorn_program)
  posthorn_folder(posthorn LIBRARIES Boost::json CLI11::CLI11 ${SECCOMP_LIBRARY})
  set_source_files_properties(${CMAKE_SOURCE_DIR}/src/posthorn/version.cc PROPERTIES
    COMPILE_DEFINITIONS POSTHORN_VERSION="${PROJECT_VERSION}" SKIP_PRECOMPILE_HEADERS ON)
  add_executable(posthorn ${CMAKE_SOURCE_DIR}/src/posthorn/main.cc)
  target_link_libraries(posthorn PRIVATE posthorn_posthorn)
  # Less memory and less time than with the C library's malloc; sanitizers have their own.
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_link_libraries(posthorn PRIVATE ${JEMALLOC_LIBRARY})
  endif()
  target_precompile_headers(posthorn REUSE_FROM posthorn_base)
endfunction()
