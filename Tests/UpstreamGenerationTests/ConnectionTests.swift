import Generation
import Identifiers
import Testing
import UpstreamGeneration

/// Connections that end between two requests.
@Suite struct ConnectionTests {
  /// The request may meet the end of a connection that has been idle for too long.
  @Test(arguments: [FakeUpstream.Step.close, .reset])
  func `a request that meets the end of an old connection is sent once more`(
    end: FakeUpstream.Step
  ) async throws {
    try await Self.whileInTime {
      let upstream = try await FakeUpstream.start { _, number in
        number == 1 ? [end] : .answer(Events.answer("ok"))
      }
      let texts = try await withGenerator(.of(upstream)) { generator in
        var texts: [String] = []
        for _ in 1 ... 2 {
          texts.append(await Answer(of: try await generator.generate(.chat())).text)
        }
        return texts
      }
      try await upstream.stop()
      return texts == ["ok", "ok"] && upstream.requests.count == 3
    }
  }

  /// Tries again when the machine was too busy to see the end of a connection within a second.
  ///
  /// - Parameter body: whether the end was dealt with as one that comes at once.
  private static func whileInTime(_ body: () async throws -> Bool) async throws {
    while true {
      let start = ContinuousClock.now
      if try await body() { return }
      try #require(ContinuousClock.now - start > .seconds(1))
    }
  }

  /// It may have worked, and would again.
  @Test func `a request whose server ends the connection after a while is sent once`() async throws
  {
    let (answer, requests) = try await answer { _ in [.pause(.milliseconds(1200)), .close] }
    #expect(answer.error?.code == .unavailable)
    #expect(requests.count == 1)
  }

  @Test(arguments: [FakeUpstream.Step.close, .reset])
  func `a server that ends every connection is asked no more than twice`(
    end: FakeUpstream.Step
  ) async throws {
    try await Self.whileInTime {
      let (answer, requests) = try await answer { _ in [end] }
      #expect(answer.error?.code == .unavailable)
      #expect(requests.count <= 2)
      return requests.count == 2
    }
  }
}
