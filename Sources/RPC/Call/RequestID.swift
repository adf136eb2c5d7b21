public import Identifiers
internal import Synchronization

/// Names one call in the server's log.
public struct RequestID: Hashable, Sendable {
  private enum Origin: Hashable, Sendable {
    case caller(Identifier)
    /// The number of the call in this process.
    case server(UInt64)
  }

  private let origin: Origin

  private static let process = UInt64.random(in: .min ... .max)
  private static let count = Atomic<UInt64>(0)

  /// The metadata key with which a caller or proxy names its call.
  public static let metadataKey: Identifier = "x-request-id"

  private static let longest = 128

  /// The caller's name for the call, if it has 1 to 128 of the characters a-z, A-Z, 0-9, ".", "_", "/",
  /// ":", "@", "+" and "-"; otherwise a new one.
  package init(_ metadata: Metadata) {
    if let given = metadata[Self.metadataKey], 1 ... Self.longest ~= given.utf8.count,
      given.utf8.allSatisfy(\.isOfRequestID)
    {
      self.origin = .caller(Identifier(given))
    } else {
      self.origin = .server(Self.count.add(1, ordering: .relaxed).newValue)
    }
  }
}

extension RequestID: CustomStringConvertible {
  /// The name as it is logged.
  public var description: String {
    switch self.origin {
    case .caller(let id): id.text
    case .server(let number): "\(String(Self.process, radix: 16))-\(number)"
    }
  }
}

extension UInt8 {
  /// Whether a name of a call may have the byte: what ends a field in a log is not among them.
  package var isOfRequestID: Bool {
    switch self {
    case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
      UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default:
      false
    }
  }
}
