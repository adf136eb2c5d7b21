internal import Identifiers
package import TTRPC

// Types and flags in recordings: the names in WIRE.md, or "0x" and two digits where there is no
// name, so that unknown frames are recorded completely.

extension FrameType {
  private static let names: [FrameType: Identifier] = [
    .request: "REQUEST",
    .response: "RESPONSE",
    .data: "DATA",
    .settings: "SETTINGS",
    .cancel: "CANCEL",
    .ping: "PING",
    .pong: "PONG",
    .window: "WINDOW",
    .goAway: "GOAWAY",
  ]

  package var name: String { Self.names[self]?.text ?? self.rawValue.hexadecimal }

  init?(name: Identifier) {
    if let known = Self.names.first(where: { $0.value == name }) {
      self = known.key
    } else if let number = UInt8(hexadecimal: name.text) {
      self.init(rawValue: number)
    } else {
      return nil
    }
  }
}

extension FrameFlags {
  private static let names: [(flag: FrameFlags, name: Identifier)] = [
    (.remoteClosed, "RC"), (.remoteOpen, "RO"), (.noData, "ND"), (.offersExtension, "EXT"),
  ]

  /// The names, separated by "|"; empty without flags.
  package var names: String {
    var names = Self.names.filter { self.contains($0.flag) }.map(\.name.text)
    let unknown = Self.names.reduce(self) { $0.subtracting($1.flag) }
    if !unknown.isEmpty { names.append(unknown.rawValue.hexadecimal) }
    return names.joined(separator: "|")
  }

  init?(names: String) {
    self = []
    for name in names.utf8.split(separator: UInt8(ascii: "|")).map({ Identifier(Substring($0)) }) {
      if let known = Self.names.first(where: { $0.name == name }) {
        self.insert(known.flag)
      } else if let number = UInt8(hexadecimal: name.text) {
        self.insert(FrameFlags(rawValue: number))
      } else {
        return nil
      }
    }
  }
}

extension UInt8 {
  fileprivate var hexadecimal: String {
    let digits = String(self, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }

  fileprivate init?(hexadecimal text: String) {
    guard text.utf8.starts(with: "0x".utf8), let number = UInt8(text.dropFirst(2), radix: 16)
    else { return nil }
    self = number
  }
}
