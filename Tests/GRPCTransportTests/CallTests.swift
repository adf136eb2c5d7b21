import NIOCore
import NIOHPACK
import TestHTTP
import Testing

@testable import RPC

/// Calls of the four kinds, and how they end (gRPC's PROTOCOL-HTTP2).
@Suite struct CallTests {
  @Test func `a unary call has a head, a message and trailers`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let note = Note("Grüße, 世界 🌍", 99)
      let reply = try await peer.call("/test.Notes/Say", [], [note.bytes])
      #expect(reply.head.first(name: ":status") == "200")
      #expect(reply.head.first(name: "content-type") == "application/grpc")
      #expect(reply.head.first(name: "grpc-accept-encoding") == "identity,gzip")
      #expect(try reply.messages.map { try Note(serialized: $0) } == [note])
      #expect(reply.status == 0)
      #expect(!reply.trailers.contains(name: "grpc-message"))
      try await peer.close()
    }
  }

  @Test(arguments: CallError.Code.allCases)
  func `an error has its code and its message`(code: CallError.Code) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let text = "\t100 % of “Örebro”\r\nand 🌍"
      let reply = try await peer.call(
        "/test.Notes/Say",
        [],
        [Note(text, UInt32(code.rawValue)).bytes]
      )
      #expect(reply.status == code.rawValue)
      #expect(reply.message == text)
      // Alone, as a head would promise messages.
      #expect(reply.head.isEmpty && reply.messages.isEmpty)
      #expect(reply.trailers.first(name: ":status") == "200")
      #expect(
        reply.trailers.contains(name: "grpc-status-details-bin") == (code == .resourceExhausted)
      )
      try await peer.close()
    }
  }

  /// gRPC's own test vector (interop, special_status_message).
  @Test func `a message is encoded as gRPC's own servers encode it`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let text = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
      let reply = try await peer.call("/test.Notes/Say", [], [Note(text, 2).bytes])
      #expect(
        reply.trailers.first(name: "grpc-message")
          == "%09%0Atest with whitespace%0D%0Aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0A"
      )
      try await peer.close()
    }
  }

  @Test(arguments: ["x", "%", "é", "😈"])
  func `a long message is cut between characters`(character: String) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let text = String(repeating: character, count: 5000)
      let reply = try await peer.call("/test.Notes/Say", [], [Note(text, 2).bytes])
      let encoded = try #require(reply.trailers.first(name: "grpc-message"))
      #expect(2036 ... 2048 ~= encoded.utf8.count)
      #expect(text.hasPrefix(reply.message) && !reply.message.isEmpty)
      try await peer.close()
    }
  }

  @Test func `messages stream in both directions`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let counted = try await peer.call("/test.Notes/Count", [], [Note("a", 1000).bytes])
      #expect(
        try counted.messages.map { try Note(serialized: $0).number } == Array(0 ..< 1000)
      )
      let none = try await peer.call("/test.Notes/Count", [], [Note("a", 0).bytes])
      #expect(none.messages.isEmpty && none.status == 0)
      let sum = try await peer.call("/test.Notes/Sum", [], (1 ... 100).map { Note("", $0).bytes })
      #expect(try Note(serialized: sum.messages[0]).number == 5050)
      let empty = try await peer.call("/test.Notes/Sum", [], [])
      #expect(try Note(serialized: empty.messages[0]).number == 0)
      try await peer.close()
    }
  }

  @Test func `a bidirectional call answers each message before the next comes`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Echo"))
      var events = call.events.makeAsyncIterator()
      for number in UInt32(0) ..< 5 {
        call.send(GRPCPeer.frame(Note("ping", number).bytes))
        while let event = await events.next() {
          guard case .message(let message) = event else { continue }
          #expect(try Note(serialized: message).number == number)
          break
        }
      }
      call.end()
      while let event = await events.next() {
        if case .trailers(let trailers) = event {
          #expect(trailers.first(name: "grpc-status") == "0")
        }
      }
      try await peer.close()
    }
  }

  @Test func `messages are found however their bytes are cut`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      var bytes = ByteBuffer()
      let notes = (0 ..< 5).map { Note(String(repeating: "ä", count: Int($0) * 3), $0) }
      for note in notes { bytes.writeImmutableBuffer(GRPCPeer.frame(note.bytes)) }
      for size in [1, 2, 3, 5, 7, 11, bytes.readableBytes] {
        let call = try await peer.begin(GRPCPeer.head("/test.Notes/Echo"))
        var rest = bytes
        while rest.readableBytes > 0 {
          if let part = rest.readSlice(length: min(size, rest.readableBytes)) { call.send(part) }
        }
        call.end()
        let reply = try await call.reply()
        #expect(try reply.messages.map { try Note(serialized: $0) } == notes)
        #expect(reply.status == 0)
      }
      try await peer.close()
    }
  }

  @Test func `metadata goes both ways, and the call's name comes back`() async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let reply = try await peer.call(
        "/test.Notes/Say",
        [("x-echo", "value"), ("x-trail-bin", "q6ur"), ("x-request-id", "mine/1")],
        [Note("a", 99).bytes]
      )
      #expect(reply.head["x-echo"] == ["value"])
      #expect(reply.trailers["x-trail-bin"] == ["q6ur"])
      #expect(reply.head["x-request-id"] == ["mine/1"])
      try await peer.close()
    }
  }

  @Test(
    arguments: [
      ("/test.Notes/Nothing", 12, "method Nothing"), ("/test.Other/Say", 12, "service test.Other"),
      ("/", 12, "The path \"/\" must be /service/method"),
      ("/test.Notes/Say/more", 12, "The path \"/test.Notes/Say/more\" must be /service/method"),
    ] as [(String, Int32, String)]
  )
  func `a path that is no method is told`(
    path: String,
    status: Int32,
    message: String
  ) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let reply = try await peer.call(path, [], [Note().bytes])
      #expect(reply.status == status)
      #expect(reply.message == message)
      try await peer.close()
    }
  }

  /// The number of requests is wrong, or they are cut off.
  @Test(
    arguments: [
      ([], 12), ([GRPCPeer.frame(Note("a", 99).bytes), GRPCPeer.frame(Note("b", 99).bytes)], 12),
      ([ByteBuffer(bytes: [0, 0, 0, 0])], 13), ([ByteBuffer(bytes: [0, 0, 0, 0, 9, 1])], 13),
      ([ByteBuffer(bytes: [2, 0, 0, 0, 0])], 13), ([ByteBuffer(bytes: [1, 0, 0, 0, 0])], 13),
      ([ByteBuffer(bytes: [0, 0, 0, 0, 1, 7])], 3),
      ([ByteBuffer(bytes: [0, 255, 255, 255, 255])], 8),
    ] as [([ByteBuffer], Int32)]
  )
  func `what is not one whole request is refused`(bytes: [ByteBuffer], status: Int32) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      let call = try await peer.begin(GRPCPeer.head("/test.Notes/Say"))
      for part in bytes { call.send(part) }
      call.end()
      let reply = try await call.reply()
      #expect(reply.status == status, "\(reply.message)")
      #expect(try await peer.call("/test.Notes/Say", [], [Note("a", 99).bytes]).status == 0)
      try await peer.close()
    }
  }

  @Test(arguments: [
    ("application/grpc", true), ("application/grpc+proto", true),
    ("application/grpc;charset=utf-8", true), ("Application/GRPC", true),
    ("application/grpc+json", false),
  ])
  func `messages of protobuf are served`(contentType: String, isServed: Bool) async throws {
    try await withServer { _, endpoint, _ in
      let peer = try await GRPCPeer.connect(to: endpoint)
      var head = GRPCPeer.head("/test.Notes/Say")
      head.replaceOrAdd(name: "content-type", value: contentType)
      let call = try await peer.begin(head)
      call.send(GRPCPeer.frame(Note("a", 99).bytes))
      call.end()
      #expect(try await call.reply().status == (isServed ? 0 : 12))
      try await peer.close()
    }
  }
}
