internal import Foundation

/// Reads files of the kernel, such as those of proc(5).
enum SystemFile {
  /// The contents; nil if there is no such file.
  static func text(_ path: String) -> String? {
    // Foundation would stop at the first read that gives less than it asked for, which is about a page
    // of such a file.
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }
}
