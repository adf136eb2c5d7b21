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
    let upstream = try await FakeUpstream.start { _, number in
      number == 1 ? [end] : .answer(Events.answer("ok"))
    }
    try await withGenerator(.of(upstream)) { generator in
      for _ in 1 ... 2 {
        let answer = await Answer(of: try await generator.generate(.chat()))
        #expect(answer.text == "ok")
        #expect(answer.error == nil)
      }
    }
    #expect(upstream.requests.count == 3)
    try await upstream.stop()
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
    let (answer, requests) = try await answer { _ in [end] }
    #expect(answer.error?.code == .unavailable)
    #expect(requests.count == 2)
  }
}
