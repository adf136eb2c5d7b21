# Read by CMake within llama.cpp's own project (CMAKE_PROJECT_llama.cpp_INCLUDE): installs what its
# build does not, the headers of its library `common`, its chat templates and vocabularies.
install(DIRECTORY common/ DESTINATION include/llama-common FILES_MATCHING PATTERN "*.h")
install(
  DIRECTORY models/
  DESTINATION share/llama.cpp
  FILES_MATCHING
  PATTERN "ggml-vocab-*.gguf"
  PATTERN "templates/*.jinja")
