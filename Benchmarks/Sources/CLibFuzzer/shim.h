#pragma once
#include <malloc.h>
#include <stddef.h>
#include <stdint.h>

/// Part of libFuzzer's runtime, which the linker adds: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*user_callback)(const uint8_t *data, size_t size));
