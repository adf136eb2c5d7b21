internal import Identifiers
package import Logging

/// What the calls of a server have in common: its services, and what calls may take of it.
package final class CallDispatcher: Sendable {
  package let load: CallLoad
  package let logger: Logger
  private let services: [Identifier: ServiceDefinition]

  /// - Precondition: no two services have the same name.
  package init(services: [ServiceDefinition], limits: CallLimits, logger: Logger) {
    self.services = Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) })
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
}
