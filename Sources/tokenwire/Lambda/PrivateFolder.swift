import Foundation

/// A folder that only this process uses, in the system's folder for temporary files.
struct PrivateFolder {
  let path: String

  /// Creates it, with mode 0700.
  init() throws(CommandFailure) {
    let temporary = FileManager.default.temporaryDirectory.path
    // The path of a socket in it has at most 107 bytes.
    let place = temporary.utf8.count < 64 ? temporary : "/tmp"
    var template = Array("\(place)/tokenwire-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else {
      throw CommandFailure(
        "A folder in \(place) cannot be created: \(String(cString: strerror(errno)))"
      )
    }
    self.path = String(cString: path)
  }

  func remove() {
    // Lambda's instances lose it with themselves.
    try? FileManager.default.removeItem(atPath: self.path)
  }
}
