package import Identifiers
internal import JSON

/// An enum in a proto. Conformances are generated (`make proto`).
package protocol JSONEnum: RawRepresentable<Int32>, JSONFieldValue, Sendable {
  /// The names of the values, by number.
  static var names: [(number: Int32, name: Identifier)] { get }

  /// The prefix of all names, such as "FINISH_REASON_"; may be empty.
  static var prefix: String { get }

  init(rawValue: Int32)
}

extension JSONEnum {
  /// The name in the proto; nil for an unknown value, from a newer peer.
  package var protoName: Identifier? {
    Self.names.first { $0.number == self.rawValue }?.name
  }

  /// The name without the enum's prefix, such as "STOP_SEQUENCE".
  package var shortName: Identifier? {
    self.protoName.map { Identifier(String($0.utf8.dropFirst(Self.prefix.utf8.count)) ?? "") }
  }

  static func shortName(of number: Int64) -> Identifier? {
    Int32(exactly: number).flatMap { Self(rawValue: $0).shortName }
  }

  package var isDefault: Bool { self.rawValue == 0 }

  package init(reading json: inout MessageReader) throws(MessageError) {
    // An unknown value, from a newer peer, is kept.
    if try json.type() == .number {
      self.init(rawValue: try json.integer())
      return
    }
    let name = Identifier(try json.string(expected: Self.allNames) { Self.names.isName($0) })
    self.init(rawValue: Self.names.first { $0.name == name }?.number ?? 0)
  }

  /// The names, in a sentence.
  private static var allNames: String {
    let names = Self.names.map(\.name.text)
    return "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }
}

extension [(number: Int32, name: Identifier)] {
  fileprivate func isName(_ text: String) -> Bool {
    let name = Identifier(text)
    return self.contains { $0.name == name }
  }
}
