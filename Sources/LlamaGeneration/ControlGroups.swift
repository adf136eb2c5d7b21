/// The control groups that this process is in (cgroups(7), version 2). What each of them allows holds:
/// a service has its own, below that of its slice.
struct ControlGroups {
  /// The folders of the groups, from this process's own to the one that all are below.
  private let folders: [String]

  static let current = ControlGroups()

  /// - Parameters:
  ///   - root: where the groups are mounted.
  ///   - membership: the file that names the process's group, as proc(5) has it. Where the name is of
  ///     no folder, as in containers that see only their own group, that of the root counts.
  init(root: String = "/sys/fs/cgroup", membership: String = "/proc/self/cgroup") {
    let name = SystemFile.text(membership).flatMap { Self.name(in: $0) } ?? "/"
    var names = name.utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    // The group of a process that was moved out of what its namespace shows.
    if names.contains(where: { $0.utf8.elementsEqual("..".utf8) }) { names = [] }
    self.folders = (0 ... names.count).reversed().map { count in
      ([root] + names.prefix(count)).joined(separator: "/")
    }
  }

  /// The least of what the groups allow; nil without a limit.
  ///
  /// - Parameter limit: reads that of one group, from its files, which may be missing.
  func least<Limit: Comparable>(
    _ limit: (_ file: (_ name: String) -> String?) -> Limit?
  ) -> Limit? {
    self.folders.compactMap { folder in limit { SystemFile.text("\(folder)/\($0)") } }.min()
  }

  /// The group of version 2, whose line has no names of controllers: "0::/system.slice/a.service".
  private static func name(in membership: String) -> String? {
    let prefix = "0::"
    return membership.utf8.split(separator: UInt8(ascii: "\n"))
      .first { $0.starts(with: prefix.utf8) }
      .map { String(decoding: $0.dropFirst(prefix.utf8.count), as: UTF8.self) }
  }
}
