internal import Foundation

/// How much memory is available to this process, in bytes.
enum AvailableMemory {
  /// The lesser of what the machine has and what the control groups allow; nil if unknown.
  static var bytes: Int? {
    let machine = SystemFile.text("/proc/meminfo").flatMap { Self.ofMachine($0) }
    return [machine, Self.ofGroups(.current)].compactMap { $0 }.min()
  }

  /// What the control groups allow; nil without a limit.
  static func ofGroups(_ groups: ControlGroups) -> Int? {
    groups.least { file in
      file("memory.max").flatMap { limit in
        Self.ofGroup(
          limit: limit,
          used: file("memory.current") ?? "0",
          statistics: file("memory.stat") ?? ""
        )
      }
    }
  }

  /// Parses proc(5)'s meminfo, whose numbers are in KiB.
  static func ofMachine(_ information: String) -> Int? {
    Self.number(after: "MemAvailable:", in: information).map { $0 << 10 }
  }

  /// Parses the files of a version 2 cgroup. They count cached pages of files as used, although the
  /// kernel can reclaim them.
  static func ofGroup(limit: String, used: String, statistics: String) -> Int? {
    guard
      let limit = Int(limit.trimmingCharacters(in: .whitespacesAndNewlines)),
      let used = Int(used.trimmingCharacters(in: .whitespacesAndNewlines))
    else { return nil }
    return max(0, limit - used + (Self.number(after: "inactive_file", in: statistics) ?? 0))
  }

  private static func number(after name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 2, words[0].utf8.elementsEqual(name.utf8) { return Int(words[1]) }
    }
    return nil
  }
}
