import FrameRPC
import Identifiers
import Testing

@testable import TokenwireServer

@Suite struct FailedChecksTests {
  private let clock = TestClock()
  private let checks: FailedChecks

  init() {
    self.checks = FailedChecks { [clock] in clock.now }
  }

  @Test func `an address has thirty tries a minute, and others have theirs`() throws {
    for _ in 0 ..< 30 {
      try self.checks.check("192.0.2.1")
      self.checks.count("192.0.2.1")
    }
    let error = #expect(throws: CallError.self) { try self.checks.check("192.0.2.1") }
    #expect(error?.code == .resourceExhausted)
    #expect(error?.retryAfter == .seconds(2))
    try self.checks.check("192.0.2.2")
    self.clock.advance(by: .seconds(2))
    try self.checks.check("192.0.2.1")
  }

  @Test func `those that try once are forgotten, those that try on are not`() throws {
    for _ in 0 ..< 40 { self.checks.count("192.0.2.1") }
    for number in 0 ..< 5_000 { self.checks.count("\(number)") }
    self.clock.advance(by: .seconds(4))
    self.checks.count("new")
    #expect(throws: CallError.self) { try self.checks.check("192.0.2.1") }
  }
}
