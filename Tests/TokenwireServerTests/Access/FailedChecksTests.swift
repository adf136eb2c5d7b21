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
    for _ in 0 ..< 30 { #expect(self.checks.count("192.0.2.1") == nil) }
    // Trying on does not make it longer.
    for _ in 0 ..< 5 { #expect(self.checks.count("192.0.2.1") == .seconds(2)) }
    #expect(self.checks.count("192.0.2.2") == nil)
    self.clock.advance(by: .seconds(2))
    #expect(self.checks.count("192.0.2.1") == nil)
    #expect(self.checks.count("192.0.2.1") == .seconds(2))
  }

  @Test func `those that try once are forgotten, those that try on are not`() throws {
    for _ in 0 ..< 40 { _ = self.checks.count("192.0.2.1") }
    for number in 0 ..< 5_000 { _ = self.checks.count(Identifier("\(number)")) }
    self.clock.advance(by: .seconds(4))
    for number in 5_000 ..< 9_000 { _ = self.checks.count(Identifier("\(number)")) }
    #expect(self.checks.count < 5_000)
    // Two of its tries have come back.
    for _ in 0 ..< 2 { #expect(self.checks.count("192.0.2.1") == nil) }
    #expect(self.checks.count("192.0.2.1") != nil)
  }

  @Test func `however many addresses try, few are remembered`() {
    for number in 0 ..< 200_000 { _ = self.checks.count(Identifier("\(number)")) }
    #expect(self.checks.count <= 131_072)
  }
}
