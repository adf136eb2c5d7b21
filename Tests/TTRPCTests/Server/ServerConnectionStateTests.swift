import NIOCore
import Testing

@testable import RPC
@testable import TTRPC

/// The life of a connection, step by step.
@Suite struct ServerConnectionStateTests {
  private static let unwanted = CallError(.resourceExhausted, "too many")

  private func state(refusal: CallError? = nil) -> ServerConnectionState {
    ServerConnectionState(refusal: refusal, minimumPingInterval: .seconds(1))
  }

  private func agreed() -> ServerConnectionState {
    var state = self.state()
    expect(state.receiveOffer(), true)
    expect(state.receiveSettings(ConnectionSettings()), true)
    return state
  }

  @Test func `settings count once, and after an offer`() {
    var state = self.state()
    #expect(!state.hasOffer)
    expect(state.receiveSettings(ConnectionSettings()), false)
    #expect(state.settings == nil)
    expect(state.receiveOffer(), true)
    expect(state.receiveOffer(), false)
    #expect(state.hasOffer)
    expect(state.receiveSettings(ConnectionSettings()), true)
    var others = ConnectionSettings()
    others.initialWindow = 1
    expect(state.receiveSettings(others), false)
    #expect(state.settings == ConnectionSettings())
  }

  @Test func `a stock client's calls are refused from the beginning of a drain on`() {
    var state = self.state()
    expect(state.receiveCall(), nil)
    expect(state.drain(ping: 1), .refuseCalls(.closeWhenDone))
    expect(state.receiveCall()?.code, .unavailable)
    expect(state.allWritten(hasCalls: true), .none)
    expect(state.allWritten(hasCalls: false), .close)
  }

  @Test func `a client that speaks the extension is served until it has answered the PING`() {
    var state = self.agreed()
    expect(state.drain(ping: 7), .announce)
    expect(state.drain(ping: 8), .none)
    expect(state.receiveCall(), nil)
    expect(state.endAnnouncement(ping: 8), .none)
    expect(state.allWritten(hasCalls: false), .none)
    expect(state.endAnnouncement(ping: 7), .sendGoAwayAndCloseWhenDone)
    expect(state.endAnnouncement(ping: 7), .none)
    expect(state.receiveCall()?.code, .unavailable)
  }

  @Test func `the end of the grace period ends an announcement, too`() {
    var state = self.agreed()
    expect(state.drain(ping: 7), .announce)
    expect(state.refuseCalls(), .sendGoAwayAndCloseWhenDone)
    expect(state.refuseCalls(), .closeWhenDone)
  }

  @Test func `a connection too many waits for a call, tells it why, and closes`() {
    var state = self.state(refusal: Self.unwanted)
    expect(state.allWritten(hasCalls: false), .none)
    expect(state.receiveCall(), Self.unwanted)
    expect(state.receiveCall(), Self.unwanted)
    expect(state.allWritten(hasCalls: false), .close)
  }

  @Test func `a connection too many without a call ends when it is idle`() {
    var state = self.state(refusal: Self.unwanted)
    expect(state.drain(ping: 1), .refuseCalls(.closeWhenDone))
    expect(state.allWritten(hasCalls: false), .close)
  }

  @Test func `what was written goes out before this side is closed, once`() {
    var state = self.agreed()
    expect(state.close(), true)
    #expect(state.isClosing)
    expect(state.close(), false)
    expect(state.drain(ping: 1), .none)
    expect(state.refuseCalls(), .none)
    expect(state.allWritten(hasCalls: true), .closeOutput)
    #expect(state.isClosing)
    expect(state.allWritten(hasCalls: false), .none)
  }

  @Test func `three PINGs in a row that come too early are too many`() {
    var state = self.agreed()
    let answers = (0 ... 3).map { state.receivePing(at: .uptimeNanoseconds($0)) }
    #expect(answers == [true, true, true, false])
  }
}

/// As `#expect`, which cannot take what changes a value.
private func expect<Value: Equatable>(
  _ value: Value,
  _ expected: Value,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}
