import SystemPackage

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Standard input, output and error.
enum StandardFiles {
  /// Opens those that the process was started without (`>&-`), because the next file that is
  /// opened, such as a connection, would get their numbers and their output. Using them still fails
  /// as if they were closed.
  static func open() {
    for (file, useless) in [
      (FileDescriptor.standardInput, FileDescriptor.AccessMode.writeOnly),
      (.standardOutput, .readOnly), (.standardError, .readOnly),
    ] where fcntl(file.rawValue, F_GETFD) == -1 {
      // This is the lowest free number, because those below are taken.
      _ = try? FileDescriptor.open("/dev/null", useless)
    }
  }
}
