#include "source.h"

#if __has_include(<chat.h>)

#include <chat.h>
#include <stdexcept>

/// What parses, computes and frees an expression calls itself once for each of its tokens at worst,
/// with up to 4 KiB of stack, and may do so without an allocation at which `Budget` would see it.
static constexpr size_t longest_expression = 10000;

void check_source(const std::string &source) {
  const auto lexed = jinja::lexer().tokenize(source);
  size_t length = 0;
  for (const auto &token : lexed.tokens) {
    const bool begins =
      token.t == jinja::token::open_expression || token.t == jinja::token::open_statement;
    length = begins ? 1 : length + 1;
    if (length > longest_expression) throw std::runtime_error("one of its expressions is too long");
  }
  jinja::parse_from_tokens(lexed);
}

#endif
