import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaRuntime

@Suite struct EventAnswerTests {
  private let headers: HTTPHeaders = [
    "Content-Type": "text/plain", "Set-Cookie": "a=1", "set-cookie": "b=2", "Vary": "A",
    "vary": "B",
    "Content-Length": "3", "Transfer-Encoding": "chunked", "Connection": "close",
  ]

  @Test func `a REST API gets all values of a field`() {
    let answer = EventAnswer(.created, self.headers, .restAPI).whole(ByteBuffer(string: "é\n"))
    #expect(
      String(buffer: answer) == #"""
        {"statusCode":201,"multiValueHeaders":{"content-type":["text/plain"],"set-cookie":["a=1","b=2"],\#
        "vary":["A","B"]},"body":"é\n","isBase64Encoded":false}
        """#
    )
  }

  @Test func `a function URL gets cookies by themselves`() {
    let answer = EventAnswer(.ok, self.headers, .functionURL).whole(ByteBuffer())
    #expect(
      String(buffer: answer) == #"""
        {"statusCode":200,"headers":{"content-type":"text/plain","vary":"A, B"},\#
        "cookies":["a=1","b=2"],"body":"","isBase64Encoded":false}
        """#
    )
  }

  @Test func `a load balancer gets the words of the status, and values as its events have them`() {
    let body = ByteBuffer(string: "x")
    let single = EventAnswer(.notFound, self.headers, .loadBalancer(hasLists: false)).whole(body)
    #expect(
      String(buffer: single) == #"""
        {"statusCode":404,"statusDescription":"404 Not Found",\#
        "headers":{"content-type":"text/plain","set-cookie":"a=1, b=2","vary":"A, B"},\#
        "body":"x","isBase64Encoded":false}
        """#
    )
    let lists = EventAnswer(.ok, self.headers, .loadBalancer(hasLists: true)).whole(body)
    #expect(
      String(buffer: lists) == #"""
        {"statusCode":200,"statusDescription":"200 OK",\#
        "multiValueHeaders":{"content-type":["text/plain"],"set-cookie":["a=1","b=2"],"vary":["A","B"]},\#
        "body":"x","isBase64Encoded":false}
        """#
    )
  }

  @Test func `a content that is no text is in base64`() {
    let bytes = ByteBuffer(bytes: [0xFF, 0x00, 0xC3])
    let answer = EventAnswer(.ok, [:], .functionURL).whole(bytes)
    #expect(
      String(buffer: answer)
        == #"{"statusCode":200,"headers":{},"body":"/wDD","isBase64Encoded":true}"#
    )
  }

  @Test func `a stream begins with its head and eight zeros`() {
    let prelude = EventAnswer(.ok, ["content-type": "text/event-stream"], .functionURL).prelude
    #expect(
      String(buffer: prelude)
        == #"{"statusCode":200,"headers":{"content-type":"text/event-stream"}}"#
        + String(repeating: "\0", count: 8)
    )
  }
}
