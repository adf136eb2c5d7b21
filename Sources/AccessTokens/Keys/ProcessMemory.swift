internal import CProcess

/// Who can read the memory of this process.
public enum ProcessMemory {
  /// Whether core dumps are written when it crashes, and other processes of its user can attach to it.
  public static var isReadable: Bool { process_allows_dumps() != 0 }

  /// Keeps the memory from core dumps and from other processes of the user, for the rest of the
  /// process's life (prctl(2), PR_SET_DUMPABLE): a program that holds keys has them in memory that
  /// libraries allocate, too. Root can read it still.
  public static func hide() {
    process_forbid_dumps()
  }
}
