import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The three files that a process begins with.
enum StandardFiles {
  /// Takes the numbers of those that it was begun without (`>&-`): the next file that is opened, such as
  /// a connection, would get them, and with them what is written for people. What is used of them fails
  /// as if it was closed.
  static func open() {
    for (file, useless) in [
      (FileDescriptor.standardInput, FileDescriptor.AccessMode.writeOnly),
      (.standardOutput, .readOnly), (.standardError, .readOnly),
    ] where fcntl(file.rawValue, F_GETFD) == -1 {
      // The lowest number that is free is this one, since those below are taken.
      _ = try? FileDescriptor.open("/dev/null", useless)
    }
  }
}
