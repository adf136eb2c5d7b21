extension UpstreamKind {
  /// Whether its servers choose among the likeliest tokens alone, as `UpstreamDefaults.topK` demands.
  public var takesTopK: Bool { self.features.contains(.topK) }

  /// Whether its servers can continue a prompt, as `UpstreamModel.PromptForm.completion` demands. Those of
  /// OpenAI do it with few models.
  public var continuesPrompts: Bool { self != .anthropic }

  /// The highest temperature that its servers take.
  public var maximumTemperature: Double { self == .anthropic ? 1 : 2 }

  /// Whether they take only one of `temperature` and `top_p`.
  public var takesOneOfTemperatureAndTopP: Bool { self == .anthropic }
}
