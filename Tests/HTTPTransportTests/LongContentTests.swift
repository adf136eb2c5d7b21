import HTTPTransport
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import TestHTTP
import Testing

@testable import Listening
@testable import RPC

/// Content that takes long to read does not hold up the other requests of its event loop.
@Suite struct LongContentTests {
  private static let size = 100_000
  private static let content = String(repeating: "x", count: size)
  private static let sizeAnswer = #"{"size":\#(size)}"#

  @Test func `while it is read, other requests of its event loop are answered`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { _, endpoint, _ in
      // The streams of a connection are on one event loop.
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let stream = try await peer.begin(.POST, "/held/size", body: Self.content)
      try await held.begun.wait(for: 1)
      #expect(try await peer.request(.GET, "/ready?a=b").body == #"{"query":["a=b"]}"#)
      let other = try await peer.request(.POST, "/call", body: "Say hello")
      #expect(other.body == #"{"texts":["0:hello"]}"#)
      held.release()
      #expect(try await stream.response.get().body == Self.sizeAnswer)
      try await peer.close()
    }
  }

  @Test func `short content is read on the event loop`() async throws {
    let routes = [
      RouteGroup(
        prefix: "",
        errors: TestErrors(),
        routes: [
          Route(.POST, "/loop") { _ in
            let isOnLoop = MultiThreadedEventLoopGroup.currentEventLoop != nil
            return .ready(HTTPResponse { $0.member("isOnLoop", isOnLoop) })
          }
        ]
      )
    ]
    try await withServer(routes) { _, endpoint, _ in
      for (size, isOnLoop) in [(2, true), (32 << 10, true), (1 + 32 << 10, false)] {
        let body = String(repeating: "x", count: size)
        let answer = try await endpoint.answer(to: .request("POST /loop", body: body))
        #expect(answer.content == #"{"isOnLoop":\#(isOnLoop)}"#)
      }
    }
  }

  @Test func `requests that come together are answered in order`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { _, endpoint, _ in
      try await endpoint.converse { peer in
        let requests: [String] = [
          .request("POST /held/size", body: Self.content, close: false),
          .request("GET /ready?first", close: false),
          .request("POST /held/failure", body: Self.content, close: false),
          .request("POST /held/call", body: Self.content, close: false),
          .request("GET /ready?last"),
        ]
        try await peer.say(requests.joined())
        for number in 1 ... 3 {
          try await held.begun.wait(for: number)
          held.release()
        }
        let answer = try await peer.hearAll()
        let marks = [
          Self.sizeAnswer, #"{"query":["first="]}"#, "400 Bad Request", "this is wrong",
          #"{"texts":["0:\#(Self.size)"]}"#, #"{"query":["last="]}"#,
        ]
        var place = answer.startIndex
        for mark in marks {
          let found = try #require(answer[place...].firstRange(of: mark), "\(mark) in \(answer)")
          place = found.upperBound
        }
        #expect(place == answer.endIndex)
      }
    }
  }

  @Test func `a stream that is reset meanwhile has no call`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { _, endpoint, calls in
      let peer = try await HTTP2Peer.connect(to: endpoint)
      let stream = try await peer.begin(.POST, "/held/call", body: Self.content)
      try await held.begun.wait(for: 1)
      stream.cancel()
      _ = try await stream.response.get()
      // Answered after the reset has arrived.
      #expect(try await peer.request(.GET, "/ready").head?.status == .ok)
      for _ in 0 ..< 2 { held.release() }
      let next = try await peer.request(.POST, "/held/call", body: Self.content)
      #expect(next.body == #"{"texts":["0:\#(Self.size)"]}"#)
      #expect(calls.value == 1)
      try await peer.close()
    }
  }

  @Test func `a client that closes its side meanwhile ends what is generated for it`() async throws
  {
    let held = HeldRoutes()
    try await withServer(held.all) { _, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /held/generation", body: Self.content, close: false))
        try await held.begun.wait(for: 1)
        peer.finish()
        held.release()
        // The call would have no end.
        #expect(try await peer.hearAll().contains("data:") == false)
      }
    }
  }

  @Test func `a client that closes its side alone is still answered`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { _, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /held/call", body: Self.content, close: false))
        peer.finish()
        try await held.begun.wait(for: 1)
        held.release()
        #expect(try await peer.hearAll().content == #"{"texts":["0:\#(Self.size)"]}"#)
      }
    }
  }

  @Test func `a drain lets it be read and answered, and closes`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { server, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /held/call", body: Self.content, close: false))
        try await held.begun.wait(for: 1)
        server.drain()
        held.release()
        let answer = try await peer.hearAll()
        #expect(answer.content == #"{"texts":["0:\#(Self.size)"]}"#)
      }
    }
  }

  @Test func `at the end of a drain's grace it is answered with an error`() async throws {
    let held = HeldRoutes()
    try await withServer(held.all) { server, endpoint, calls in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /held/call", body: Self.content, close: false))
        try await held.begun.wait(for: 1)
        server.drain(gracePeriod: .milliseconds(20))
        let answer = try await peer.hearAll()
        #expect(answer.status == "503" && answer.field("connection") == "close")
        #expect(answer.content.contains("The server is shutting down"))
        held.release()
        #expect(calls.value == 0)
      }
    }
  }
}
