/// What happens for every call of a server, whatever its method and transport: access, limits,
/// logging.
///
/// Interceptors are called in order, on the threads of handlers and transports, so they must not
/// block.
public protocol ServerInterceptor: AnyObject, Sendable {
  /// Checks a method before the server offers it.
  ///
  /// - Throws: why the server must not start.
  func check(_ method: MethodDescriptor) throws

  /// Called when a request was decoded, before its handler begins.
  ///
  /// - Parameters:
  ///   - call: the handler's context.
  ///   - accessToken: the access token in the request's field, for clients that cannot send
  ///     metadata (WIRE.md section 3); empty without one.
  /// - Throws: why the call is refused. The later interceptors and the handler are then not called.
  func begin(_ call: CallContext, accessToken: String) throws(CallError)

  /// Called when the handler has returned or thrown, before the caller is told, so that what the
  /// call held is free before the caller's next call. Called at most once, even for a refused call.
  func handlerReturned(_ call: CallContext)

  /// Called once when a call has ended, even if it was refused. Not called for what a transport could
  /// not read as a call, or refuses because its connection or the server ends.
  ///
  /// - Parameter error: nil when it succeeded.
  func end(_ call: CallContext, _ error: CallError?)
}

extension ServerInterceptor {
  /// Accepts every method.
  public func check(_ method: MethodDescriptor) throws {}
  /// Accepts every call.
  public func begin(_ call: CallContext, accessToken: String) throws(CallError) {}
  /// Does nothing.
  public func handlerReturned(_ call: CallContext) {}
  /// Does nothing.
  public func end(_ call: CallContext, _ error: CallError?) {}
}
