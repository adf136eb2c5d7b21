import NIOCore

extension ConnectionScript {
  /// Inputs that come far on a server, and others that come far on a client.
  static let examples: [ByteBuffer] = Self.requests + Self.answers

  private static let unary: [UInt8] = [3, 1, 0x80, UInt8(ascii: "u"), 0, 3, 0x0A, 1, 0x61]
  private static let settings: [UInt8] = [4, 0, 0, 0, 0, 20]

  private static let requests: [ByteBuffer] = [
    Self.unary,
    // A call that streams responses, with little credit, more of it, and a CANCEL.
    Self.unary + Self.settings + [3, 3, 1, UInt8(ascii: "s"), 0, 3, 0x12, 1, 0x61]
      + [4, 4, 3, 0, 0, 0, 0, 0, 0, 0, 60, 0, 4, 1, 3, 0, 0, 0, 1],
    // Calls that stream requests.
    [3, 1, 2, UInt8(ascii: "c"), 0, 0, 5, 1, 0, 3, 0x0A, 1, 0x61, 5, 1, 5, 0],
    [3, 1, 2, UInt8(ascii: "b"), 0, 0, 1, 5, 1, 0, 3, 0x0A, 1, 0x61, 1, 5, 1, 5, 0],
    // One that waits, one that fails, one past its deadline, PINGs.
    [3, 1, 1, UInt8(ascii: "w"), 0, 0, 3, 3, 1, UInt8(ascii: "e"), 0, 0]
      + [3, 5, 1, UInt8(ascii: "w"), 0xFF, 0, 0],
    Self.unary + Self.settings + [4, 2, 0, 0, 0, 0, 0, 0, 0, 1, 4, 2, 0, 0, 0, 0, 0, 0, 0, 2],
    // A frame over the limit, in two parts.
    [7, 0, 0, 0x20, 0, 2, 1, 0, 3, 1, 2, 3, 0, 2, 4, 0, 0, 0, 0],
  ].map { ByteBuffer(bytes: $0) }

  private static let answers: [ByteBuffer] = [
    // A Response, then Data and its end; settings first, and a GOAWAY last.
    [6, 1, 1, 0, 5, 0x12, 3, 0x0A, 1, 0x61, 5, 3, 0, 3, 0x0A, 1, 0x61, 5, 3, 5, 0],
    Self.settings + [6, 1, 1, 0, 0, 5, 5, 0, 2, 0x0A, 0, 4, 4, 5, 0, 0, 0, 0, 0, 0, 0, 99]
      + [4, 2, 0, 0, 0, 0, 0, 0, 0, 1, 4, 5, 1],
    // An error.
    [6, 1, 3, 0, 5, 0x0A, 3, 0x08, 5, 0x12],
  ].map { ByteBuffer(bytes: $0) }
}
