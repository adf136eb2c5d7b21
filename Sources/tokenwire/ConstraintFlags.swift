import ArgumentParser
import Foundation
import TokenwireAPI

/// What the text has to be like.
struct ConstraintFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A JSON schema that the text has to satisfy: a file, or the schema itself.",
      valueName: "file-or-text"
    ),
    completion: .file(extensions: ["json"])
  )
  var jsonSchema: String?

  @Option(
    help: ArgumentHelp(
      "A file with a GBNF grammar that the text has to follow.",
      valueName: "file"
    ),
    completion: .file(extensions: ["gbnf"])
  )
  var grammar: String?

  func validate() throws {
    if self.jsonSchema != nil && self.grammar != nil {
      throw ValidationError("--json-schema and --grammar do not go together")
    }
  }

  var value: GenerateRequest.Constraint? {
    get throws {
      if let jsonSchema {
        let isText = jsonSchema.first { !$0.isWhitespace } == "{"
        return .jsonSchema(isText ? jsonSchema : try Self.text(of: jsonSchema))
      }
      return try self.grammar.map { .grammar(try Self.text(of: $0)) }
    }
  }

  private static func text(of path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("The file \(path) cannot be read: does it exist?")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandFailure("The file \(path) is not UTF-8")
    }
    return text
  }
}
