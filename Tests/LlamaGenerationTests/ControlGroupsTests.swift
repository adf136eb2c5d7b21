import Foundation
import Testing

@testable import LlamaGeneration

@Suite struct ControlGroupsTests {
  /// Groups of files, with the file that names the process's own.
  private func withGroups(
    _ files: [String: String],
    membership: String,
    _ body: (ControlGroups) throws -> Void
  ) throws {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(),
        withIntermediateDirectories: true
      )
      try Data(text.utf8).write(to: file)
    }
    let name = root.appendingPathComponent("membership")
    try Data(membership.utf8).write(to: name)
    try body(ControlGroups(root: root.path, membership: name.path))
  }

  @Test func `the limits of a service are those of its group`() throws {
    try self.withGroups(
      [
        "system.slice/tokenwire.service/memory.max": "1000\n",
        "system.slice/tokenwire.service/memory.current": "700\n",
        "system.slice/tokenwire.service/memory.stat": "anon 300\ninactive_file 250\n",
        "system.slice/tokenwire.service/cpu.max": "150000 100000\n",
        "system.slice/memory.max": "max\n", "system.slice/cpu.max": "max 100000\n",
        "other.slice/memory.max": "1\n",
      ],
      membership: "0::/system.slice/tokenwire.service\n"
    ) { groups in
      #expect(AvailableMemory.ofGroups(groups) == 550)
      #expect(ProcessorTimes.quota(groups) == 1.5)
    }
  }

  @Test func `what a group above allows holds, too`() throws {
    try self.withGroups(
      [
        "a.slice/b.service/memory.max": "1000\n", "a.slice/b.service/memory.current": "100\n",
        "a.slice/memory.max": "900\n", "a.slice/memory.current": "800\n",
        "a.slice/b.service/cpu.max": "400000 100000\n", "cpu.max": "50000 100000\n",
      ],
      membership: "0::/a.slice/b.service\n"
    ) { groups in
      #expect(AvailableMemory.ofGroups(groups) == 100)
      #expect(ProcessorTimes.quota(groups) == 0.5)
    }
  }

  @Test(arguments: [
    "0::/\n", "0::/../elsewhere\n", "0::/docker/of-the-host\n", "1:name=systemd:/a\n0::/\n", "",
  ])
  func `a container sees its own group at the root`(membership: String) throws {
    try self.withGroups(
      ["memory.max": "1000\n", "memory.current": "0\n", "cpu.max": "200000 100000\n"],
      membership: membership
    ) { groups in
      #expect(AvailableMemory.ofGroups(groups) == 1000)
      #expect(ProcessorTimes.quota(groups) == 2)
    }
  }

  @Test func `without limits, or with groups of version 1, nothing is known`() throws {
    try self.withGroups(
      ["a/memory.max": "max\n", "a/cpu.max": "max 100000\n"],
      membership: "4:memory:/b\n0::/a\n"
    ) { groups in
      #expect(AvailableMemory.ofGroups(groups) == nil)
      #expect(ProcessorTimes.quota(groups) == nil)
    }
    let none = ControlGroups(root: "/nowhere", membership: "/nowhere")
    #expect(AvailableMemory.ofGroups(none) == nil)
  }
}
