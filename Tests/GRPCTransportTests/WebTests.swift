import Foundation
import NIOCore
import NIOHTTP1
import TestHTTP
import TestTimes
import Testing

@testable import Listening
@testable import RPC

/// grpc-web over HTTP/1.1 and HTTP/2 (gRPC's PROTOCOL-WEB).
@Suite struct WebTests {
  /// What came of a call: its messages, and its trailers as a line each.
  private struct Reply {
    var messages: [Note] = []
    var trailers = ""

    init(_ body: String, isText: Bool) throws {
      // The test's clients read text: the flag of trailers is the only byte here that is none.
      var bytes = ByteBuffer(bytes: body.unicodeScalars.map { $0.isASCII ? UInt8($0.value) : 0x80 })
      if isText {
        var decoded = ByteBuffer()
        while let piece = bytes.readBytes(length: 4) {
          decoded.writeBytes(try #require(Data(base64Encoded: Data(piece))))
        }
        bytes = decoded
      }
      while let (flag, size) = bytes.readMultipleIntegers(as: (UInt8, UInt32).self) {
        let slice = bytes.readSlice(length: Int(size))
        let content = try #require(slice)
        if flag == 0x80 {
          self.trailers += String(buffer: content)
        } else {
          self.messages.append(try Note(serialized: content))
        }
      }
    }
  }

  private func body(_ notes: [Note], isText: Bool) -> String {
    var body = ByteBuffer()
    for note in notes { body.writeImmutableBuffer(GRPCPeer.frame(note.bytes)) }
    let bytes = Data(body.readableBytesView)
    // The prefix of these messages is ASCII, and so are they.
    return isText ? bytes.base64EncodedString() : String(decoding: bytes, as: UTF8.self)
  }

  private func call(
    _ method: String,
    _ notes: [Note],
    _ endpoint: Endpoint,
    type: String = "application/grpc-web-text",
    isHTTP2: Bool = false,
    timeout: String? = nil
  ) async throws -> Reply {
    let isText = type.contains("text")
    let body = self.body(notes, isText: isText)
    let path = "/test.Notes/\(method)"
    if isHTTP2 {
      let peer = try await HTTP2Peer.connect(to: endpoint)
      var fields: HTTPHeaders = ["content-type": type]
      if let timeout { fields.add(name: "grpc-timeout", value: timeout) }
      let response = try await peer.request(.POST, path, fields, body: body)
      try await peer.close()
      #expect(response.head?.status == .ok)
      return try Reply(response.body, isText: isText)
    }
    let answer = try await endpoint.answer(
      to: .request("POST \(path)", ["Content-Type: \(type)", "X-Grpc-Web: 1"], body: body)
    )
    #expect(answer.status == "200")
    return try Reply(answer.content, isText: isText)
  }

  @Test(arguments: ["application/grpc-web", "application/grpc-web-text+proto"], [false, true])
  func `calls with one request are answered`(type: String, isHTTP2: Bool) async throws {
    try await withServer { _, endpoint, _ in
      let said = try await self.call(
        "Say",
        [Note("hi", 99)],
        endpoint,
        type: type,
        isHTTP2: isHTTP2
      )
      #expect(said.messages == [Note("hi", 99)])
      #expect(said.trailers == "grpc-status:0\r\n")
      let counted = try await self.call(
        "Count",
        [Note("a", 100)],
        endpoint,
        type: type,
        isHTTP2: isHTTP2
      )
      #expect(counted.messages.map(\.number) == Array(0 ..< 100))
      let failed = try await self.call(
        "Say",
        [Note("no %", 5)],
        endpoint,
        type: type,
        isHTTP2: isHTTP2
      )
      #expect(failed.messages.isEmpty)
      #expect(failed.trailers == "grpc-status:5\r\ngrpc-message:no %25\r\n")
    }
  }

  @Test(
    arguments: [
      ("Nothing", [Note("a", 1)], "grpc-status:12\r\ngrpc-message:method Nothing\r\n"),
      ("Say", [], "grpc-status:12\r\n"),
      ("Say", [Note("a", 1), Note("b", 1)], "grpc-status:12\r\n"),
      ("Echo", [Note("a", 1)], "grpc-status:12\r\ngrpc-message:The method takes a stream"),
    ] as [(String, [Note], String)]
  )
  func `what is no such call is told`(
    method: String,
    notes: [Note],
    trailers: String
  ) async throws {
    try await withServer { _, endpoint, _ in
      let reply = try await self.call(method, notes, endpoint)
      #expect(reply.messages.isEmpty && reply.trailers.hasPrefix(trailers), "\(reply)")
    }
  }

  @Test func `a timeout holds`() async throws {
    try await withGrowingTime(from: .milliseconds(50)) { time in
      try await withServer { _, endpoint, _ in
        let reply = try await self.call(
          "Hang",
          [Note("", 1)],
          endpoint,
          isHTTP2: true,
          timeout: "\(Int(time / .milliseconds(1)))m"
        )
        #expect(reply.trailers.hasPrefix("grpc-status:4\r\n"))
        // None if the time was over before the call began.
        return reply.messages.count == 1
      }
    }
  }

  @Test(arguments: [1, 2, 3, 64])
  func `a request may be in several pieces of base64`(size: Int) async throws {
    let note = Note(String(repeating: "x", count: 100), 100)
    let frame = Array(GRPCPeer.frame(note.bytes).readableBytesView)
    let pieces = stride(from: 0, to: frame.count, by: size).map { start in
      Data(frame[start ..< min(start + size, frame.count)]).base64EncodedString()
    }
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(
        to: .request(
          "POST /test.Notes/Say",
          ["Content-Type: application/grpc-web-text"],
          body: pieces.joined()
        )
      )
      let reply = try Reply(answer.content, isText: true)
      #expect(reply.messages == [note])
    }
  }

  @Test(arguments: ["AAAAA*==", "AAAAA===", "AAAA=AAA", "AAAAA=A=", "AAAAAA", "AAAA===="])
  func `content that is not base64 is told`(content: String) async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(
        to: .request(
          "POST /test.Notes/Say",
          ["Content-Type: application/grpc-web-text"],
          body: content
        )
      )
      let reply = try Reply(answer.content, isText: true)
      #expect(reply.trailers.hasPrefix("grpc-status:3\r\n"))
      #expect(reply.trailers.contains("base64"))
    }
  }

  @Test func `JSON is none of it`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /test.Notes/Say", body: "{}"))
      #expect(answer.status == "404")
    }
  }
}
