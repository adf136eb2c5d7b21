import Foundation
import Subprocess
import SystemPackage
import Testing

/// What a server's process has open. Looked at from outside, because the tests of one process open
/// sockets all at once.
@Suite struct DescriptorTests {
  @Test func `connections that end, whatever came on them, leave no descriptor behind`()
    async throws
  {
    try await Command.serve { server, address in
      // From its first connection on, each event loop has a pipe.
      let pipes = 2 * ProcessInfo.processInfo.activeProcessorCount
      let expected = 0 ... (try server.descriptorCount + pipes)
      // The shell's end takes them all with it.
      let outcome = try await Command.run(
        [
          "-c",
          """
          for text in '' 'tokenwire' 'GET / HTTP/1.1' $'\\x16\\x03'; do
            for _ in {1..100}; do
              exec {connection}<> "/dev/tcp/${1%:*}/${1##*:}"
              printf '%s' "$text" >&$connection
            done
          done
          """,
          "connect", address,
        ],
        executable: "/bin/bash"
      )
      #expect(outcome.status == .exited(0))
      let end = ContinuousClock.now + .seconds(60)
      while try !expected.contains(server.descriptorCount), ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try expected.contains(server.descriptorCount))
    }
  }
}

extension Command {
  /// How many files and sockets the command has open.
  fileprivate var descriptorCount: Int {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/\(self.processID)/fd").count
    }
  }
}
