package import NIOCore

/// Refuses a client that speaks HTTP to a server without it, with a response of HTTP/1.1.
///
/// So is the preface of HTTP/2, which begins like a request. After SETTINGS and GOAWAY, clients of
/// gRPC would take the server for one that just goes away, and connect again at once, for ever;
/// after this, they tell that the server speaks HTTP/1.1, and wait before they try again.
package struct HTTPRefusal: ConnectionRefusal {
  private let message: String
  private var received = ByteBuffer()

  private static let endOfHead = Array("\r\n\r\n".utf8)
  /// A longer head is answered before its end, so that it is not kept in memory.
  private static let maximumHead = 16 << 10
  /// The longest registered methods have 17 letters.
  private static let maximumMethod = 32

  /// - Parameter message: a sentence for the reader of the answer.
  package init(_ message: String) {
    self.message = message
  }

  /// Whether HTTP can begin with this byte: the first letter of a method or of the preface.
  static func begins(with byte: UInt8) -> Bool {
    UInt8(ascii: "A") ... UInt8(ascii: "Z") ~= byte
  }

  /// Answers a request whose head is whole.
  package mutating func answer(to bytes: ByteBuffer) throws -> ByteBuffer {
    // Bytes that were searched before are not searched again.
    let searched = max(0, self.received.readableBytes - (Self.endOfHead.count - 1))
    self.received.writeImmutableBuffer(bytes)
    let received = self.received.readableBytesView
    // A method, and a space.
    let afterMethod = received.prefix(Self.maximumMethod + 1).first { !Self.begins(with: $0) }
    let isMethod = afterMethod == nil && received.count <= Self.maximumMethod
    guard isMethod || afterMethod == UInt8(ascii: " ") else { throw NotHTTP() }
    let isWhole = received.dropFirst(searched).firstRange(of: Self.endOfHead) != nil
    return isWhole || received.count >= Self.maximumHead ? self.badRequest : ByteBuffer()
  }

  private struct NotHTTP: Error {}

  private var badRequest: ByteBuffer {
    let body = self.message + "\n"
    return ByteBuffer(
      string: """
        HTTP/1.1 400 Bad Request\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Length: \(body.utf8.count)\r
        Connection: close\r
        \r
        \(body)
        """
    )
  }
}
