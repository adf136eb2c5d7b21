package import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHPACK
internal import NIOHTTP1
internal import RPC

/// gRPC for browsers, in requests of HTTP of any version
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-WEB.md): calls with one request.
package enum GRPCWeb {
  /// What answers such requests.
  ///
  /// - Parameter messageSize: the size of one message, in bytes.
  package static func groups(messageSize: Int) -> [RouteGroup] {
    [WebFormat.binary, .text].map { format in
      RouteGroup(
        prefix: "",
        errors: WebErrors(format: format),
        routes: [
          Route(.POST, "/{method}") { request throws(HTTPFailure) in
            do throws(CallError) {
              return .calls(
                [try Self.call(request, format, messageSize)],
                WebAnswer(format: format)
              )
            } catch {
              throw HTTPFailure(error)
            }
          }
        ],
        contentTypes: format.contentTypes
      )
    }
  }

  private static func call(
    _ request: HTTPRequest,
    _ format: WebFormat,
    _ messageSize: Int
  ) throws(CallError) -> CallRequest {
    var headers: HPACKHeaders = [
      ":method": "POST", ":path": request.path, "content-type": ContentType.protobuf,
    ]
    for (name, value) in request.headers where !Identifier(name).isOfBrowser {
      headers.add(name: Identifier(name).lowercasedASCII.text, value: value)
    }
    let head = try CallHead(headers)
    var messages = IncomingMessages(
      head.encoding,
      CallLoad(CallLimits(messageSize: messageSize))
    )
    messages.append(try format.bytes(of: request.body))
    guard let message = try messages.next() else {
      throw messages.isAtEnd ? .otherThanOneRequest : .cutOff
    }
    guard messages.isAtEnd else { throw .otherThanOneRequest }
    return CallRequest(
      method: head.method,
      metadata: head.metadata,
      timeout: head.timeout,
      message: message,
      length: head.metadata.size + message.readableBytes
    )
  }
}

extension Identifier {
  /// Whether a browser adds a field of this name to each request: it is not metadata of a call.
  fileprivate var isOfBrowser: Bool {
    let name = self.lowercasedASCII
    let prefixes = ["accept", "content-", "sec-", "x-grpc-web", "x-user-agent"]
    if prefixes.contains(where: { name.utf8.starts(with: $0.utf8) }) { return true }
    return ["host", "connection", "origin", "referer", "cookie", "user-agent", "te"].contains(name)
  }
}
