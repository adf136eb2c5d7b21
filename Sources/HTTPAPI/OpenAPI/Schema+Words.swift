extension Schema {
  /// The schema in a few words, for docs/http.md.
  var words: String {
    switch self {
    case .anything: "anything"
    case .string: "string"
    case .boolean: "true or false"
    case .choice(let texts): texts.map { "`\($0)`" }.joined(separator: ", ")
    case .number(let range): "number" + Self.words(range?.lowerBound, range?.upperBound)
    case .integer(let range):
      "integer"
        + Self.words(range.map { Double($0.lowerBound) }, range.map { Double($0.upperBound) })
    case .array(let element): "array of: \(element.words)"
    case .object: "object"
    case .map(let element): "object of: \(element.words)"
    case .oneOf(let schemas): schemas.map(\.words).joined(separator: "; or ")
    }
  }

  /// Bounds as large as a type's own say nothing.
  private static func words(_ low: Double?, _ high: Double?) -> String {
    let low = low.flatMap { $0.magnitude < Double(Int32.max) ? " from \(Self.text($0))" : nil }
    let high = high.flatMap { $0.magnitude < Double(Int32.max) ? " to \(Self.text($0))" : nil }
    return (low ?? "") + (high ?? "")
  }

  private static func text(_ number: Double) -> String {
    Int(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}
