// Checks the source of a template before it is parsed for use.
#pragma once

#include <string>

/// - Throws: `std::exception` that says what is wrong with the source. (llama.cpp's own words get lost
///   on their way out of `common_chat_templates_init`.)
void check_source(const std::string &source);
