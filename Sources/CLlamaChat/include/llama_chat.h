// llama.cpp's chat templates and parsers (common/chat.h) as C functions that take and give JSON.
//
// Texts are UTF-8. Returned texts are the caller's, to be freed with `free`. A function that fails
// returns NULL and sets `error` to a text, which is the caller's, too.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct llama_model;
/// The chat template of a model. It may be used on several threads at once.
struct llama_chat_template_set;
/// What parses the texts of one form. It may be used on several threads at once.
struct llama_chat_text_parser;

/// Whether this was built with llama.cpp's library `common`; if not, all else fails.
bool llama_chat_is_available(void);

/// - model: with at least its vocabulary.
/// - source: a Jinja template instead of the model's own; or NULL.
struct llama_chat_template_set *llama_chat_template_set_new(
    const struct llama_model *model, const char *source, char **error);
void llama_chat_template_set_free(struct llama_chat_template_set *templates);

/// What the template knows: {"supports_tools", "supports_system_role", "reasoning",
/// "has_own_parser", ...}, all booleans. Where llama.cpp has no parser of its own for it, the form of
/// answers is the same for all conversations with the same tools, choice, "reasoning",
/// "reasoning_effort" and "generation_prompt" that do not continue a message.
char *llama_chat_abilities(const struct llama_chat_template_set *templates, char **error);

/// Renders a conversation, up to where its answer begins.
///
/// - request: {"messages", "tools", "tool_choice": "auto" | "none" | "required",
///   "parallel_tool_calls", "reasoning": bool, "reasoning_effort": text, empty for the template's
///   own, "continues": bool, "describes_tools": bool, "only_prompts": bool}, messages and tools as in
///   OpenAI's API. With "only_prompts", which costs a tenth, nothing but the two prompts is right in
///   what is returned. With "describes_tools" false, the template does not get the tools: then calls
///   are <tool_call>{"name", "arguments"}</tool_call>.
/// - Returns {"prompt", "generation_prompt", "grammar", "is_lazy", "triggers": [{"is_pattern",
///   "text"}], "kept_tokens": [text], "stops": [text], "thinking_start", "thinking_ends": [text],
///   "format", "parser"}.
char *llama_chat_render(
    const struct llama_chat_template_set *templates, const char *request, char **error);

/// - format: what `llama_chat_render` returned.
struct llama_chat_text_parser *llama_chat_text_parser_new(const char *format, char **error);
void llama_chat_text_parser_free(struct llama_chat_text_parser *parser);

enum llama_chat_extent {
  /// A whole text in the form, with calls if the form has some.
  LLAMA_CHAT_WHOLE,
  /// The beginning of such a text, or all of it.
  LLAMA_CHAT_BEGINNING,
  /// Anything: what is in the form up to where it is no longer.
  LLAMA_CHAT_ANYTHING,
};

/// Parses the text of an answer.
///
/// - extent: what the text must be; if it is not, this fails.
/// - Returns {"content", "reasoning", "calls": [{"id", "name", "arguments"}]}.
char *llama_chat_parse(
    const struct llama_chat_text_parser *parser,
    const char *text,
    size_t length,
    enum llama_chat_extent extent,
    char **error);

/// Finds a regular expression in ECMAScript's syntax, as triggers have it, in the end of a text.
///
/// - is_beginning: whether `text` is the whole text, and "^" matches at its beginning.
/// - Returns where its first group that matches begins, or else the match; -1 when it is not there.
ptrdiff_t llama_chat_find(const char *pattern, const char *text, size_t length, bool is_beginning);

#ifdef __cplusplus
}
#endif
