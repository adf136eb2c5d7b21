import Identifiers
import RPC
import TestTexts
import Testing
import TokenwireAPI
import TokenwireClient

@testable import Recording

/// What a server says in other bytes is a difference, also when it looks the same.
@Suite struct ReplayIdentityTests {
  @Test(arguments: CanonicallyEqual.pairs)
  func `a text that only looks the same is a difference, and is shown by its codes`(
    _ first: String,
    _ second: String
  ) async throws {
    try await withFolder { folder in
      let recording = try await recordCalls(
        of: StubService(deltas: ["so ", first]),
        to: folder + "/a"
      ) { _ = try await $0.text("go") }
      let outcome = try await StubService(deltas: ["so ", second]).serve { server in
        await Replay(recording, to: server, options: ReplayOptions()).run()
      }
      let difference = try #require(outcome.differences.first)
      #expect(difference.subject.hasPrefix("text, from its character "))
      #expect(difference.recorded != difference.replayed)
      #expect(difference.recorded.utf8.allSatisfy { $0 < 0x80 })
    }
  }
}
