extension UpstreamKind {
  /// Whether its servers choose among the likeliest tokens alone, as `UpstreamDefaults.topK` demands.
  public var takesTopK: Bool { self.features.contains(.topK) }
}
