import Foundation
import Protobuf
import SystemPackage
import TokenwireAPI

/// The conversation of a chat.
struct Conversation {
  /// The system message, which tells the model how to answer.
  var system: String?
  /// The messages of the user and the model.
  var turns: [ChatMessage] = []

  var messages: [ChatMessage] {
    (self.system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + self.turns
  }

  /// Writes all messages to a new file, which its owner alone can read, as a JSON array with a line
  /// for each.
  ///
  /// - Throws: `CommandFailure` when the file exists, or cannot be written.
  func save(to path: String) throws {
    let lines = self.messages.map {
      "  " + $0.json(JSONStyle(printsDefaults: false, enumNames: .short))
    }
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
        // An incomplete file is useless.
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
