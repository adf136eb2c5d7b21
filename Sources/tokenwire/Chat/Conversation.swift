import Foundation
import Protobuf
import SystemPackage
import TokenwireAPI

/// What has been said in a chat.
struct Conversation {
  /// What tells the model how to answer.
  var system: String?
  /// Turns of the user and the model.
  var turns: [ChatMessage] = []

  var messages: [ChatMessage] {
    (self.system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + self.turns
  }

  /// Writes all messages to a new file, which its owner alone can read, as a JSON array with a line
  /// for each.
  ///
  /// - Throws: `CommandFailure` when there is a file of that name, or it cannot be written.
  func save(to path: String) throws {
    let lines = self.messages.map { "  " + $0.json(.command) }
    let json = "[\n" + lines.joined(separator: ",\n") + "\n]\n"
    do {
      let file = try FileDescriptor.open(
        path,
        .writeOnly,
        options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite
      )
      do {
        try file.closeAfter { _ = try file.writeAll(json.utf8) }
      } catch {
        // What is not whole is of no use.
        _ = unlink(path)
        throw error
      }
    } catch Errno.fileExists {
      throw CommandFailure("\(path): there is a file of that name; give another one")
    } catch {
      throw CommandFailure("\(path) cannot be written: \(error)")
    }
  }
}
