package import Identifiers
internal import NIOHTTP1
internal import RPC

/// Header fields by which who passes requests on tells of their clients. Only for servers that
/// nobody else reaches.
package struct ForwardedFields: Sendable, Hashable {
  /// The field of the client's address.
  package let address: Identifier
  /// The field of the time that the client waits at most, in milliseconds.
  package let timeout: Identifier

  /// Creates the names of fields.
  package init(address: Identifier, timeout: Identifier) {
    self.address = address
    self.timeout = timeout
  }

  /// The calls with what the request's fields tell.
  func apply(_ headers: HTTPHeaders, to calls: CallRequests) -> CallRequests {
    let address = headers.first(name: self.address.text).map { Identifier($0) }
    let limit = headers.first(name: self.timeout.text).flatMap { Int($0) }
      .map { Duration.milliseconds($0) }
    return calls.changing { call in
      call.peerAddress = address
      if let limit { call.timeout = min(call.timeout ?? limit, limit) }
    }
  }
}
