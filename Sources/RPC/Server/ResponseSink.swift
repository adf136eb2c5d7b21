package import NIOCore

/// Takes the responses of a server's call; each transport implements it.
///
/// The first `respond` or `finish` ends the call; later ones are ignored, except a `finish` that
/// overtakes an end which was not sent yet.
package protocol ResponseSink: MessageSink, AnyObject {
  /// Ends the call with its only response, which `serialize` appends to a buffer.
  ///
  /// - Throws: when the response is too long; the call has then not ended.
  func respond(_ serialize: (inout ByteBuffer) -> Void) throws(CallError)

  /// Ends the call.
  ///
  /// - Parameters:
  ///   - error: nil for success.
  ///   - unsent: what happens to responses that wait to be sent.
  func finish(_ error: CallError?, unsent: UnsentResponses)
}

extension ResponseSink {
  /// For transports that send a single response like any other.
  package func respond(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) {
    _ = try self.enqueue(serialize)
    self.finish(nil, unsent: .send)
  }
}

/// What happens to waiting responses when their call ends.
package enum UnsentResponses {
  /// They are sent first.
  case send
  /// They are sent first, but dropped if they wait for the peer's credit.
  case sendUnlessBlocked
  /// They are dropped.
  case drop
}
