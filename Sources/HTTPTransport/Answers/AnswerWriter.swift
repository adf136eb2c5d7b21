package import NIOCore

/// Writes the responses of a request's calls as one HTTP response.
///
/// What it writes before the calls have ended is sent as it comes, with the status 200. A writer
/// that answers at the end writes all in `finish`.
package protocol AnswerWriter: Sendable {
  /// The media type of what it writes.
  var contentType: String { get }

  /// What is sent in a stream that has been silent for a while; nil for none.
  var keepalive: ByteBuffer? { get }

  /// Whether the calls end when the client closes its side: those that use the model for it alone.
  /// Others are answered to a client that sends nothing more, but still reads.
  var endsWithClient: Bool { get }

  /// Takes a response, and appends what it makes of it.
  ///
  /// - Parameters:
  ///   - message: the encoded message.
  ///   - call: the index of its call.
  /// - Throws: to end the request with an error.
  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure)

  /// Appends the end; all calls have succeeded.
  mutating func finish(to body: inout ByteBuffer) throws(HTTPFailure)

  /// Appends an error to a response that has begun.
  mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer)
}

extension AnswerWriter {
  package var contentType: String { "application/json" }
  package var keepalive: ByteBuffer? { nil }
  package var endsWithClient: Bool { true }
  /// An answer that is written at the end has not begun when it fails.
  package mutating func fail(_ failure: HTTPFailure, to body: inout ByteBuffer) {}
}
