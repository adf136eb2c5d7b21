internal import Concurrency
internal import Foundation
package import NIOCore
internal import RPC
internal import TTRPC

/// Writes the events of connections to a recording, one line each, in the order of the calls.
public actor Recorder {
  private let executor = ThreadExecutor(name: "recorder")
  private let path: String
  /// Nil until the recording begins.
  private var file: RecordingFile?
  private let redactsTokens: Bool
  private var start = ContinuousClock.now
  private var connections: [Int: Connection] = [:]
  /// How much was written.
  public private(set) var summary = Summary()

  /// The thread that writes the file.
  public nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  /// How much a recording holds.
  public struct Summary: Hashable, Sendable {
    /// The number of connections.
    public var connections = 0
    /// The number of frames on all connections.
    public var frames = 0
  }

  private struct Connection {
    var tracker = CallTracker()
    var cutter: ConnectionCutter
    var ended: Set<RecordedEvent.Side> = []
  }

  /// - Parameters:
  ///   - path: the path of the file, which is created when the recording begins.
  ///   - redactsTokens: whether access tokens are replaced in the recording.
  /// - Throws: `RecordingError` when the file already exists.
  public init(path: String, redactsTokens: Bool = true) throws {
    try RecordingFile.checkName(path)
    self.path = path
    self.redactsTokens = redactsTokens
  }

  /// Creates the file and writes its first line. Call it last, when nothing else can fail.
  ///
  /// - Throws: `RecordingError` when the file already exists or cannot be written.
  package func begin() throws {
    let file = try RecordingFile(self.path)
    self.start = .now
    let header = RecordingHeader(recorded: .now, redactsTokens: self.redactsTokens)
    try file.write(try header.line() + Data("\n".utf8))
    self.file = consume file
  }

  /// A client has connected.
  ///
  /// - Returns: the number of the connection.
  package func open() throws -> Int {
    self.summary.connections += 1
    let connection = self.summary.connections
    self.connections[connection] = Connection(
      cutter: ConnectionCutter(hidesTokens: self.redactsTokens)
    )
    try self.write([.init(side: .client, kind: .open)], connection, at: self.now)
    return connection
  }

  /// A side has sent bytes.
  package func received(
    _ bytes: ByteBuffer,
    on connection: Int,
    from side: RecordedEvent.Side
  ) throws {
    let time = self.now
    let pieces = self.connections[connection].mutate {
      $0.cutter.append(bytes, from: side, at: time)
    }
    try self.write(pieces ?? [], connection, at: time)
  }

  /// A side has ended. Only the first end counts.
  ///
  /// - Parameter error: why, unless it was an ordinary end.
  package func ended(
    _ side: RecordedEvent.Side,
    on connection: Int,
    error: String? = nil
  ) throws {
    guard self.connections[connection].mutate({ $0.ended.insert(side).inserted }) == true else {
      return
    }
    try self.write(
      self.finish(side, of: connection) + [.init(side: side, kind: .end(error: error))],
      connection,
      at: self.now
    )
  }

  /// The connection or the recording has ended: writes the incomplete frames.
  package func close(_ connection: Int) throws {
    for side in [RecordedEvent.Side.client, .server] {
      try self.write(self.finish(side, of: connection), connection, at: self.now)
    }
    self.connections[connection] = nil
  }

  private var now: Duration { .now - self.start }

  private func finish(
    _ side: RecordedEvent.Side,
    of connection: Int
  ) -> [ConnectionCutter.Piece] {
    self.connections[connection].mutate { $0.cutter.finish(side) } ?? []
  }

  private func write(
    _ pieces: [ConnectionCutter.Piece],
    _ connection: Int,
    at time: Duration
  ) throws {
    var lines = Data()
    for piece in pieces {
      var event = RecordedEvent(
        time: time,
        began: piece.began == time ? nil : piece.began,
        connection: connection,
        side: piece.side,
        kind: piece.kind,
        description: piece.hidden.map { EventDescription(status: "hidden, because \($0)") }
      )
      if self.redactsTokens && piece.side == .client { self.redact(&event) }
      if case .frame(let frame) = event.kind {
        self.summary.frames += 1
        event.description =
          self.connections[connection].mutate {
            $0.tracker.describe(frame, from: piece.side)
          } ?? nil
      }
      lines += try EventLine(event).encoded() + Data("\n".utf8)
    }
    if !lines.isEmpty { try self.file?.write(lines) }
  }

  private func redact(_ event: inout RecordedEvent) {
    let redaction = TokenReplacement.redaction
    switch event.kind {
    case .frame(var frame) where frame.type == .request:
      frame.data = redaction.request(frame.data) ?? frame.data.hidingTokens
      event.kind = .frame(frame)
    case .frame(var frame):
      let method = self.connections[event.connection]?.tracker[frame.stream]
      let messages = method.flatMap { MethodMessages.of($0) }
      frame.data =
        messages.flatMap { redaction.message(frame.data, $0) } ?? frame.data.hidingTokens
      event.kind = .frame(frame)
    case .open, .bytes, .end:
      break
    }
  }
}

extension Optional {
  /// Changes the value in place, if there is one.
  fileprivate mutating func mutate<Result>(_ body: (inout Wrapped) -> Result) -> Result? {
    guard self != nil else { return nil }
    return body(&self!)
  }
}
