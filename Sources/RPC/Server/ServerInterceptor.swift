/// What all calls of a server have in common, whatever their method and transport: who may call, what
/// is counted and what is logged.
///
/// A call goes through the interceptors in their order. All of this happens on the threads of handlers
/// and of transports, so it must not block.
public protocol ServerInterceptor: Sendable {
  /// Looks at a method that the server is about to offer.
  ///
  /// - Throws: why the server cannot start with it.
  func check(_ method: MethodDescriptor) throws

  /// A request has come and was decoded; its handler has not begun.
  ///
  /// - Parameters:
  ///   - call: what the handler will get.
  ///   - accessToken: what the request has in its field for one, for clients that cannot send metadata
  ///     (WIRE.md section 3); empty when it has none.
  /// - Throws: why the call is refused. No handler runs, and the interceptors behind this one do not
  ///   hear of its beginning.
  func begin(_ call: CallContext, accessToken: String) throws(CallError)

  /// The handler of a call has returned, or failed, and the caller does not know yet: what the call
  /// held for its caller is free before the caller can make the next one. Called once at most, also
  /// when the call was refused.
  func handlerReturned(_ call: CallContext)

  /// A call has ended. Called once for each call, also for one that was refused before it began.
  ///
  /// - Parameter error: nil when it succeeded.
  func end(_ call: CallContext, _ error: CallError?)
}

extension ServerInterceptor {
  public func check(_ method: MethodDescriptor) throws {}
  public func begin(_ call: CallContext, accessToken: String) throws(CallError) {}
  public func handlerReturned(_ call: CallContext) {}
  public func end(_ call: CallContext, _ error: CallError?) {}
}
