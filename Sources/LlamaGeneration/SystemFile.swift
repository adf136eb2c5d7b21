internal import Foundation

/// Reads files of the kernel, such as those of proc(5).
enum SystemFile {
  /// The contents; nil if there is no such file.
  static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
