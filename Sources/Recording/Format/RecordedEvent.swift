package import NIOCore
package import TTRPC

/// An event on a connection: a line of a recording.
public struct RecordedEvent: Hashable, Sendable {
  /// The time from the beginning of the recording to the end of the event.
  package var time: Duration
  /// When the first byte arrived, if that was before `time`.
  package var began: Duration?
  /// The number of the connection, from 1.
  package var connection: Int
  /// The side that caused it.
  package var side: Side
  package var kind: Kind
  /// What the event means.
  package var description: EventDescription?

  package enum Side: String, Hashable, Sendable, Codable {
    case client
    case server
  }

  package enum Kind: Hashable, Sendable {
    /// The client has connected.
    case open
    case frame(Frame)
    /// Bytes that are not a whole frame: cut off by the end of the connection, or not ttrpc at all.
    case bytes(ByteBuffer)
    /// The side has ended; with the reason, unless it was an ordinary end.
    case end(error: String?)
  }

  package init(
    time: Duration,
    began: Duration? = nil,
    connection: Int,
    side: Side,
    kind: Kind,
    description: EventDescription? = nil
  ) {
    self.time = time
    self.began = began
    self.connection = connection
    self.side = side
    self.kind = kind
    self.description = description
  }
}
