import HTTPTransport
import TestHTTP
import Testing

@testable import Listening
@testable import RPC

/// Requests and responses of HTTP/1.1 (RFC 9110, RFC 9112).
@Suite struct RequestTests {
  @Test func `a request is answered`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("GET /ready?a=1&b=x%20y+z"))
      #expect(answer.status == "200")
      #expect(answer.content == #"{"query":["a=1","b=x y z"]}"#)
      #expect(answer.field("content-type") == "application/json")
      #expect(answer.field("content-length") == "\(answer.content.utf8.count)")
      #expect(answer.field("connection") == "close")
      #expect(answer.field("x-request-id")?.isEmpty == false)
      #expect(answer.field("date")?.hasSuffix(" GMT") == true)
    }
  }

  @Test(arguments: [
    ("GET /ready", [String](), nil as String?, "200"),
    ("GET http://test/ready?x", [], nil, "200"),
    ("GET HTTPS://test/ready?x", [], nil, "200"),
    ("GET ftp://test/ready", [], nil, "400"),
    ("\r\nGET /ready", [], nil, "200"),
    ("GET /nothing", [], nil, "404"),
    ("GET /%zz", [], nil, "400"),
    ("GET /%00", [], nil, "400"),
    ("DELETE /ready", [], nil, "405"),
    ("POST /ready", [], "{}", "405"),
    ("GET /echo", [], nil, "405"),
    ("BREW /ready", [], nil, "501"),
    ("POST /echo", [], "{}", "200"),
    ("POST /echo", ["Content-Type: text/plain", "Content-Length: 2"], nil, "415"),
    ("POST /echo", ["Content-Length: 0"], nil, "415"),
    ("POST /echo", ["Content-Type: application/json"], nil, "411"),
    ("POST /echo", ["Content-Encoding: gzip"], "{}", "415"),
    ("POST /echo", ["Content-Encoding: identity"], "{}", "200"),
    ("POST /echo", ["Content-Type: application/json", "Content-Length: 5000000"], nil, "413"),
    ("POST /echo", ["Content-Type: application/json", "Content-Length: 1, 2"], nil, "400"),
    ("POST /echo", ["Content-Type: application/json", "Content-Length: -1"], nil, "400"),
    (
      "POST /echo", ["Content-Type: application/json", "Transfer-Encoding: gzip, chunked"], nil,
      "501"
    ),
    ("POST /echo", ["Expect: a miracle"], "{}", "417"),
    ("GET /ready", ["Host: other"], nil, "400"),
    ("GET /ready", ["X: " + String(repeating: "x", count: 20_000)], nil, "431"),
    ("GET /" + String(repeating: "x", count: 20_000), [], nil, "414"),
  ])
  func `a request has the status that RFC 9110 gives it`(
    line: String,
    fields: [String],
    body: String?,
    status: String
  ) async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request(line, fields, body: body))
      #expect(answer.status == status, "\(answer)")
    }
  }

  @Test func `a path that is asked in a wrong way tells the right ones`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("PUT /ready", body: "{}"))
      #expect(answer.field("allow") == "GET, HEAD, OPTIONS")
      #expect(answer.content.contains("/ready cannot be asked with PUT, only with GET"))
      let options = try await endpoint.answer(to: .request("OPTIONS /echo"))
      #expect(options.status == "204" && options.field("allow") == "POST, OPTIONS")
      #expect(options.field("content-length") == nil)
      let star = try await endpoint.answer(to: .request("OPTIONS *"))
      #expect(star.status == "204")
    }
  }

  @Test func `HEAD has the head of GET alone`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("HEAD /ready"))
      #expect(answer.status == "200" && answer.content.isEmpty)
      #expect(answer.field("content-length") == "12")
    }
  }

  @Test func `a parameter is the rest of the path`() async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: .request("GET /things/a/b%2Fc%C3%A9"))
      #expect(answer.content == #"{"id":"a/b/cé"}"#)
      #expect(try await endpoint.answer(to: .request("GET /things/")).status == "404")
    }
  }

  @Test(arguments: [
    "GET /ready HTTP/1.1\r\n\r\n",
    "GET /ready HTTP/1.1\r\nHost: a\r\nbad field\r\n\r\n",
    "GET /ready HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
    "GET /rea dy HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /ready HTTP/1.1\r\nHost: a b/c@d\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
      + "Content-Length: 3\r\n\r\n{} ",
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
      + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
  ])
  func `what is not HTTP is refused, and nothing after it is read`(text: String) async throws {
    try await withServer { _, endpoint, _ in
      let answer = try await endpoint.answer(to: text + .request("GET /ready"))
      #expect(answer.status == "400", "\(answer)")
      #expect(!answer.contains("query"))
    }
  }

  @Test func `content in chunks is joined`() async throws {
    try await withServer { _, endpoint, _ in
      let fields = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
      let answer = try await endpoint.answer(
        to: .request("POST /echo", fields) + "1\r\n{\r\n1;a=b\r\n}\r\n0\r\nTrailer: x\r\n\r\n"
      )
      #expect(answer.content == "{}")
    }
  }

  @Test func `content in chunks has a limit`() async throws {
    try await withServer(limits: HTTPLimits(contentSize: 10)) { _, endpoint, _ in
      let fields = ["Content-Type: application/json", "Transfer-Encoding: chunked"]
      let answer = try await endpoint.answer(
        to: .request("POST /echo", fields) + "8\r\n12345678\r\n3\r\n123\r\n"
      )
      #expect(answer.status == "413")
    }
  }

  @Test func `large content arrives whole`() async throws {
    try await withServer { _, endpoint, _ in
      let body = String(repeating: "x", count: 4 << 20)
      let answer = try await endpoint.answer(to: .request("POST /size", body: body))
      #expect(answer.content == #"{"size":4194304}"#)
    }
  }

  @Test func `a client that waits for a word gets it`() async throws {
    try await withServer { _, endpoint, _ in
      try await endpoint.converse { peer in
        let fields = [
          "Expect: 100-continue", "Content-Type: application/json", "Content-Length: 2",
        ]
        try await peer.say(.request("POST /echo", fields))
        #expect(try await peer.hear(until: "\r\n\r\n").status == "100")
        try await peer.say("{}")
        let answer = try await peer.hearAll()
        #expect(answer.status == "200" && answer.content == "{}")
      }
      // Content that is refused anyway is not waited for.
      let fields = [
        "Expect: 100-continue", "Content-Type: application/json", "Content-Length: 5000000",
      ]
      #expect(try await endpoint.answer(to: .request("POST /echo", fields)).status == "413")
    }
  }

  @Test func `a request's own name is taken`() async throws {
    try await withServer { _, endpoint, _ in
      let named = try await endpoint.answer(to: .request("GET /ready", ["X-Request-Id: abc-1"]))
      #expect(named.field("x-request-id") == "abc-1")
      let bad = try await endpoint.answer(to: .request("GET /ready", ["X-Request-Id: a b"]))
      #expect(bad.field("x-request-id") != "a b")
    }
  }
}
