internal import Foundation

/// What the kernel tells in files, such as those of proc(5).
enum SystemFile {
  /// Nil where there is no such file.
  static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }
}
