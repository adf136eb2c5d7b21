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
      let before = try server.descriptorCount
      // The shell's end takes them all with it.
      let outcome = try await Command.run(
        [
          "-c",
          """
          for text in '' 'tokenwire' 'GET / HTTP/1.1' $'\\x16\\x03'; do
            for _ in {1..50}; do
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
      while try server.descriptorCount > before, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try server.descriptorCount == before)
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
