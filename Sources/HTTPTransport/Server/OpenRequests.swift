/// The requests that a connection is answering. They live on its event loop.
package final class OpenRequests {
  private var requests: [ObjectIdentifier: any OpenRequest] = [:]
  /// Called when the last of them is gone.
  var onEmpty: (() -> Void)?
  /// Called when there is one again.
  var onBegin: (() -> Void)?
  /// Whether no more requests are taken.
  package private(set) var isDraining = false

  init() {}

  var isEmpty: Bool { self.requests.isEmpty }
  var count: Int { self.requests.count }

  /// A request, or the place for one, has come.
  package func add(_ request: any OpenRequest) {
    if self.requests.isEmpty { self.onBegin?() }
    self.requests[ObjectIdentifier(request)] = request
  }

  /// A request is gone.
  package func remove(_ request: any OpenRequest) {
    self.requests[ObjectIdentifier(request)] = nil
    if self.requests.isEmpty { self.onEmpty?() }
  }

  func drain() {
    self.isDraining = true
    for request in self.requests.values { request.drain() }
  }

  func fail() {
    for request in self.requests.values { request.failAtShutdown() }
  }
}

/// A request that is being answered.
package protocol OpenRequest: AnyObject {
  /// The connection takes no more requests.
  func drain()
  /// The time to end is over: ends with an error.
  func failAtShutdown()
}
