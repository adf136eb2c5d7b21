internal import HTTPTransport
internal import Identifiers
internal import TokenwireAPI

/// Whether a model thinks, in Anthropic's API.
enum AnthropicThinking {
  static let schema = Schema.object(
    [
      ("type", .choice(["enabled", "disabled", "adaptive", "between_tools"])),
      ("budget_tokens", .integer(budget)),
    ],
    required: ["type"]
  )

  /// How many tokens the model may think.
  private static let budget = 1 ... Int(Int32.max)

  static func read(_ place: Place, into chat: inout ChatMessages) throws(HTTPFailure) {
    let type = try place.requiredMember("type")
    switch Identifier(try type.string()) {
    case "enabled":
      chat.reasoning = .on
      chat.reasoningMaxTokens = try place.requiredMember("budget_tokens")
        .integer(in: Self.budget)
    case "disabled": chat.reasoning = .off
    case "adaptive", "between_tools": chat.reasoning = .on
    default: throw try type.unknownType(known: "\"enabled\", \"disabled\" or \"adaptive\"")
    }
  }
}
