import NIOCore
import Testing

@testable import Listening

@Suite struct LivenessTests {
  private var liveness = Liveness(
    firstFrameTimeout: .seconds(10),
    idleTimeout: .seconds(100),
    pingInterval: .seconds(30),
    pingTimeout: .seconds(5),
    now: .uptimeNanoseconds(0)
  )

  @Test mutating func `a connection without a frame is closed`() {
    self.liveness.receivedBytes(at: Self.at(9))
    #expect(self.liveness.check(at: Self.at(9)) == .checkAgain(Self.at(10)))
    #expect(self.liveness.check(at: Self.at(10)) == .close(.noFirstFrame))
  }

  @Test mutating func `a connection is idle while it has no call`() {
    self.liveness.receivedFirstFrame(at: Self.at(0))
    #expect(self.liveness.check(at: Self.at(1)) == .checkAgain(Self.at(100)))
    self.liveness.callsBegan()
    #expect(self.liveness.check(at: Self.at(150)) == .checkAgain(Self.at(250)))
    self.liveness.callsEnded(at: Self.at(200))
    #expect(self.liveness.check(at: Self.at(250)) == .checkAgain(Self.at(300)))
    #expect(self.liveness.check(at: Self.at(300)) == .close(.idle))
  }

  @Test mutating func `a silent peer is asked once, and then given up`() {
    self.liveness.receivedFirstFrame(at: Self.at(0))
    self.liveness.beginPings(minimumInterval: 0)
    self.liveness.receivedBytes(at: Self.at(10))
    #expect(self.liveness.check(at: Self.at(39)) == .checkAgain(Self.at(40)))
    #expect(self.liveness.check(at: Self.at(40)) == .ping)
    #expect(self.liveness.check(at: Self.at(40)) == .checkAgain(Self.at(45)))
    #expect(self.liveness.check(at: Self.at(45)) == .close(.silent))
  }

  @Test mutating func `a peer is not asked more often than it wants`() {
    self.liveness.receivedFirstFrame(at: Self.at(0))
    self.liveness.beginPings(minimumInterval: 40_000)
    #expect(self.liveness.check(at: Self.at(30)) == .checkAgain(Self.at(40)))
    #expect(self.liveness.check(at: Self.at(40)) == .ping)
  }

  @Test mutating func `any byte is an answer`() {
    self.liveness.receivedFirstFrame(at: Self.at(0))
    self.liveness.beginPings(minimumInterval: 0)
    #expect(self.liveness.check(at: Self.at(30)) == .ping)
    self.liveness.receivedBytes(at: Self.at(33))
    #expect(self.liveness.check(at: Self.at(35)) == .checkAgain(Self.at(63)))
  }

  @Test mutating func `a stock peer is not asked`() {
    self.liveness.receivedFirstFrame(at: Self.at(0))
    #expect(self.liveness.check(at: Self.at(50)) == .checkAgain(Self.at(100)))
  }

  @Test func `PINGs that come too fast three times in a row are too many`() {
    var policy = PingPolicy(minimumInterval: .seconds(1))
    let times: [(Int64, Bool)] = [
      (0, true), (0, true), (0, true), (2, true), (2, true), (2, true), (2, false),
    ]
    for (seconds, isFine) in times {
      #expect(policy.receivePing(at: Self.at(seconds)) == isFine)
    }
  }

  private static func at(_ seconds: Int64) -> NIODeadline {
    .uptimeNanoseconds(UInt64(seconds) * 1_000_000_000)
  }
}
