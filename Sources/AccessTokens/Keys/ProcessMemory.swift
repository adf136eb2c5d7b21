internal import CProcess

/// Who can read the memory of this process.
public enum ProcessMemory {
  /// Whether a crash writes a core dump, and other processes of the user can attach.
  public static var isReadable: Bool { process_allows_dumps() != 0 }

  /// Protects the memory from core dumps and from other processes of the user, for the rest of the
  /// process's life (prctl(2), PR_SET_DUMPABLE), because libraries copy keys into memory of their
  /// own. Root can still read it.
  public static func hide() {
    process_forbid_dumps()
  }
}
