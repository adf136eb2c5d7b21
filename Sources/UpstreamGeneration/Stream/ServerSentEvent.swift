/// One of a stream of server-sent events.
struct ServerSentEvent: Hashable {
  /// Its type; empty for none.
  var name: [UInt8] = []
  /// The lines of its data, with line feeds between them.
  var data: [UInt8] = []
}

/// Cuts the bytes of a stream into server-sent events, as the HTML standard has it
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html, section 9.2.6).
///
/// Bytes may be cut anywhere. An event that does not end before the stream does is dropped.
struct EventStreamParser {
  /// The size of an event, in bytes, at which it is refused: an answer of a model is far smaller.
  static let maximumSize = 4 << 20

  /// The line that has not ended.
  private var line: [UInt8] = []
  private var event = ServerSentEvent()
  private var hasData = false
  /// Whether the last byte was a carriage return, which a line feed belongs to.
  private var isAfterReturn = false
  private var isFirstLine = true

  /// Adds bytes, and appends the events that they complete.
  ///
  /// - Throws: `tooLarge` for an event of more than `maximumSize` bytes.
  mutating func read(
    _ bytes: [UInt8],
    into events: inout [ServerSentEvent]
  ) throws(UpstreamFailure) {
    var start = 0
    for index in bytes.indices {
      let byte = bytes[index]
      guard byte == 0x0A || byte == 0x0D else { continue }
      if byte == 0x0A, index == start, self.isAfterReturn {
        self.isAfterReturn = false
        start = index + 1
        continue
      }
      self.isAfterReturn = byte == 0x0D
      if self.line.isEmpty {
        try self.endLine(bytes[start ..< index], &events)
      } else {
        self.line += bytes[start ..< index]
        let line = self.line
        self.line.removeAll(keepingCapacity: true)
        try self.endLine(line[...], &events)
      }
      start = index + 1
    }
    if start < bytes.count {
      self.isAfterReturn = false
      self.line += bytes[start...]
    }
    try self.checkSize()
  }

  private func checkSize() throws(UpstreamFailure) {
    let size = self.line.count + self.event.data.count
    if size > Self.maximumSize { throw .tooLarge("an event", Self.maximumSize) }
  }

  private mutating func endLine(
    _ line: ArraySlice<UInt8>,
    _ events: inout [ServerSentEvent]
  ) throws(UpstreamFailure) {
    var line = line
    if self.isFirstLine {
      self.isFirstLine = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    }
    if line.isEmpty {
      if self.hasData { events.append(self.event) }
      self.event = ServerSentEvent()
      self.hasData = false
      return
    }
    let colon = line.firstIndex(of: UInt8(ascii: ":"))
    let field = line[..<(colon ?? line.endIndex)]
    var value = colon.map { line[($0 + 1)...] } ?? []
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if field.elementsEqual("data".utf8) {
      if self.hasData { self.event.data.append(0x0A) }
      self.hasData = true
      self.event.data += value
      try self.checkSize()
    } else if field.elementsEqual("event".utf8) {
      self.event.name = Array(value)
    }
  }
}
