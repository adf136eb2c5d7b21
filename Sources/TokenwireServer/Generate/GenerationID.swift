internal import Identifiers

/// The id of one generation, as hard to guess as a key: whoever knows it may abort the generation.
struct GenerationID {
  let identifier: Identifier

  /// Creates an id with 128 random bits.
  static func random() -> GenerationID {
    let digits = (0 ..< 2).map { _ in
      let half = String(UInt64.random(in: .min ... .max), radix: 16)
      return String(repeating: "0", count: 16 - half.count) + half
    }
    return GenerationID(identifier: "gen-\(digits.joined())")
  }
}
