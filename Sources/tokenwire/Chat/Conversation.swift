import Foundation
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

  /// Writes all messages to a new file, which its owner alone can read, as a JSON array.
  ///
  /// - Throws: `CommandFailure` when there is a file of that name, or it cannot be written.
  func save(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(self.messages.map { Line(role: $0.role, content: $0.content) })
    do {
      let file = try FileDescriptor.open(
        path,
        .writeOnly,
        options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: .ownerReadWrite
      )
      do {
        try file.closeAfter { _ = try file.writeAll(json + Data("\n".utf8)) }
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

  private struct Line: Encodable {
    var role: String
    var content: String
  }
}
