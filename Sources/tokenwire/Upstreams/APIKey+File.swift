import AccessTokens
import Foundation
import Identifiers
import SystemPackage
import UpstreamGeneration

extension APIKey {
  /// Of a file with a key, in bytes.
  private static let maximumSize = 4096

  /// Reads the key that a model's `key_env` or `key_file` names; nil when it has neither.
  init?(_ object: inout UpstreamObject) throws(ConfigurationError) {
    let variable = try object.text("key_env")
    let path = try object.text("key_file")
    switch (variable, path) {
    case (nil, nil): return nil
    case (.some, .some):
      throw object.error("key_file", "there beside key_env", "the one or the other")
    case (let variable?, nil):
      guard let text = Environment.value(of: variable), let key = APIKey(text) else {
        throw object.error(
          "key_env",
          "\"\(variable)\"",
          "a variable of the environment whose value is a key: visible ASCII characters"
        )
      }
      self = key
    case (nil, let path?):
      guard let key = APIKey(try Self.text(path, object)) else {
        throw object.error("key_file", "\"\(path)\"", "a file with a key: visible ASCII characters")
      }
      self = key
    }
  }

  private static func text(
    _ path: String,
    _ object: UpstreamObject
  ) throws(ConfigurationError) -> String {
    let text: String
    do {
      // Opening a pipe would wait for its writer.
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
      text = try file.closeAfter {
        var status = stat()
        guard fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
          throw object.error("key_file", "\"\(path)\"", "a file")
        }
        guard let access = SecretFileAccess(of: file.rawValue, at: path) else {
          throw Errno(rawValue: errno)
        }
        let rule: String? =
          switch access.fault(for: geteuid()) {
          case nil: nil
          // A server that root runs may read its user's key.
          case .belongsToAnotherUser where access.permissions & 0o077 == 0: nil
          case .belongsToAnotherUser: "a file of this user's: run chown \(geteuid()) \(path)"
          case .isOpenToOthers: "a file that others cannot read or write: run chmod 600 \(path)"
          case .isMountedForAll: "a file that others cannot read: mount it with the mode 0440"
          }
        if let rule { throw object.error("key_file", "\"\(path)\"", rule) }
        var bytes = [UInt8](repeating: 0, count: Self.maximumSize + 1)
        let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
        guard count <= Self.maximumSize else {
          throw object.error(
            "key_file",
            "\"\(path)\"",
            "a file of at most \(Self.maximumSize) bytes"
          )
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
      }
    } catch let error as ConfigurationError {
      throw error
    } catch {
      throw object.error("key_file", "\"\(path)\"", "a file that can be read: \(error)")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
