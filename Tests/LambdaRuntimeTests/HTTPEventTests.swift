import Identifiers
import NIOCore
import NIOHTTP1
import Testing

@testable import LambdaRuntime

@Suite struct HTTPEventTests {
  private func read(_ json: String, basePath: String = "") throws -> HTTPEvent {
    try HTTPEvent(ByteBuffer(string: json), basePath: basePath)
  }

  private func restAPI(_ members: String) -> String {
    #"{"resource": "/{proxy+}", "httpMethod": "POST", "path": "/generate", \#(members)}"#
  }

  // MARK: Format 1.0

  @Test func `an event of a REST API is a request`() throws {
    let event = try self.read(
      #"""
      {"resource": "/{proxy+}", "path": "/v1/logs", "httpMethod": "GET",
       "headers": {"Accept": "b", "Host": "x.execute-api.us-east-1.amazonaws.com"},
       "multiValueHeaders": {"Accept": ["a", "b"], "Host": ["x.execute-api.us-east-1.amazonaws.com"]},
       "queryStringParameters": {"q": "2"}, "multiValueQueryStringParameters": {"q": ["1", "2"], "r s": ["é&="]},
       "requestContext": {"stage": "v1", "path": "/v1/v1/logs", "identity": {"sourceIp": "203.0.113.7"}},
       "body": null, "isBase64Encoded": false}
      """#
    )
    #expect(event.format == .restAPI)
    #expect(event.method == .GET)
    #expect(event.target == "/v1/logs?q=1&q=2&r%20s=%C3%A9%26%3D")
    #expect(event.headers["accept"] == ["a", "b"])
    #expect(event.headers["host"] == ["x.execute-api.us-east-1.amazonaws.com"])
    #expect(event.body.readableBytes == 0)
    #expect(event.clientAddress == "203.0.113.7")
  }

  @Test func `without several values, the single ones count`() throws {
    let event = try self.read(
      self.restAPI(
        #""headers": {"A": "1"}, "multiValueHeaders": null, "queryStringParameters": {"q": "1 +"}"#
      )
    )
    #expect(event.headers["a"] == ["1"])
    #expect(event.target == "/generate?q=1%20%2B")
  }

  @Test(arguments: [
    // HTTP APIs have the stage in front of the path, at AWS's own address.
    (#""version": "1.0","#, "x.execute-api.us-east-1.amazonaws.com", "/dev/health", "/health"),
    (#""version": "1.0","#, "x.execute-api.us-east-1.amazonaws.com", "/dev", "/"),
    (#""version": "1.0","#, "x.execute-api.us-east-1.amazonaws.com", "/devices", "/devices"),
    (#""version": "1.0","#, "llm.example.com", "/dev/health", "/dev/health"),
    // REST APIs do not, and their events have no version.
    ("", "x.execute-api.us-east-1.amazonaws.com", "/dev/health", "/dev/health"),
  ])
  func `the stage is not a part of the path of an HTTP API with format 1.0`(
    version: String,
    domain: String,
    path: String,
    target: String
  ) throws {
    let event = try self.read(
      #"""
      {\#(version) "httpMethod": "GET", "path": "\#(path)", "headers": {},
       "requestContext": {"stage": "dev", "domainName": "\#(domain)"}}
      """#
    )
    #expect(event.format == .restAPI)
    #expect(event.target == target)
  }

  // MARK: Load balancers

  private func loadBalancer(_ members: String) -> String {
    #"""
    {"requestContext": {"elb": {"targetGroupArn":
     "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda/1234567890123456"}},
     "httpMethod": "GET", "path": "/v1/logs", "body": "", "isBase64Encoded": false, \#(members)}
    """#
  }

  @Test func `an event of a load balancer has its query as it was sent`() throws {
    let event = try self.read(
      self.loadBalancer(
        #"""
        "queryStringParameters": {"user": "a%40b.c", "q": "John+Smith%26", "r s": "é", "flag": "", "x": "a%zz&b=c"},
        "headers": {"host": "x.elb.amazonaws.com", "connection": "keep-alive",
        "x-forwarded-for": "198.51.100.9, 203.0.113.7", "x-forwarded-proto": "https"}
        """#
      )
    )
    #expect(event.format == .loadBalancer(hasLists: false))
    #expect(
      event.target
        == "/v1/logs?user=a%40b.c&q=John+Smith%26&r%20s=%C3%A9&flag=&x=a%25zz%26b%3Dc"
    )
    #expect(
      event.headers.map(\.name).sorted() == ["host", "x-forwarded-for", "x-forwarded-proto"]
    )
    #expect(event.clientAddress == "203.0.113.7")
  }

  @Test func `all values of a load balancer's fields and query are read`() throws {
    let event = try self.read(
      self.loadBalancer(
        #"""
        "multiValueQueryStringParameters": {"q": ["1", "%32"]},
        "multiValueHeaders": {"accept": ["a", "b"], "x-forwarded-for": ["198.51.100.9", "2001:db8::7"]}
        """#
      )
    )
    #expect(event.format == .loadBalancer(hasLists: true))
    #expect(event.target == "/v1/logs?q=1&q=%32")
    #expect(event.headers["accept"] == ["a", "b"])
    #expect(event.clientAddress == "2001:db8::7")
  }

  @Test(
    arguments: [
      ("203.0.113.7:51234", "203.0.113.7"), ("a, [2001:db8::7]:51234", "2001:db8::7"),
      ("2001:db8::7", "2001:db8::7"), ("", nil),
    ] as [(String, Identifier?)]
  )
  func `a load balancer's client is the last sender`(field: String, address: Identifier?) throws {
    let event = try self.read(
      self.loadBalancer(#""headers": {"x-forwarded-for": "\#(field)"}"#)
    )
    #expect(event.clientAddress == address)
  }

  // MARK: Format 2.0

  @Test func `an event of a function URL is a request`() throws {
    let event = try self.read(
      #"""
      {"version": "2.0", "rawPath": "/v1/logs", "rawQueryString": "a=1&a=2&b=%C3%A9+x",
       "cookies": ["a=1", "b=2"], "headers": {"accept": "x,y", "x-forwarded-for": "203.0.113.7"},
       "requestContext": {"stage": "$default", "http": {"method": "PUT", "path": "/v1/logs",
       "sourceIp": "203.0.113.7"}}, "body": "SGk=", "isBase64Encoded": true}
      """#
    )
    #expect(event.format == .functionURL)
    #expect(event.method == .PUT)
    #expect(event.target == "/v1/logs?a=1&a=2&b=%C3%A9+x")
    #expect(event.headers["cookie"] == ["a=1; b=2"])
    #expect(String(buffer: event.body) == "Hi")
    #expect(event.clientAddress == "203.0.113.7")
  }

  @Test(arguments: [
    ("x.execute-api.us-east-1.amazonaws.com", "/v1/v1/models", "/v1/models"),
    ("x.execute-api.us-east-1.amazonaws.com", "/v1", "/"),
    ("x.execute-api.us-east-1.amazonaws.com", "/v1beta/x", "/v1beta/x"),
    ("llm.example.com", "/v1/models", "/v1/models"),
  ])
  func `the stage is not a part of the path at AWS's own address`(
    domain: String,
    path: String,
    target: String
  ) throws {
    let event = try self.read(
      #"""
      {"rawPath": "\#(path)", "requestContext": {"stage": "v1", "domainName": "\#(domain)",
       "http": {"method": "GET"}}}
      """#
    )
    #expect(event.target == target)
  }

  // MARK: Paths

  @Test(arguments: [
    ("/caf\u{E9}", "/caf%C3%A9"), ("/caf%C3%A9", "/caf%C3%A9"), ("/a b", "/a%20b"),
    ("/100%", "/100%25"), ("/%zz", "/%25zz"), ("/a?b#c", "/a%3Fb%23c"), ("", "/"), ("x", "/x"),
    ("/日本", "/%E6%97%A5%E6%9C%AC"), ("/models/a:b@c", "/models/a:b@c"),
  ])
  func `a path is encoded where it is not yet`(path: String, target: String) throws {
    let event = try self.read(event("GET", path))
    #expect(event.target == target)
  }

  @Test(arguments: [
    ("/llm/generate", "/generate"), ("/llm", "/"), ("/llmx", "/llmx"), ("/generate", "/generate"),
  ])
  func `the base path is taken off`(path: String, target: String) throws {
    #expect(try self.read(event("POST", path), basePath: "/llm").target == target)
  }

  @Test func `what is about a connection is not passed on`() throws {
    let event = try self.read(
      self.restAPI(
        #"""
        "headers": {"Connection": "close", "Transfer-Encoding": "chunked", "Content-Length": "9",
        "Expect": "100-continue", "Upgrade": "h2c", "X-A": "1"}, "body": "é"
        """#
      )
    )
    #expect(event.headers.map(\.name) == ["X-A"])
    #expect(event.body == ByteBuffer(string: "é"))
  }

  // MARK: Wrong events

  @Test(arguments: [
    ("", "JSON"), ("[", "JSON"), ("[]", "no request of HTTP"),
    (#"{"key1": "value1"}"#, "httpMethod"),
    (#"{"httpMethod": "GET"}"#, "no path"),
    (#"{"httpMethod": "GET", "requestContext": {"elb": {}}}"#, "no path"),
    (#"{"httpMethod": "GET /", "path": "/"}"#, "method"),
    (#"{"requestContext": {"http": {"method": "GET"}}}"#, "no rawPath"),
    (#"{"Records": [{"eventSource": "aws:sqs"}]}"#, "no request of HTTP"),
    (#"{"httpMethod": "GET", "path": "/", "body": "%", "isBase64Encoded": true}"#, "base64"),
    (#"{"httpMethod": "GET", "path": "/", "headers": {"a": "b\r\nc: d"}}"#, "control character"),
    (#"{"httpMethod": "GET", "path": "/", "headers": {"a b": "c"}}"#, "name"),
  ])
  func `a wrong event is refused with the reason`(json: String, reason: String) {
    let error = #expect(throws: EventError.self) { try self.read(json) }
    #expect(error?.message.contains(reason) == true)
  }
}
