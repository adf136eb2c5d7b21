internal import NIOCore

/// Notices when a connection of HTTP/1 changes to another protocol, in which nothing finds tokens:
/// WebSocket, or HTTP/2 after a request (RFC 9110 section 7.8).
struct UpgradeWatch {
  private var client = MarkSearch([Self.upgrade, Self.preface])
  private var server = MarkSearch([Self.switching])
  private var isAsked = false

  private static let upgrade = MarkSearch.Mark("\nupgrade:", ignoresCase: true)
  private static let preface = MarkSearch.Mark(String(buffer: HTTP2FrameHeader.preface))
  private static let switching = MarkSearch.Mark("HTTP/1.1 101 ")

  /// Adds bytes of a side.
  ///
  /// - Returns: how many of them are before the change; nil without one.
  mutating func append(_ bytes: ByteBuffer, from side: RecordedEvent.Side) -> Int? {
    let search = side == .client ? self.client : self.server
    let change = bytes.withUnsafeReadableBytes { bytes in
      bytes.indices.first { index in
        switch search.mark(endingAt: index, in: bytes) {
        case Self.upgrade:
          self.isAsked = true
          return false
        case Self.preface: return true
        case Self.switching: return self.isAsked
        default: return false
        }
      }
    }
    switch side {
    case .client: self.client.end(bytes)
    case .server: self.server.end(bytes)
    }
    return change.map { $0 + 1 }
  }
}
