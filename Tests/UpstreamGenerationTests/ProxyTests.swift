import Identifiers
import Testing
import UpstreamGeneration

/// What is called without the proxy.
@Suite struct ProxyTests {
  @Test(arguments: [
    ("10.0.0.0/8", "https://10.1.2.3/v1", true), ("10.0.0.0/8", "https://11.1.2.3/v1", false),
    ("172.16.0.0/12", "https://172.31.255.1/v1", true),
    ("172.16.0.0/12", "https://172.32.0.1/v1", false), ("0.0.0.0/0", "https://1.2.3.4/v1", true),
    ("192.168.1.7/32", "https://192.168.1.8/v1", false),
    ("10.0.0.0/33", "https://10.0.0.0/", false),
    // A name is not looked up.
    ("10.0.0.0/8", "https://10.example/v1", false), ("10.1.2.3", "https://10.1.2.3:8443/v1", true),
    ("fd00::/8", "https://[fd12::1]/v1", true), ("fd00::/8", "https://[fe80::1]/v1", false),
    ("::/0", "https://10.1.2.3/v1", false), ("FD12::1", "https://[fd12:0::1]/v1", true),
    ("[fd12::1]:8443", "https://[fd12::1]:8443/v1", true),
    ("[fd12::1]:8443", "https://[fd12::1]/v1", false),
    ("a.example:8443", "https://a.example:8443/v1", true),
    ("a.example:8443", "https://b.a.example:8443/v1", true),
    ("a.example:8443", "https://a.example/v1", false),
    // The port of a scheme.
    ("a.example:443", "https://a.example/v1", true), ("*:80", "https://a.example/v1", false),
    ("*.a.example:443", "https://b.a.example/v1", true),
    ("b.example, 10.0.0.0/8", "https://10.1.2.3/v1", true), (":443", "https://a.example/v1", false),
  ])
  func `no_proxy names hosts, networks and ports`(
    words: String,
    url: String,
    isException: Bool
  ) throws {
    let variables = ["https_proxy": "http://proxy.example:3128", "no_proxy": words]
    let rules = try ProxyRules(scheme: "https") { variables[$0] }
    #expect(rules.applies(to: url) != isException)
  }
}
