import HTTPTransport
import NIOCore
import TestHTTP
import Testing

@testable import Listening
@testable import RPC

/// Requests that calls answer.
@Suite struct CallTests {
  @Test func `a call's response is the answer`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /call", body: "Say hello"))
      #expect(answer.status == "200" && answer.content == #"{"texts":["0:hello"]}"#)
      #expect(answer.field("transfer-encoding") == nil)
    }
  }

  @Test func `a call's error has its status`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /call", body: "Say fail not there"))
      #expect(answer.status == "404" && answer.content == #"{"wrong":"not there"}"#)
      let unknown = try await endpoint.answer(to: .request("POST /call", body: "Nothing"))
      #expect(unknown.status == "501")
    }
  }

  @Test func `a stream is sent as events`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /stream", body: "Count 1"))
      #expect(answer.field("content-type") == "text/event-stream; charset=utf-8")
      #expect(answer.contains("data: 0:0\n\n") && answer.contains("data: [DONE]\n\n"))
    }
  }

  @Test func `an error in a stream is its last event`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /stream", body: "Break bad luck"))
      #expect(answer.status == "200" || answer.status == "409")
      #expect(answer.contains("bad luck") && !answer.contains("[DONE]"))
    }
  }

  @Test func `a stream with an error before its first event has the error's status`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /stream", body: "Say fail here"))
      #expect(answer.status == "404")
    }
  }

  @Test func `several calls are one answer`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("POST /many", body: ""))
      for number in 0 ..< 20 { #expect(answer.content.contains("\"\(number):\(number)\"")) }
    }
  }

  @Test(arguments: ["Hang", "Silent", "Hang flood"])
  func `a client that goes away ends its call`(body: String) async throws {
    try await withServer { _, endpoint, ended in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /stream", body: body))
        if body != "Silent" { _ = try await peer.hear(until: "begun") }
      }
      try await ended.wait(for: 1)
    }
  }

  @Test func `a client that closes its side ends a stream`() async throws {
    try await withServer { _, endpoint, ended in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /stream", body: "Hang"))
        #expect(try await peer.hear(until: "begun").field("transfer-encoding") == "chunked")
        peer.finish()
        try await ended.wait(for: 1)
      }
    }
  }

  @Test func `a long stream arrives whole, and waits for its reader`() async throws {
    try await withServer { _, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /stream", body: "Count 100000"))
        try await Task.sleep(for: .milliseconds(50))
        let answer = try await peer.hearAll()
        #expect(answer.split(separator: "data: ").count == 100_002)
      }
    }
  }

  @Test func `clients that read as fast as their calls write hold up nobody`() async throws {
    try await withServer { _, endpoint, ended in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0 ..< 4 {
          group.addTask {
            try await endpoint.connectForBytes(tls: nil).executeThenClose { inbound, outbound in
              let request = String.request("POST /stream", body: "Hang flood")
              try await outbound.write(ByteBuffer(string: request))
              for try await _ in inbound {}
            }
          }
        }
        for _ in 0 ..< 4 {
          let answer = try await endpoint.answer(to: .request("POST /call", body: "Say one"))
          #expect(answer.status == "200")
        }
        group.cancelAll()
      }
      try await ended.wait(for: 4)
    }
  }

  @Test func `a silent stream gets comments`() async throws {
    let limits = HTTPLimits(keepaliveInterval: .milliseconds(20))
    try await withServer(limits: limits) { _, endpoint, ended in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /stream", body: "Silent"))
        #expect(try await peer.hear(until: ": keepalive\n\n").status == "200")
        _ = try await peer.hear(until: ": keepalive\n\n")
      }
      try await ended.wait(for: 1)
    }
  }

  @Test func `what is sent counts for the server's memory no longer than it waits`() async throws {
    let limits = CallLimits(memory: 1 << 20)
    try await withServer(callLimits: limits) { _, endpoint, _ in
      for _ in 0 ..< 3 {
        let answer = try await endpoint.answer(to: .request("POST /stream", body: "Count 100000"))
        #expect(answer.contains("[DONE]"))
      }
      let large = String(repeating: "x", count: 300_000)
      for _ in 0 ..< 10 {
        let answer = try await endpoint.answer(to: .request("POST /call", body: "Say \(large)"))
        #expect(answer.status == "200")
      }
    }
  }
}
