/// Texts that Swift's `String` takes for the same, and that are not the same bytes: a pair of each
/// kind of canonical equivalence (Unicode Standard Annex #15).
public enum CanonicallyEqual {
  /// Composition, two singletons (the second is ASCII to Swift), the order of marks, and Hangul.
  public static let pairs = [
    ("Jos\u{E9}", "Jose\u{301}"), ("\u{212B}", "\u{C5}"), ("\u{212A}", "K"),
    ("q\u{307}\u{323}", "q\u{323}\u{307}"), ("\u{AC00}", "\u{1100}\u{1161}"),
  ]
}
