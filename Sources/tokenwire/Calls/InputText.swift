import Foundation
import SystemPackage

/// Reads text from standard input or a file.
enum InputText {
  /// More than any server takes, in bytes.
  private static let limit = 64 << 20

  /// All of standard input.
  ///
  /// - Parameter name: what messages call the text, such as "prompt".
  static func standardInput(_ name: String) throws -> String {
    if Terminal.isTerminal(.standardInput) {
      StandardOutput.writeNote("Type the \(name), and end it with Ctrl-D on a line of its own.\n")
    }
    let bytes: Data
    do {
      bytes = try self.bytes(of: .standardInput)
    } catch {
      throw CommandFailure("The \(name) cannot be read from standard input: \(error)")
    }
    guard let text = self.text(of: bytes) else {
      throw CommandFailure("The \(name) on standard input is not UTF-8")
    }
    return text
  }

  /// All of a file; "-" is standard input.
  static func file(_ path: String, _ name: String) throws -> String {
    if path == "-" { return try self.standardInput(name) }
    guard !path.isEmpty else {
      throw CommandFailure("The name of the file of the \(name) is empty")
    }
    let bytes: Data
    do {
      bytes = try self.bytes(ofFile: path)
    } catch {
      throw CommandFailure("The file \(path) cannot be read: \(error)")
    }
    guard let text = self.text(of: bytes) else {
      throw CommandFailure("The file \(path) is not UTF-8")
    }
    return text
  }

  /// All of a file. With `Errno`, because `FileHandle`'s errors do not say why.
  static func bytes(ofFile path: String) throws -> Data {
    let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    return try file.closeAfter { try self.bytes(of: file) }
  }

  private static func bytes(of file: FileDescriptor) throws -> Data {
    var bytes = Data()
    var part = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = try part.withUnsafeMutableBytes { try file.read(into: $0) }
      if count == 0 { return bytes }
      bytes += part.prefix(count)
      if bytes.count > Self.limit {
        throw CommandFailure("it has more than \(Self.limit >> 20) MiB, which no server takes")
      }
    }
  }

  /// The text without what editors and shells add: a byte-order mark, and the last line end. Line
  /// ends become "\n".
  ///
  /// - Returns: nil for bytes that are not UTF-8.
  static func text(of bytes: Data) -> String? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    guard var text = String(validating: bytes, as: UTF8.self) else { return nil }
    // By scalars, because "\r\n" is one character in Swift.
    if bytes.starts(with: mark) { text.unicodeScalars.removeFirst() }
    text = text.replacing("\r\n", with: "\n")
    if text.unicodeScalars.last == "\n" { text.unicodeScalars.removeLast() }
    return text
  }
}
