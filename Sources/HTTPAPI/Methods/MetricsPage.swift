package import HTTPTransport
internal import NIOCore
internal import NIOHTTP1

/// The metrics of a process, for a port of their own: who asks is not asked for an access token. Beside
/// them is the server's health, for probes that the limits of callers do not count.
package enum MetricsPage {
  /// The routes, for a `Router`: `GET /metrics`, and `GET /health` as at the server's own port.
  ///
  /// - Parameter text: the metrics in Prometheus's text format, now.
  package static func groups(_ text: @escaping @Sendable () -> String) -> [RouteGroup] {
    let route = Route(.GET, "/metrics") { _ in
      .ready(
        HTTPResponse(
          .ok,
          headers: ["content-type": "text/plain; version=0.0.4; charset=utf-8"],
          body: ByteBuffer(string: text())
        )
      )
    }
    let health = HTTPAPI(allowsAnonymous: true).health.route
    return [RouteGroup(prefix: "", errors: CodeErrors(), routes: [route, health])]
  }
}
