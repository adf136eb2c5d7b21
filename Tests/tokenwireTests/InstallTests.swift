import Foundation
import Subprocess
import SystemPackage
import Testing

@Suite struct InstallTests {
  private static let scripts = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../deploy").standardizedFileURL.path

  private static let files = [
    "bin/tokenwire", "share/bash-completion/completions/tokenwire",
    "share/fish/vendor_completions.d/tokenwire.fish", "share/man/man1/tokenwire.1",
    "share/zsh/site-functions/_tokenwire",
  ]

  @Test func `it is installed with completions and a manual page, and removed`() async throws {
    try await withFolder { folder in
      let prefix = folder + "/a b"
      let installed = try await Command.run(
        ["\(Self.scripts)/install", Command.executable.string, "", prefix],
        executable: "/bin/bash"
      )
      #expect(installed.status == .exited(0), "\(installed.errors)")
      #expect(try Self.contents(of: prefix) == Self.files)
      let version = try await Command.run(
        ["--version"],
        executable: FilePath("\(prefix)/bin/tokenwire")
      )
      #expect(version.status == .exited(0))
      let completions = try await Command.run(
        ["-n", "\(prefix)/\(Self.files[1])"],
        executable: "/bin/bash"
      )
      #expect(completions.status == .exited(0), "\(completions.errors)")
      let page = try String(contentsOfFile: "\(prefix)/\(Self.files[3])", encoding: .utf8)
      #expect(page.hasPrefix(".TH TOKENWIRE 1"))
      for text in [#"tokenwire logs import"#, #"\fB\-\-json\-schema\fR"#, "Exit codes:"] {
        #expect(page.contains(text), "\(text)")
      }
      let removed = try await Command.run(
        ["\(Self.scripts)/uninstall", prefix],
        executable: "/bin/bash"
      )
      #expect(removed.status == .exited(0))
      #expect(try Self.contents(of: prefix).isEmpty)
    }
  }

  @Test func `the set-up's libraries are installed, too, by the names that the command asks for`()
    async throws
  {
    try await withFolder { folder in
      let libraries = folder + "/tokenwire/lib"
      try FileManager.default.createDirectory(
        atPath: libraries,
        withIntermediateDirectories: true
      )
      let names = ["libggml.so", "libllama.so", "libllama-common.so"]
      for name in names.flatMap({ [$0, $0 + ".0", $0 + ".0.5.0"] }) {
        #expect(FileManager.default.createFile(atPath: "\(libraries)/\(name)", contents: nil))
      }
      let prefix = folder + "/prefix"
      let installed = try await Command.run(
        ["\(Self.scripts)/install", Command.executable.string, libraries, prefix],
        executable: "/bin/bash"
      )
      #expect(installed.status == .exited(0), "\(installed.errors)")
      let expected = Self.files + names.map { "lib/tokenwire/\($0).0" }
      #expect(try Self.contents(of: prefix) == expected.sorted())
      let removed = try await Command.run(
        ["\(Self.scripts)/uninstall", prefix],
        executable: "/bin/bash"
      )
      #expect(removed.status == .exited(0))
      #expect(try Self.contents(of: prefix).isEmpty)
    }
  }

  /// The files in a folder and those in it, in order.
  private static func contents(of folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: folder).filter { path in
      var isFolder: ObjCBool = false
      let isThere = FileManager.default.fileExists(
        atPath: "\(folder)/\(path)",
        isDirectory: &isFolder
      )
      return isThere && !isFolder.boolValue
    }.sorted()
  }
}
