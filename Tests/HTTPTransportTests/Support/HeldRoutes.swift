import Dispatch
import HTTPTransport
import Identifiers
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import RPC
import TestHTTP

/// Routes that read a request for as long as a test wants.
struct HeldRoutes {
  /// Counts the requests whose reading has begun.
  let begun = EndCounter()
  private let gate = DispatchSemaphore(value: 0)

  /// Lets the reading of one request end.
  func release() { self.gate.signal() }

  /// Those of all tests, and those that are held.
  var all: [RouteGroup] {
    [
      RouteGroup(
        prefix: "/held/",
        errors: TestErrors(),
        routes: [
          Route(.POST, "/held/size") { request throws(HTTPFailure) in
            try self.hold()
            return .ready(HTTPResponse { $0.member("size", request.body.readableBytes) })
          },
          Route(.POST, "/held/failure") { _ throws(HTTPFailure) in
            try self.hold()
            throw .invalid("this is wrong")
          },
          Route(.POST, "/held/call") { request throws(HTTPFailure) in
            try self.hold()
            return .calls([Self.note(request)], TextWriter(endsWithClient: false))
          },
          Route(.POST, "/held/generation") { request throws(HTTPFailure) in
            try self.hold()
            return .calls([TestService.request("Silent", "")], TextWriter(streams: true))
          },
        ]
      )
    ] + TestRoutes.all
  }

  /// A call that the test can count.
  private static func note(_ request: HTTPRequest) -> CallRequest {
    TestService.request("Note", "\(request.body.readableBytes)")
  }

  private func hold() throws(HTTPFailure) {
    // A test whose server stands still could not even fail.
    guard MultiThreadedEventLoopGroup.currentEventLoop == nil else {
      throw HTTPFailure(.internalServerError, "The request is read on an event loop")
    }
    self.begun.add()
    self.gate.wait()
  }
}
