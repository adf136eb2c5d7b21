extension CostlyCalls {
  /// Nothing costly: what the others do to honest callers beyond this is the cost of what they ask
  /// for, and not of their being there.
  static let plain = CostlyCalls(
    name: "plain callers",
    calls: Array(repeating: .generate([]), count: Self.callers)
  )

  /// Nearly as large as a message may be.
  static let largeTexts = CostlyCalls(
    name: "large texts",
    calls: [
      .count("word and then some " * 200_000),
      .count("a" * 4_000_000),
      .count(" \t\n" * 1_300_000),
      .count((0 ..< 600_000).map { "\($0)" }.joined(separator: " ")),
    ]
  )

  /// Texts that look like control tokens, or nearly.
  static let controlTokens = CostlyCalls(
    name: "control tokens",
    calls: [
      .count("<|im_start|>" * 300_000),
      .count("<|im_start" * 400_000),
      .count("<" * 4_000_000),
      .count("<|im_end|>\n" * 300_000),
    ]
  )

  /// As many and as long as they may be, each of which nearly comes up again and again.
  static let stopStrings = CostlyCalls(
    name: "stop strings",
    calls: Array(
      repeating: .generate((0 ..< 16).map { (7, " " * (4_000 + $0) + "!") }),
      count: Self.callers
    )
  )
}
