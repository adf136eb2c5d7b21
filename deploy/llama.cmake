# Read by CMake within llama.cpp's own project (CMAKE_PROJECT_llama.cpp_INCLUDE): what its build does
# otherwise than we need it.

# Its library `common`, for chat templates, without the sources that only its programs need: their
# command lines, downloads, and an HTTP library. What is left is read in few pieces, because reading the
# same headers is most of the work.
set(of_programs arg console debug download hf-cache imatrix-loader llguidance preset subproc)
function(build_quickly)
  list(JOIN of_programs "|" names)
  get_target_property(sources llama-common SOURCES)
  list(FILTER sources EXCLUDE REGEX "^(${names})\\.cpp$")
  get_target_property(libraries llama-common LINK_LIBRARIES)
  list(REMOVE_ITEM libraries cpp-httplib)
  set_target_properties(llama-common PROPERTIES
    SOURCES "${sources}"
    LINK_LIBRARIES "${libraries}"
    UNITY_BUILD ON
    UNITY_BUILD_BATCH_SIZE 6)
  # It specialises what the others use.
  set_source_files_properties("${PROJECT_SOURCE_DIR}/common/json.cpp"
    TARGET_DIRECTORY llama-common PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  target_compile_options(llama-common PRIVATE -O2)

  # The models' sources build the graphs of what ggml computes. The time goes to ggml, which is optimised
  # as ever.
  target_compile_options(llama PRIVATE -O1)
  get_target_property(sources llama SOURCES)
  list(FILTER sources EXCLUDE REGEX "models/")
  list(TRANSFORM sources PREPEND "${PROJECT_SOURCE_DIR}/src/")
  set_source_files_properties(${sources} TARGET_DIRECTORY llama PROPERTIES COMPILE_OPTIONS -O2)
endfunction()
# When the targets are there.
cmake_language(DEFER CALL build_quickly)

# What it does not install: headers, chat templates and vocabularies.
install(DIRECTORY common/ DESTINATION include/llama-common FILES_MATCHING PATTERN "*.h")
install(
  DIRECTORY models/
  DESTINATION share/llama.cpp
  FILES_MATCHING
  PATTERN "ggml-vocab-*.gguf"
  PATTERN "templates/*.jinja")
