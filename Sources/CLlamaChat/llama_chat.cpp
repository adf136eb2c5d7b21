#include "llama_chat.h"

#if __has_include(<chat.h>)

#include "budget.h"
#include "source.h"
#include "stack.h"

#include <algorithm>
#include <chat-auto-parser.h>
#include <chat-peg-parser.h>
#include <chat.h>
#include <cstdlib>
#include <cstring>
#include <json-schema-to-grammar.h>
#include <log.h>
#include <map>
#include <regex>
#include <stdexcept>

using json = common_json;

struct llama_chat_template_set {
  common_chat_templates_ptr templates;
};

struct llama_chat_text_parser {
  common_chat_parser_params params;
};

namespace {

void dispose(char *text) { std::free(text); }
void dispose(llama_chat_template_set *templates) { delete templates; }
void dispose(llama_chat_text_parser *parser) { delete parser; }

/// Frees what may be deeply nested.
template <typename Value>
void dispose_safely(Value *value) {
  const auto body = [&] { dispose(value); };
  // Where memory is too short for that, it is lost.
  if (value) with_large_stack(body);
}

char *copy(const std::string &text) {
  char *copy = static_cast<char *>(std::malloc(text.size() + 1));
  if (copy) std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

/// Calls `body`, and bounds what it costs; its exceptions end here.
template <typename Body>
auto guarded(char **error, Body body) -> decltype(body()) {
  decltype(body()) result = nullptr;
  *error = nullptr;
  const auto bounded = [&] {
    Budget budget;
    try {
      result = body();
    } catch (const std::exception &exception) {
      *error = strdup(exception.what());
    } catch (...) {
      *error = strdup("it failed without a reason");
    }
    if (!budget.is_exceeded()) return;
    // Whatever came of it: llama.cpp catches exceptions of its own accord.
    dispose(result);
    result = nullptr;
    std::free(*error);
    *error = strdup("it takes too long, or needs too much memory: it may never end");
  };
  if (!with_large_stack(bounded)) *error = strdup("memory is short");
  return result;
}

common_chat_tool_choice tool_choice(const std::string &name) {
  if (name == "required") return COMMON_CHAT_TOOL_CHOICE_REQUIRED;
  return name == "none" ? COMMON_CHAT_TOOL_CHOICE_NONE : COMMON_CHAT_TOOL_CHOICE_AUTO;
}

common_chat_templates_inputs inputs_of(const json &request) {
  common_chat_templates_inputs inputs;
  inputs.messages = common_chat_msgs_parse_oaicompat(request.at("messages"));
  inputs.tool_choice = tool_choice(request.at("tool_choice").get<std::string>());
  inputs.parallel_tool_calls = request.at("parallel_tool_calls").get<bool>();
  inputs.enable_thinking = request.at("reasoning").get<bool>();
  const auto effort = request.at("reasoning_effort").get<std::string>();
  // As templates name it that know efforts; its value is JSON.
  if (!effort.empty()) inputs.chat_template_kwargs["reasoning_effort"] = json(effort).dump();
  inputs.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
  inputs.force_pure_content = request.at("only_prompts").get<bool>();
  if (request.at("continues").get<bool>())
    inputs.continue_final_message = COMMON_CHAT_CONTINUATION_AUTO;
  return inputs;
}

/// Lets the text have calls in a form of our own, which its template knows nothing of.
void add_plain_calls(
    common_chat_params &params, const json &tools, const common_chat_templates_inputs &inputs) {
  const std::string begin = "<tool_call>", end = "</tool_call>";
  const bool is_required = inputs.tool_choice == COMMON_CHAT_TOOL_CHOICE_REQUIRED;
  const std::string &think = params.thinking_start_tag;
  const auto &ends = params.thinking_end_tags;
  const bool can_think = !think.empty() && !ends.empty();
  const auto open = can_think ? params.generation_prompt.rfind(think) : std::string::npos;
  const bool thinks = open != std::string::npos &&
                      params.generation_prompt.find(ends[0], open) == std::string::npos;
  const auto parser = build_chat_peg_parser([&](common_chat_peg_builder &p) {
    const auto call = p.standard_json_tools(begin, end, tools, false, true);
    const auto calls = inputs.parallel_tool_calls ? call + p.zero_or_more(p.space() + call) : call;
    auto answer = calls + p.space() + p.end();
    if (!is_required)
      answer = p.content(p.until(begin)) +
               p.optional(p.trigger_rule("tool-calls", calls + p.space())) + p.end();
    auto prompt = p.literal(params.generation_prompt.substr(0, thinks ? open : std::string::npos));
    if (!can_think) return prompt + answer;
    const auto thought = p.literal(think) + p.space() + p.reasoning(p.until(ends[0])) +
                         p.literal(ends[0]) + p.space();
    return prompt + (thinks ? thought : p.optional(p.space() + thought)) + answer;
  });
  params.format = COMMON_CHAT_FORMAT_PEG_NATIVE;
  params.parser = parser.save();
  params.grammar_lazy = !is_required;
  params.grammar = build_grammar([&](const common_grammar_builder &builder) {
    parser.build_grammar(builder, params.grammar_lazy);
  });
  params.grammar_triggers = {{COMMON_GRAMMAR_TRIGGER_TYPE_WORD, begin}};
}

/// Whether `common` has a parser written for the template, rather than finding out about its form
/// anew for each conversation.
bool has_own_parser(const common_chat_templates *templates, const std::string &variant) {
  const common_chat_template chat_template(
    common_chat_templates_source(templates, variant), "", "");
  autoparser::generation_params params;
  params.messages = json::array({json{{"role", "user"}, {"content", "Hi"}}});
  try {
    return common_chat_try_specialized_template(chat_template, chat_template.source(), params)
      .has_value();
  } catch (const std::exception &) {
    return true;
  }
}

/// The prompt up to the end of its last message, as transformers does it: as the template writes that
/// message, where llama.cpp puts what it takes for an empty thought before it, and after a text that
/// the template may have ended.
///
/// - Returns: empty when the template does not show the message as it is.
std::string continued_prompt(
    const common_chat_templates *templates, common_chat_templates_inputs inputs) {
  auto &message = inputs.messages.back();
  if (message.content.empty() || !message.tool_calls.empty()) return "";
  // A character of a private use area: where it comes out is the end of the message.
  const std::string end = "\xF3\xB0\x80\x81";
  message.content += end;
  inputs.continue_final_message = COMMON_CHAT_CONTINUATION_NONE;
  inputs.add_generation_prompt = false;
  try {
    const auto prompt = common_chat_templates_apply(templates, inputs).prompt;
    const auto place = prompt.rfind(end);
    return place == std::string::npos ? "" : prompt.substr(0, place);
  } catch (const std::exception &) {
    return "";
  }
}

json triggers_of(const common_chat_params &params) {
  json triggers = json::array();
  for (const auto &trigger : params.grammar_triggers)
    triggers.push_back(json{
      {"is_pattern", trigger.type != COMMON_GRAMMAR_TRIGGER_TYPE_WORD},
      {"text", trigger.value},
    });
  return triggers;
}

std::string described(const common_chat_params &params) {
  return json{
    {"prompt", params.prompt},
    {"generation_prompt", params.generation_prompt},
    {"grammar", params.grammar},
    {"is_lazy", params.grammar_lazy},
    {"triggers", triggers_of(params)},
    {"kept_tokens", params.preserved_tokens},
    {"stops", params.additional_stops},
    {"thinking_start", params.thinking_start_tag},
    {"thinking_ends", params.thinking_end_tags},
    {"format", int(params.format)},
    {"parser", params.parser},
  }.dump();
}

/// llama.cpp's parser calls itself for each value in a value, without an allocation at which `Budget`
/// would see it, and with up to 4 KiB of stack. Brackets within strings count, too: which those are,
/// only the parser knows.
void check_nesting(const std::string &text) {
  constexpr ptrdiff_t most_brackets = 50000;
  const auto is_bracket = [](char character) { return character == '[' || character == '{'; };
  if (std::count_if(text.begin(), text.end(), is_bracket) > most_brackets)
    throw std::runtime_error("it has too many brackets");
}

std::string described(const common_chat_msg &message) {
  json calls = json::array();
  for (const auto &call : message.tool_calls)
    calls.push_back(json{
      {"id", call.id},
      {"name", call.name},
      {"arguments", call.arguments},
    });
  return json{
    {"content", message.content},
    {"reasoning", message.reasoning_content},
    {"calls", calls},
  }.dump();
}

}

bool llama_chat_is_available(void) { return true; }

struct llama_chat_template_set *llama_chat_template_set_new(
    const struct llama_model *model, const char *source, char **error) {
  // It writes to standard error from a thread of its own.
  common_log_pause(common_log_main());
  return guarded(error, [&] {
    const char *checked = source ? source : llama_model_chat_template(model, nullptr);
    if (checked) check_source(checked);
    auto templates = common_chat_templates_init(model, source ? source : "");
    return new llama_chat_template_set{std::move(templates)};
  });
}

void llama_chat_template_set_free(struct llama_chat_template_set *templates) {
  dispose_safely(templates);
}

char *llama_chat_abilities(const struct llama_chat_template_set *templates, char **error) {
  return guarded(error, [&] {
    json abilities = json::object();
    for (const auto &[name, value] : common_chat_templates_get_caps(templates->templates.get()))
      abilities[name] = value;
    abilities["reasoning"] =
      common_chat_templates_support_enable_thinking(templates->templates.get());
    abilities["has_own_parser"] = has_own_parser(templates->templates.get(), "") ||
                                  has_own_parser(templates->templates.get(), "tool_use");
    return copy(abilities.dump());
  });
}

char *llama_chat_render(
    const struct llama_chat_template_set *templates, const char *text, char **error) {
  return guarded(error, [&] {
    const json request = json::parse(text);
    auto inputs = inputs_of(request);
    const json &tools = request.at("tools");
    const bool describes_tools = request.at("describes_tools").get<bool>();
    if (describes_tools) inputs.tools = common_chat_tools_parse_oaicompat(tools);
    auto params = common_chat_templates_apply(templates->templates.get(), inputs);
    if (inputs.continue_final_message != COMMON_CHAT_CONTINUATION_NONE && !inputs.messages.empty()) {
      const auto prompt = continued_prompt(templates->templates.get(), inputs);
      if (!prompt.empty()) params.prompt = prompt;
    }
    if (
      !describes_tools && !tools.empty() &&
      inputs.tool_choice != COMMON_CHAT_TOOL_CHOICE_NONE && !inputs.force_pure_content)
      add_plain_calls(params, tools, inputs);
    return copy(described(params));
  });
}

struct llama_chat_text_parser *llama_chat_text_parser_new(const char *text, char **error) {
  return guarded(error, [&] {
    const json format = json::parse(text);
    common_chat_parser_params params;
    params.format = common_chat_format(format.at("format").get<int>());
    params.reasoning_format = COMMON_REASONING_FORMAT_AUTO;
    params.generation_prompt = format.at("generation_prompt").get<std::string>();
    const auto parser = format.at("parser").get<std::string>();
    if (!parser.empty()) params.parser.load(parser);
    return new llama_chat_text_parser{std::move(params)};
  });
}

void llama_chat_text_parser_free(struct llama_chat_text_parser *parser) {
  dispose_safely(parser);
}

char *llama_chat_parse(
    const struct llama_chat_text_parser *parser,
    const char *text,
    size_t length,
    enum llama_chat_extent extent,
    char **error) {
  return guarded(error, [&] {
    const std::string input(text, length);
    check_nesting(input);
    // common_chat_parse takes a text that ends within a call for a whole one.
    if (extent == LLAMA_CHAT_WHOLE && !parser->params.parser.empty()) {
      common_peg_parse_context context(parser->params.generation_prompt + input);
      const auto result = parser->params.parser.parse(context);
      if (!result.success() || result.end < context.input.size())
        throw std::runtime_error("the text ends too early");
    }
    const bool is_partial = extent == LLAMA_CHAT_ANYTHING;
    return copy(described(common_chat_parse(input, is_partial, parser->params)));
  });
}

ptrdiff_t llama_chat_find(
    const char *pattern, const char *text, size_t length, bool is_beginning) {
  try {
    thread_local std::map<std::string, std::regex> patterns;
    if (patterns.size() > 64) patterns.clear();
    auto known = patterns.find(pattern);
    if (known == patterns.end()) known = patterns.emplace(pattern, std::regex(pattern)).first;
    std::cmatch match;
    const auto flags = is_beginning ? std::regex_constants::match_default
                                    : std::regex_constants::match_not_bol;
    if (!std::regex_search(text, text + length, match, known->second, flags)) return -1;
    for (size_t group = 1; group < match.size(); group++)
      if (match.length(group) > 0) return match.position(group);
    return match.position(0);
  } catch (const std::exception &) {
    return -1;
  }
}

#else

#include <cstring>

namespace {

template <typename Result>
Result *unavailable(char **error) {
  *error = strdup("this build of llama.cpp has no library of chat templates");
  return nullptr;
}

}

bool llama_chat_is_available(void) { return false; }

struct llama_chat_template_set *llama_chat_template_set_new(
    const struct llama_model *, const char *, char **error) {
  return unavailable<llama_chat_template_set>(error);
}

void llama_chat_template_set_free(struct llama_chat_template_set *) {}

char *llama_chat_abilities(const struct llama_chat_template_set *, char **error) {
  return unavailable<char>(error);
}

char *llama_chat_render(const struct llama_chat_template_set *, const char *, char **error) {
  return unavailable<char>(error);
}

struct llama_chat_text_parser *llama_chat_text_parser_new(const char *, char **error) {
  return unavailable<llama_chat_text_parser>(error);
}

void llama_chat_text_parser_free(struct llama_chat_text_parser *) {}

char *llama_chat_parse(
    const struct llama_chat_text_parser *,
    const char *,
    size_t,
    enum llama_chat_extent,
    char **error) {
  return unavailable<char>(error);
}

ptrdiff_t llama_chat_find(const char *, const char *, size_t, bool) { return -1; }

#endif
