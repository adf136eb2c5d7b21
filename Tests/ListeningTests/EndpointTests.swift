import Listening
import Testing

@Suite struct EndpointTests {
  @Test(arguments: [
    ("127.0.0.1:7437", "127.0.0.1", 7437),
    ("localhost:0", "localhost", 0),
    ("[::1]:65535", "::1", 65535),
  ])
  func `an endpoint is written as it is read`(text: String, host: String, port: Int) {
    #expect(Endpoint(text) == Endpoint(host: host, port: port))
    #expect(Endpoint(text)?.description == text)
  }

  @Test func `a socket is written as its path`() {
    #expect(Endpoint("unix:/run/tokenwire.sock") == .unix(path: "/run/tokenwire.sock"))
    #expect(Endpoint.unix(path: "/run/tokenwire.sock").description == "unix:/run/tokenwire.sock")
    // A host may have that name.
    #expect(Endpoint("unix:80") == Endpoint(host: "unix", port: 80))
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("0:0:0:0:0:0:0:1", true),
    ("localhost", true), ("LocalHost", true),
    ("0.0.0.0", false), ("::", false), ("10.0.0.1", false), ("128.0.0.1", false), ("::2", false),
    ("localhost.example", false), ("127.0.0.1.example", false), ("127.1", false),
  ])
  func `only loopback addresses are loopback`(host: String, isLoopback: Bool) {
    #expect(Endpoint(host: host, port: 1).isLoopback == isLoopback)
    #expect(Endpoint.unix(path: "/\(host)").isLoopback)
  }

  @Test(arguments: [
    "", "unix:", "unix:socket", "localhost", ":1", "a:", "a:-1", "a:+1", "a:65536", "::1:80", "a:b",
    "[]:1",
  ])
  func `what is not an endpoint is refused`(text: String) {
    #expect(Endpoint(text) == nil)
  }
}
