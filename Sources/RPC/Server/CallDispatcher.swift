internal import Identifiers
package import Logging

/// What the calls of a server share: its services, interceptors and limits.
package final class CallDispatcher: Sendable {
  /// What the calls use of the server's limits.
  package let load: CallLoad
  /// Logs the server's calls.
  package let logger: Logger
  private let services: [Identifier: ServiceDefinition]
  private let interceptors: [any ServerInterceptor]

  /// - Parameter interceptors: called for each call, in this order.
  /// - Precondition: no two services have the same name.
  package init(
    services: [ServiceDefinition],
    interceptors: [any ServerInterceptor] = [],
    limits: CallLimits,
    logger: Logger
  ) {
    self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
    self.interceptors = interceptors
    self.load = CallLoad(limits)
    self.logger = logger
  }

  /// - Throws: `unimplemented` when there is no such method.
  func handler(of method: MethodDescriptor) throws(CallError) -> MethodHandler {
    guard let service = self.services[method.service] else {
      throw CallError(.unimplemented, "service \(method.service)")
    }
    guard let handler = service.methods[method.method] else {
      throw CallError(.unimplemented, "method \(method.method)")
    }
    return handler
  }

  /// Whether a caller of the method may send more than one message.
  ///
  /// - Throws: `unimplemented` when there is no such method.
  package func takesMessages(_ method: MethodDescriptor) throws(CallError) -> Bool {
    try self.handler(of: method).takesMessages
  }

  /// Checks all methods with the interceptors.
  ///
  /// - Throws: the error of an interceptor that rejects a method.
  package func check() throws {
    for service in self.services.values {
      for name in service.methods.keys {
        let method = MethodDescriptor(service: service.name, method: name)
        for interceptor in self.interceptors { try interceptor.check(method) }
      }
    }
  }

  func begin(_ call: CallContext, accessToken: String) throws(CallError) {
    for interceptor in self.interceptors {
      try interceptor.begin(call, accessToken: accessToken)
    }
  }

  func handlerReturned(_ call: CallContext) {
    for interceptor in self.interceptors { interceptor.handlerReturned(call) }
  }

  func end(_ call: CallContext, _ error: CallError?) {
    for interceptor in self.interceptors { interceptor.end(call, error) }
  }
}
