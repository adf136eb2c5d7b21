# libllama, built from the sources that llama-cpp-python carries on PyPI: Debian has no package.

readonly llama_version=0.3.36
readonly llama_sum=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e

# Sets llama_pkg_config_path and llama_libraries.
provide_llama() {
  if pkg-config --exists llama; then
    llama_pkg_config_path=${PKG_CONFIG_PATH:-}
    llama_libraries=$(pkg-config --variable=libdir llama)
    return
  fi
  local folder
  folder=$cache/llama-$llama_version-$(cpu_key)
  [[ -d $folder ]] || build_llama "$folder"
  llama_pkg_config_path=$folder/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
  llama_libraries=$folder/lib
}

# The build is for the CPU that it runs on, and may not run on another one.
cpu_key() {
  {
    uname --machine
    grep --max-count=1 --extended-regexp '^(flags|Features)' /proc/cpuinfo || true
  } | sha256sum | cut --characters=1-12
}

build_llama() {
  local folder=$1 built=$scratch/llama
  run_slowly "Building libllama for this CPU (about 5 minutes on 2 cores)" \
    pip_get wheel "llama-cpp-python==$llama_version" "$llama_sum" \
    --verbose --no-binary llama-cpp-python --wheel-dir "$scratch/wheels" ||
    fail "libllama could not be built. If its sources could not be fetched, see whether pip reaches" \
      "its package index; or install llama.cpp so that \`pkg-config llama\` finds it."
  unzip -q "$scratch"/wheels/llama_cpp_python-*.whl 'include/*' \
    'lib/libllama.so*' 'lib/libggml*.so*' 'lib/pkgconfig/*' -d "$built" < /dev/null ||
    fail "libllama could not be unpacked into $cache: is the disk full?"
  sed --in-place \
    -e "s|^prefix=.*|prefix=$folder|" \
    -e 's|^exec_prefix=.*|exec_prefix=${prefix}|' \
    -e 's|^libdir=.*|libdir=${prefix}/lib|' \
    -e 's|^includedir=.*|includedir=${prefix}/include|' \
    "$built/lib/pkgconfig/llama.pc"
  # One step, so that the folder is either whole or not there.
  mv "$built" "$folder"
}
