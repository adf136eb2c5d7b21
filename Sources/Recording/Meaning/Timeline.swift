internal import NIOCore
internal import TTRPC

/// Shows the events of a recording for people, one line each.
///
///     0.012  1 → ▼ REQUEST 1  RC|EXT  tokenwire.v1.Tokenwire/Generate  {prompt:"go"}
///     0.014  1 ← ▲ DATA 1  {started:{...}}
///
/// Each stream has a column from its Request to its end.
public struct Timeline {
  /// The calls, by connection.
  private var trackers: [Int: CallTracker] = [:]
  /// The streams by column; a free column is nil.
  private var columns: [Column?] = []

  private struct Column: Equatable {
    var connection: Int
    var stream: UInt32
  }

  /// The maximum number of columns; further streams share the last one.
  public static let maximumColumns = 8

  /// An event, for people.
  public struct Line: Hashable, Sendable {
    /// The line, without a line end. Names and errors are as peers sent them.
    public var text: String
    /// The column of the event's stream, from 0; nil for an event of the connection.
    public var column: Int?
  }

  /// Creates a timeline without events.
  public init() {}

  /// Returns the line of the next event.
  public mutating func line(for event: RecordedEvent) -> Line {
    let call = event.stream.map { Column(connection: event.connection, stream: $0) }
    let column = call.map { self.column(of: $0) }
    let description = self.describe(event)
    let text = "\(self.rails(event, column)) \(Self.text(of: event, description))"
    let line =
      "\(Self.seconds(event.time)) \(event.connection.padded(to: 3)) \(event.side.arrow) " + text
    let isOver = description?.status != nil && event.side == .server
    if let column, isOver, self.columns[column] == call { self.columns[column] = nil }
    if case .end(let error) = event.kind, event.side == .server || error != nil {
      for (index, column) in self.columns.enumerated()
      where column?.connection == event.connection { self.columns[index] = nil }
    }
    return Line(text: line, column: column)
  }

  private mutating func describe(_ event: RecordedEvent) -> EventDescription? {
    guard case .frame(let frame) = event.kind else { return nil }
    return self.trackers[event.connection, default: CallTracker()]
      .describe(frame, from: event.side)
  }

  private mutating func column(of column: Column) -> Int {
    if let known = self.columns.firstIndex(of: column) { return known }
    if let free = self.columns.firstIndex(of: nil) {
      self.columns[free] = column
      return free
    }
    guard self.columns.count < Self.maximumColumns else { return Self.maximumColumns - 1 }
    self.columns.append(column)
    return self.columns.count - 1
  }

  /// A vertical line for each stream, with a mark for this event.
  private func rails(_ event: RecordedEvent, _ column: Int?) -> String {
    self.columns.indices.map { index in
      if index == column { return event.side == .client ? "▼" : "▲" }
      return self.columns[index] == nil ? " " : "│"
    }.joined()
  }

  private static func text(of event: RecordedEvent, _ description: EventDescription?) -> String {
    switch event.kind {
    case .open: return "connected"
    case .end(let error): return "ended" + (error.map { ": \($0)" } ?? "")
    case .bytes(let bytes): return Self.text(of: bytes)
    case .frame(let frame):
      let stream = frame.stream == ExtensionFrame.stream ? "" : " \(frame.stream)"
      let words = [
        "\(frame.type.name)\(stream)", frame.flags.names, description?.method,
        description?.message.map { MessageJSON($0).text }, description?.status,
      ]
      let known = words.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "  ")
      let isShown = description != nil || frame.data.readableBytes == 0
      return isShown ? known : "\(known)  \(frame.data.readableBytes) bytes"
    }
  }

  private static func text(of bytes: ByteBuffer) -> String {
    guard let header = bytes.peekFrameHeader(), bytes.first == 0 else {
      return "\(bytes.readableBytes) bytes that are no frame"
    }
    let present = bytes.readableBytes - FrameHeader.size
    return
      "\(header.type.name) \(header.stream)  cut off after \(present) of \(header.length) bytes"
  }

  private static func seconds(_ time: Duration) -> String {
    let milliseconds = Int(time / .milliseconds(1))
    let fraction = "\(1000 + milliseconds % 1000)".dropFirst()
    return "\((milliseconds / 1000).padded(to: 5)).\(fraction)"
  }
}

extension RecordedEvent {
  /// The event's call, or nil for an event of the connection.
  fileprivate var stream: UInt32? {
    guard case .frame(let frame) = self.kind else { return nil }
    let isOfCall = [.request, .response, .data].contains(frame.type)
    return isOfCall && frame.stream != ExtensionFrame.stream ? frame.stream : nil
  }
}

extension RecordedEvent.Side {
  fileprivate var arrow: String { self == .client ? "→" : "←" }
}

extension ByteBuffer {
  fileprivate var first: UInt8? { self.getInteger(at: self.readerIndex) }
}

extension Int {
  fileprivate func padded(to width: Int) -> String {
    let digits = "\(self)"
    return String(repeating: " ", count: Swift.max(0, width - digits.count)) + digits
  }
}
