import Identifiers
import NIOHTTP1
import Testing

@testable import HTTPTransport
@testable import RPC

@Suite struct ForwardedFieldsTests {
  private let fields = ForwardedFields(address: "x-address", timeout: "x-timeout")

  @Test func `calls get the address and the time that the fields tell`() throws {
    let headers: HTTPHeaders = ["X-Address": "203.0.113.7", "X-Timeout": "1500"]
    let call = try #require(
      self.fields.apply(headers, to: [TestService.request("Say", "hello")]).first
    )
    #expect(call.peerAddress == "203.0.113.7")
    #expect(call.timeout == .milliseconds(1500))
  }

  @Test func `the shorter time counts`() throws {
    var request = TestService.request("Say", "hello")
    request.timeout = .seconds(1)
    let shorter = try #require(self.fields.apply(["x-timeout": "500"], to: [request]).first)
    let longer = try #require(self.fields.apply(["x-timeout": "5000"], to: [request]).first)
    #expect(shorter.timeout == .milliseconds(500) && longer.timeout == .seconds(1))
  }

  @Test(arguments: ["", "soon", "9e9"])
  func `what is no number of milliseconds is no limit`(text: String) throws {
    let call = try #require(
      self.fields.apply(["x-timeout": text], to: [TestService.request("Say", "hello")]).first
    )
    #expect(call.timeout == nil && call.peerAddress == nil)
  }
}
