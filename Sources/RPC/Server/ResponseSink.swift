package import NIOCore

/// The way back of a call on a server: what its transport implements.
///
/// Its end is the first `respond` or `finish`; what is said after that is ignored, but for a `finish`
/// that overtakes an end which was not sent yet.
package protocol ResponseSink: MessageSink, AnyObject {
  /// Ends the call with its only response, which `serialize` appends to the buffer that it is given.
  ///
  /// - Throws: when the response is too long to be sent; the call has not ended then.
  func respond(_ serialize: (inout ByteBuffer) -> Void) throws(CallError)

  /// Ends the call.
  ///
  /// - Parameters:
  ///   - error: nil when it has succeeded.
  ///   - unsent: what becomes of responses that wait to be sent.
  func finish(_ error: CallError?, unsent: UnsentResponses)
}

extension ResponseSink {
  /// For transports that send an only response as they send others.
  package func respond(_ serialize: (inout ByteBuffer) -> Void) throws(CallError) {
    _ = try self.enqueue(serialize)
    self.finish(nil, unsent: .send)
  }
}

/// What becomes of responses that wait to be sent when their call ends.
package enum UnsentResponses {
  /// They are sent first.
  case send
  /// They are sent first, but dropped if they wait for the peer's credit, which may never come.
  case sendUnlessBlocked
  /// They are dropped: nobody wants them any more.
  case drop
}
