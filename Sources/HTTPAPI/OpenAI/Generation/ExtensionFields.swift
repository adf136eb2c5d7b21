internal import HTTPTransport
internal import Identifiers
internal import JSON

/// Fields that peers have beside OpenAI's, and that would change the text.
extension Field where Request: OpenAIRequest {
  static var refusedExtensions: [Field] {
    [
      .refused("use_beam_search", unless: \.isFalse, "each token is chosen by itself"),
      .refused("stop_token_ids", unless: \.isEmpty, "use stop"),
      .refused("allowed_token_ids", unless: \.isEmpty, "use logit_bias or a grammar"),
      .refused("bad_words", unless: \.isEmpty, "use logit_bias or a grammar"),
      .refused("include_stop_str_in_output", unless: \.isFalse, "a text ends before it"),
      .refused(
        "skip_special_tokens",
        unless: { $0.value == .bool(true) },
        "control tokens are never in a text"
      ),
      .refused("truncate_prompt_tokens", "a prompt is never cut"),
      .refused("prompt_logprobs", "use echo and logprobs with /v1/completions"),
    ]
  }

  /// What cannot change the text.
  static var ignoredFields: [Field] {
    [
      .ignored("user", "The access token names the user."),
      .ignored("store", "Nothing is stored: use POST /log-request."),
      .ignored("metadata", "For what OpenAI stores."),
      .ignored("service_tier", "There is one."),
      .ignored("safety_identifier", "The access token names the user."),
      .ignored("prompt_cache_key", "Prompts are always cached; `session_id` keeps them longer."),
      .ignored("prompt_cache_options", "Prompts are always cached."),
      .ignored("prompt_cache_retention", "Prompts are always cached."),
    ]
  }
}

/// What asks for nothing.
extension Place {
  var isFalse: Bool { self.value == .bool(false) }

  /// An array, an object or a string without content.
  var isEmpty: Bool {
    switch self.value {
    case .array(let elements): elements.isEmpty
    case .object(let members): members.isEmpty
    case .string(let text): text.isEmpty
    default: false
    }
  }
}
