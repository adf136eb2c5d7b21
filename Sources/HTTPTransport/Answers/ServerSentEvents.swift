package import JSON
package import NIOCore

/// Server-sent events, as the HTML standard defines them
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package enum ServerSentEvents {
  package static let mediaType = "text/event-stream"
  /// Some clients, such as Python's requests, read texts as Latin-1 when they are not told.
  package static let contentType = "\(Self.mediaType); charset=utf-8"
  /// A comment, which readers ignore.
  package static let keepalive = ByteBuffer(string: ": keepalive\n\n")
}

extension ByteBuffer {
  /// Appends an event of one line of data.
  ///
  /// - Parameters:
  ///   - event: its type; nil is "message".
  ///   - id: what a reader tells when it connects again; nil without.
  ///   - data: has no line end.
  package mutating func writeEvent(
    _ event: String? = nil,
    id: UInt64? = nil,
    data: some Sequence<UInt8>
  ) {
    if let id { self.writeString("id: \(id)\n") }
    if let event { self.writeString("event: \(event)\n") }
    self.writeString("data: ")
    self.writeBytes(data)
    self.writeString("\n\n")
  }

  /// Appends an event of a JSON object, whose members `write` writes.
  package mutating func writeEvent(
    _ event: String? = nil,
    id: UInt64? = nil,
    object write: (inout JSONWriter) -> Void
  ) {
    // JSON has no line ends in its strings, and this writer none between its tokens.
    var json = JSONWriter(escapes: .short)
    write(&json)
    json.end()
    self.writeEvent(event, id: id, data: json.bytes)
  }
}
