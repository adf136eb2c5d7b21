# libllama, built from the sources that llama-cpp-python carries on PyPI: Debian has no package.

readonly llama_version=0.3.36
readonly llama_sum=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
# Without AMX. The compilers of Debian 12 take the operand of `ldtilecfg` for 8 bytes, where it has 64,
# and leave out that ggml writes the rest: where the CPU has AMX, the first prompt ended the process by
# SIGILL. (https://github.com/ggml-org/llama.cpp/pull/26954)
# `common` knows chat templates; what it downloads with OpenSSL is not for us.
readonly llama_options="-DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__ -DLLAMA_OPENSSL=OFF"

# For machines other than this one: the code for each kind of processor in a library of its own, of
# which ggml chooses when it runs.
readonly portable_options="-DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON"

# Sets llama_pkg_config_path and llama_libraries.
provide_llama() {
  if pkg-config --exists llama; then
    llama_pkg_config_path=${PKG_CONFIG_PATH:-}
    llama_libraries=$(pkg-config --variable=libdir llama)
    return
  fi
  local folder
  folder=$cache/llama-$llama_version-$(build_key)
  [[ -d $folder ]] ||
    build_llama "$folder" "for this CPU (about 3 minutes on 2 cores)" "$llama_options"
  use_llama "$folder"
}

# Sets the same, of a libllama for packages: never that of the system, which other machines may lack.
provide_portable_llama() {
  local folder
  folder=$cache/llama-$llama_version-portable-$(portable_key)
  [[ -d $folder ]] ||
    build_llama "$folder" "for all CPUs (about 10 minutes on 2 cores)" \
      "$llama_options $portable_options"
  use_llama "$folder"
}

use_llama() {
  llama_pkg_config_path=$1/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  llama_libraries=$1/lib
}

# The build is for the CPU that it runs on, and may not run on another one.
build_key() {
  {
    echo "$llama_options"
    cat "$here/llama.cmake"
    uname --machine
    grep --max-count=1 --extended-regexp '^(flags|Features)' /proc/cpuinfo || true
  } | sha256sum | cut --characters=1-12
}

portable_key() {
  {
    echo "$llama_options $portable_options"
    cat "$here/llama.cmake"
    uname --machine
  } | sha256sum | cut --characters=1-12
}

# build_llama FOLDER WHAT-FOR OPTIONS
build_llama() {
  local folder=$1 purpose=$2 options=$3 sources=$scratch/llama
  run_slowly "Fetching the sources of libllama (70 MB)" \
    pip_get download "llama-cpp-python==$llama_version" "$llama_sum" \
    --no-binary llama-cpp-python --dest "$scratch/sources" ||
    fail "The sources of libllama could not be fetched: see whether pip reaches its package index; or" \
      "install llama.cpp so that \`pkg-config llama\` finds it."
  mkdir "$sources"
  tar -xf "$scratch"/sources/llama_cpp_python-*.tar.gz -C "$sources" --strip-components=3 \
    --wildcards '*/vendor/llama.cpp' ||
    fail "The sources of libllama could not be unpacked into $cache: is the disk full?"
  ask_for_variants "$sources"
  run_slowly "Building libllama $purpose" make_llama "$sources" "$folder" "$options" ||
    fail "libllama could not be built."
  cat > "$scratch/root/$folder/lib/pkgconfig/llama-common.pc" <<END
Name: llama-common
Description: llama.cpp's library of chat templates and parsers
Version: $llama_version
Requires: llama
Libs: -L\${pcfiledir}/.. -lllama-common
Cflags: -I\${pcfiledir}/../../include/llama-common
END
  # One step, so that the folder is either whole or not there.
  mv "$scratch/root/$folder" "$folder"
}

# ask_for_variants SOURCES: the code for two kinds of ARM's processors is left out where the compiler does
# not know their instructions, as GCC before 14, which Debian 12 has. ggml itself does so for those of
# POWER alone. (https://github.com/ggml-org/llama.cpp/issues/17983)
ask_for_variants() {
  sed --in-place --regexp-extended \
    's/^( *)(ggml_add_cpu_backend_variant\(armv9\.2_.*)/\1check_cxx_compiler_flag(-march=armv9.2-a+sme GGML_CXX_SUPPORTS_SME)\n\1if (GGML_CXX_SUPPORTS_SME)\n\1    \2\n\1endif()/' \
    "$1/ggml/src/CMakeLists.txt"
}

# make_llama SOURCES FOLDER OPTIONS: what belongs into FOLDER goes to $scratch/root/FOLDER.
make_llama() {
  local sources=$1 folder=$2 options
  # Read as a shell reads words, quotes and all.
  mapfile -t options < <(xargs --no-run-if-empty printf '%s\n' <<< "$3 ${CMAKE_ARGS:-}")
  cmake -S "$sources" -B "$sources/build" -DCMAKE_BUILD_TYPE=Release \
    -DCMAKE_PROJECT_llama.cpp_INCLUDE="$here/llama.cmake" -DBUILD_SHARED_LIBS=ON \
    -DLLAMA_BUILD_TOOLS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_APP=OFF \
    -DCMAKE_INSTALL_PREFIX="$folder" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_INSTALL_BINDIR=lib \
    -DCMAKE_INSTALL_RPATH='$ORIGIN' "${options[@]}" &&
    cmake --build "$sources/build" --parallel "$(nproc)" --target llama llama-common &&
    DESTDIR=$scratch/root cmake --install "$sources/build"
}
