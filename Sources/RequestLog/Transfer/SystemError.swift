#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The error of the last system call.
package struct SystemError: Error, CustomStringConvertible {
  /// Its number.
  package let number = errno

  /// The error that `errno` holds now.
  package init() {}

  /// The system's words for it.
  package var description: String { String(cString: strerror(self.number)) }
}
