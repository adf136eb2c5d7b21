import HTTPTransport
import Identifiers
import TestHTTP
import TestTimes
import Testing

@testable import Listening
@testable import RPC

/// How connections of HTTP/1 go on and end.
@Suite struct ConnectionTests {
  @Test func `a connection has many requests`() async throws {
    try await withServer { _, endpoint, _ in
      try await endpoint.converse { peer in
        for number in 0 ..< 3 {
          try await peer.say(.request("GET /ready?\(number)", close: false))
          let answer = try await peer.hear(until: "]}")
          #expect(answer.contains("\"\(number)=\""))
          #expect(answer.field("connection") == nil)
        }
      }
    }
  }

  @Test func `requests that come together are answered in order`() async throws {
    try await withServer { _, endpoint, _ in
      let count = 3000
      let requests = (0 ..< count).map { number in
        number % 2 == 0
          ? String.request("GET /ready?\(number)", close: false)
          : .request("POST /call", body: "Say \(number)", close: false)
      }
      let answer = try await endpoint.answer(
        to: requests.joined() + .request("GET /ready?last")
      )
      #expect(answer.split(separator: "HTTP/1.1 200 OK").count == count + 1)
      var place = answer.startIndex
      for number in 0 ..< count {
        let mark = number % 2 == 0 ? "\"\(number)=\"" : "\"0:\(number)\""
        let found = try #require(answer[place...].firstRange(of: mark))
        place = found.upperBound
      }
    }
  }

  @Test func `HTTP/1.0 closes, unless it asks not to`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: "GET /ready HTTP/1.0\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.0 200"))
      let stream = try await endpoint.answer(
        to:
          "POST /stream HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\nCount 2"
      )
      #expect(stream.content == "data: 0:0\n\ndata: 0:1\n\ndata: [DONE]\n\n")
      #expect(stream.field("transfer-encoding") == nil)
      try await endpoint.converse { peer in
        let request = "GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
        try await peer.say(request)
        #expect(try await peer.hear(until: "]}").field("connection") == "keep-alive")
        try await peer.say(request)
        #expect(try await peer.hear(until: "]}").status == "200")
      }
    }
  }

  @Test func `a client that closes its side is still answered`() async throws {
    try await withServer { _, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /call", body: "Say hello", close: false))
        peer.finish()
        let answer = try await peer.hearAll()
        #expect(answer.content == #"{"texts":["0:hello"]}"#, "\(answer)")
      }
    }
  }

  @Test func `a slow request is ended`() async throws {
    let head = "GET /ready HTTP/1.1\r\nHost:"
    let withoutBody = String.request(
      "POST /echo",
      ["Content-Type: application/json", "Content-Length: 5"]
    )
    for request in [head, withoutBody + "{"] {
      try await withGrowingTime(from: .milliseconds(500)) { time in
        try await withServer(timeouts: ConnectionTimeouts(firstRequest: time)) { _, endpoint, _ in
          let answer = try await endpoint.answer(to: request)
          // A connection on which nothing has come in time is closed without a word.
          if answer.isEmpty { return false }
          #expect(answer.status == "408")
          return true
        }
      }
    }
  }

  @Test func `an idle connection is closed`() async throws {
    let timeouts = ConnectionTimeouts(firstRequest: .seconds(3600), idle: .milliseconds(50))
    try await withServer(timeouts: timeouts) { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("GET /ready", close: false))
      #expect(answer.status == "200" && !answer.contains("408"))
    }
  }

  @Test func `a connection over the limit is told why`() async throws {
    let limits = ConnectionLimits(connections: 1)
    try await withServer(connectionLimits: limits) { _, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("GET /ready", close: false))
        _ = try await peer.hear(until: "]}")
        let refused = try await endpoint.answer(to: .request("GET /ready", close: false))
        #expect(refused.status == "429")
        #expect(refused.field("retry-after") == "1")
        #expect(refused.content.contains("The server has 1 connections"))
      }
    }
  }

  @Test func `a drain lets a request end, and closes`() async throws {
    try await withServer { server, endpoint, ended in
      try await endpoint.converse { peer in
        try await peer.say(.request("POST /stream", body: "Hang", close: false))
        _ = try await peer.hear(until: "begun")
        server.drain(gracePeriod: .milliseconds(50))
        let rest = try await peer.hearAll()
        #expect(rest.contains("event: error\ndata: The server is shutting down"))
        try await ended.wait(for: 1)
      }
    }
    try await withServer { server, endpoint, _ in
      try await endpoint.converse { peer in
        try await peer.say(.request("GET /ready", close: false))
        _ = try await peer.hear(until: "]}")
        server.drain()
        #expect(try await peer.hearAll().isEmpty)
      }
    }
  }

  @Test(
    arguments: [
      ("POST", [], "200"), ("POST", ["Origin: https://good.example"], "200"),
      ("POST", ["Origin: https://bad.example"], "403"), ("POST", ["Origin: null"], "403"),
      ("POST", ["Origin: http://test"], "403"), ("GET", ["Origin: https://bad.example"], "405"),
    ] as [(String, [String], String)]
  )
  func `pages of other origins cause nothing, if they are refused`(
    method: String,
    fields: [String],
    status: String
  ) async throws {
    let rule = CrossOrigin(origins: ["https://good.example"], refusesOthers: true)
    try await withServer(crossOrigin: rule) { _, endpoint, _ in
      let answer = try await endpoint.answer(
        to: .request("\(method) /echo", fields + ["Content-Type: application/json"], body: "{}")
      )
      #expect(answer.status == status, "\(answer)")
    }
  }

  @Test func `a web page may call if it is told so`() async throws {
    let rule = CrossOrigin(origins: ["https://good.example"])
    try await withServer(crossOrigin: rule) { _, endpoint, _ in
      let good = try await endpoint.answer(
        to: .request("GET /ready", ["Origin: https://good.example"])
      )
      #expect(good.field("access-control-allow-origin") == "https://good.example")
      let bad = try await endpoint.answer(
        to: .request("GET /ready", ["Origin: https://bad.example"])
      )
      #expect(bad.field("access-control-allow-origin") == nil && bad.field("vary") == "Origin")
      let asked = try await endpoint.answer(
        to: .request(
          "OPTIONS /echo",
          [
            "Origin: https://good.example", "Access-Control-Request-Method: POST",
            "Access-Control-Request-Headers: authorization",
          ]
        )
      )
      #expect(asked.field("access-control-allow-methods") == "POST, OPTIONS")
      #expect(asked.field("access-control-allow-headers") == "authorization")
    }
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(
        to: .request("GET /ready", ["Origin: https://a.example"])
      )
      #expect(answer.field("access-control-allow-origin") == nil)
    }
  }
}
