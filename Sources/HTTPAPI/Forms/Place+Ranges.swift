internal import HTTPTransport
internal import Identifiers
internal import JSON

/// Values of which only some are allowed.
extension Place {
  /// A number in a range.
  func number(in range: ClosedRange<Double>) throws(HTTPFailure) -> Float {
    let expected = "a number from \(Self.text(range.lowerBound)) to \(Self.text(range.upperBound))"
    guard case .number = self.value, let number = try? self.number(), range.contains(number) else {
      throw self.mismatch(expected)
    }
    return Float(number)
  }

  /// A number without a fraction in a range, which that of 32 bits contains.
  func integer(in range: ClosedRange<Int>) throws(HTTPFailure) -> Int32 {
    let number = try? self.integer(Int32.self)
    guard let number, range.contains(Int(number)) else {
      throw self.mismatch("an integer from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// One of some texts.
  func choice(of choices: [Identifier]) throws(HTTPFailure) -> Identifier {
    guard case .string(let text) = self.value else {
      throw self.mismatch(Self.list(choices))
    }
    guard choices.contains(text) else {
      throw self.wrong("must be \(Self.list(choices)), and is \"\(text.text.beginning)\"")
    }
    return text
  }

  private static func list(_ choices: [Identifier]) -> String {
    let texts = choices.map { "\"\($0)\"" }
    guard let last = texts.last, texts.count > 1 else { return texts.joined() }
    return texts.dropLast().joined(separator: ", ") + " or " + last
  }

  /// Without a fraction that is zero.
  private static func text(_ bound: Double) -> String {
    Int(exactly: bound).map { "\($0)" } ?? "\(bound)"
  }
}

extension String {
  /// So much of a text that somebody sent as belongs in an error.
  var beginning: String {
    self.utf8.count <= 64 ? self : "\(self.prefix(64))..."
  }
}
