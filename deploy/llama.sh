# libllama, built from the sources that llama-cpp-python carries on PyPI: Debian has no package.

readonly llama_version=0.3.36
readonly llama_sum=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
# Without AMX. The compilers of Debian 12 take the operand of `ldtilecfg` for 8 bytes, where it has 64,
# and leave out that ggml writes the rest: where the CPU has AMX, the first prompt ended the process by
# SIGILL. (https://github.com/ggml-org/llama.cpp/pull/26954)
# LLAMA_OPTIONS are more of them, for a build that is to run elsewhere.
# `common` knows chat templates; what it downloads with OpenSSL is not for us.
readonly llama_options="-DCMAKE_C_FLAGS=-U__AMX_INT8__ -DCMAKE_CXX_FLAGS=-U__AMX_INT8__ -DLLAMA_OPENSSL=OFF${LLAMA_OPTIONS:+ $LLAMA_OPTIONS}"

# Sets llama_pkg_config_path and llama_libraries.
provide_llama() {
  if pkg-config --exists llama; then
    llama_pkg_config_path=${PKG_CONFIG_PATH:-}
    llama_libraries=$(pkg-config --variable=libdir llama)
    return
  fi
  local folder
  folder=$cache/llama-$llama_version-$(build_key)
  [[ -d $folder ]] || build_llama "$folder"
  llama_pkg_config_path=$folder/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  llama_libraries=$folder/lib
}

# The build is for the CPU that it runs on, and may not run on another one.
build_key() {
  {
    echo "$llama_options"
    cat "$here/llama-common.cmake"
    uname --machine
    grep --max-count=1 --extended-regexp '^(flags|Features)' /proc/cpuinfo || true
  } | sha256sum | cut --characters=1-12
}

build_llama() {
  local folder=$1 built=$scratch/llama
  CMAKE_ARGS="$llama_options -DCMAKE_PROJECT_llama.cpp_INCLUDE=$here/llama-common.cmake ${CMAKE_ARGS:-}" \
    run_slowly "Building libllama for this CPU (about 5 minutes on 2 cores)" \
    pip_get wheel "llama-cpp-python==$llama_version" "$llama_sum" \
    --verbose --no-binary llama-cpp-python --wheel-dir "$scratch/wheels" ||
    fail "libllama could not be built. If its sources could not be fetched, see whether pip reaches" \
      "its package index; or install llama.cpp so that \`pkg-config llama\` finds it."
  unzip -q "$scratch"/wheels/llama_cpp_python-*.whl 'include/*' 'share/llama.cpp/*' \
    'lib/libllama*.so*' 'lib/libggml*.so*' 'lib/pkgconfig/*' -d "$built" < /dev/null ||
    fail "libllama could not be unpacked into $cache: is the disk full?"
  sed --in-place \
    -e "s|^prefix=.*|prefix=$folder|" \
    -e 's|^exec_prefix=.*|exec_prefix=${prefix}|' \
    -e 's|^libdir=.*|libdir=${prefix}/lib|' \
    -e 's|^includedir=.*|includedir=${prefix}/include|' \
    "$built/lib/pkgconfig/llama.pc"
  cat > "$built/lib/pkgconfig/llama-common.pc" <<END
Name: llama-common
Description: llama.cpp's library of chat templates and parsers
Version: $llama_version
Requires: llama
Libs: -L\${pcfiledir}/.. -lllama-common
Cflags: -I\${pcfiledir}/../../include/llama-common
END
  # One step, so that the folder is either whole or not there.
  mv "$built" "$folder"
}
