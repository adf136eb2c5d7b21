import HTTPTransport
import NIOCore
import NIOHPACK
import NIOHTTP2
import TestCertificates
import TestHTTP
import TestServers
import TestTimes
import Testing

@testable import Listening
@testable import RPC

/// How calls end from outside, and how connections wait and end.
@Suite struct ConnectionTests {
  @Test(arguments: [0, 1, 2] as [UInt32])
  func `a stream that is reset ends its call, and no other`(kind: UInt32) async throws {
    try await withServer { _, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Hang"), reads: kind < 2)
      call.send(GRPCPeer.frame(Note("", kind).bytes))
      call.end()
      _ = try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes])
      call.cancel()
      try await ended.wait(for: 1)
      #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
      try await peer.close()
    }
  }

  @Test func `a connection that ends, ends its calls`() async throws {
    try await withServer { _, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      for kind in UInt32(0) ..< 3 {
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/Hang"))
        call.send(GRPCPeer.frame(Note("", kind).bytes))
        call.end()
      }
      _ = try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes])
      try await peer.close()
      try await ended.wait(for: 3)
    }
  }

  @Test func `a client that does not read stops its own call alone`() async throws {
    try await withServer { _, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Count"), reads: false)
      call.send(GRPCPeer.frame(Note(String(repeating: "x", count: 1000), 5000).bytes))
      call.end()
      for number in UInt32(0) ..< 20 {
        let reply = try await peer.call("/test.Notes/Say", [], [Note("\(number)", 99).bytes])
        #expect(reply.status == 0)
      }
      try await call.channel.setOption(.autoRead, value: true).get()
      call.channel.read()
      let reply = try await call.reply()
      #expect(reply.messages.count == 5000 && reply.status == 0)
      try await peer.close()
    }
  }

  @Test func `requests that nobody reads wait in the client`() async throws {
    try await withServer { _, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Ignore"))
      let frame = GRPCPeer.frame(Note(String(repeating: "x", count: 10_000)).bytes)
      for _ in 0 ..< 100 { call.send(frame) }
      #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
      // The windows hold less.
      #expect(!call.channel.isWritable)
      call.cancel()
      try await ended.wait(for: 1)
      try await peer.close()
    }
  }

  @Test func `a client that sends nothing but SETTINGS loses its connection`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      for _ in 0 ..< 300 { peer.send(.settings(.settings([]))) }
      try await peer.channel.closeFuture.get()
    }
  }

  @Test(arguments: ["50m", "50000u", "0S", "1n"])
  func `a timeout ends a call`(timeout: String) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let reply = try await peer.call(
        "/test.Notes/Hang",
        [("grpc-timeout", timeout)],
        [Note("", 1).bytes]
      )
      #expect(reply.status == 4)
      try await peer.close()
    }
  }

  @Test func `metadata that is too large ends its call, and no other`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let hanging = try await peer.begin(GRPCPeer.head("/test.Notes/Hang"))
      // When this is answered, the client has agreed to the server's settings.
      #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
      let fields = [("x-large", String(repeating: "a", count: 20_000))]
      let reply = try await peer.call("/test.Notes/Say", fields, [Note("a", 99).bytes])
      #expect(reply.status == 8)
      #expect(reply.message.hasSuffix("over 16384: send less metadata"))
      #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
      hanging.cancel()
      try await peer.close()
    }
  }

  @Test(arguments: ["99999999H", "1M", "00000001H"])
  func `a long timeout leaves a call time`(timeout: String) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let fields = [("grpc-timeout", timeout)]
      #expect(try await peer.call("/test.Notes/Say", fields, [Note("a", 99).bytes]).status == 0)
      try await peer.close()
    }
  }

  @Test(arguments: ["", "1", "S", "-1S", "1.5S", "123456789S", "1s", "1 S", "٣S"])
  func `a timeout that is none is refused`(timeout: String) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let fields = [("grpc-timeout", timeout)]
      let reply = try await peer.call("/test.Notes/Say", fields, [Note("a", 99).bytes])
      #expect(reply.status == 3)
      #expect(reply.message.contains("grpc-timeout"))
      try await peer.close()
    }
  }

  @Test func `a request that does not arrive is not waited for`() async throws {
    try await withGrowingTime(from: .milliseconds(200)) { time in
      var timeouts = ConnectionTimeouts.patient
      timeouts.firstRequest = time
      return try await withServer(timeouts: timeouts) { _, endpoint, _ in
        let peer = try await GRPCPeer.connect(to: endpoint)
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/Say"))
        call.send(ByteBuffer(bytes: [0, 0, 0]))
        let reply = try await call.reply()
        guard let status = reply.status else { return false }
        #expect(status == 4)
        #expect(reply.message == "The request has taken longer than \(time) to arrive")
        // The stream is over, though the client has not ended it.
        #expect(reply.reset == .noError)
        try await peer.close()
        return true
      }
    }
  }

  @Test func `the limits of calls hold, and tell themselves`() async throws {
    try await withServer(limits: CallLimits(calls: 2)) { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      for _ in 0 ..< 2 {
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/Hang"))
        call.send(GRPCPeer.frame(Note("", 1).bytes))
        call.end()
        var events = call.events.makeAsyncIterator()
        _ = await events.next()
      }
      let reply = try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes])
      #expect(reply.status == 8)
      #expect(
        reply.message == "The server has 2 calls, which is this server's limit: try again later"
      )
      try await peer.close()
    }
  }

  @Test func `a long message is refused before it arrives`() async throws {
    try await withServer(limits: CallLimits(messageSize: 1000)) { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      for method in ["Say", "Echo"] {
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/\(method)"))
        call.send(ByteBuffer(bytes: [0, 0, 0, 4, 0]))
        let reply = try await call.reply()
        #expect(reply.status == 8)
        #expect(reply.message == "The message has more than 1000 bytes: send less at once")
      }
      try await peer.close()
    }
  }

  @Test func `a drain lets calls end, and ends those that go on`() async throws {
    try await withServer { server, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let echo = try await peer.begin(GRPCPeer.head("/test.Notes/Echo"))
      echo.send(GRPCPeer.frame(Note("a").bytes))
      var events = echo.events.makeAsyncIterator()
      _ = await events.next()
      server.drain(gracePeriod: .seconds(600))
      echo.send(GRPCPeer.frame(Note("b").bytes))
      echo.end()
      #expect(try await echo.reply().status == 0)
      try await peer.channel.closeFuture.get()
    }
    try await withServer { server, endpoint, ended in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Hang"))
      call.send(GRPCPeer.frame(Note("", 1).bytes))
      call.end()
      var events = call.events.makeAsyncIterator()
      _ = await events.next()
      server.drain(gracePeriod: .milliseconds(50))
      let reply = try await call.reply()
      #expect(reply.status == 14)
      #expect(reply.message.hasPrefix("The server is shutting down"))
      try await ended.wait(for: 1)
      try await peer.channel.closeFuture.get()
    }
  }

  @Test func `an old connection ends when its calls have ended`() async throws {
    try await withGrowingTime(from: .milliseconds(50)) { age in
      var timeouts = ConnectionTimeouts.patient
      timeouts.maximumAge = age
      return try await withServer(timeouts: timeouts) { _, endpoint, _ in
        let peer = try await GRPCPeer.connect(to: endpoint)
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/Echo"))
        call.send(GRPCPeer.frame(Note("a").bytes))
        var events = call.events.makeAsyncIterator()
        guard case .head = await events.next() else { return false }
        try await Task.sleep(for: age * 4)
        call.send(GRPCPeer.frame(Note("b").bytes))
        call.end()
        let reply = try await call.reply()
        #expect(reply.status == 0)
        try await peer.channel.closeFuture.get()
        return true
      }
    }
  }

  @Test func `a silent client gets a PING, and an idle connection ends`() async throws {
    try await withGrowingTime(from: .milliseconds(300)) { time in
      var timeouts = ConnectionTimeouts.patient
      timeouts.keepaliveInterval = .milliseconds(20)
      timeouts.idle = time
      return try await withServer(timeouts: timeouts) { _, endpoint, _ in
        let peer = try await GRPCPeer.connect(to: endpoint)
        let reply = try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes])
        guard let status = reply.status else { return false }
        #expect(status == 0)
        // NIO answers its PINGs, or it would be closed as silent, without a GOAWAY.
        try await peer.channel.closeFuture.get()
        return true
      }
    }
  }

  @Test func `gRPC goes over TLS, by ALPN`() async throws {
    try await Certificates.withFolder { files in
      let tls = try ServerTLS(
        identity: files.server,
        applicationProtocols: HTTPTransport.applicationProtocols
      )
      try await withServer(tls: tls) { _, endpoint, _ in
        let peer = try await GRPCPeer.connect(
          to: endpoint,
          tls: ClientTLS(ca: files.ca, applicationProtocols: ["h2"])
        )
        #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
        try await peer.close()
      }
    }
  }
}
