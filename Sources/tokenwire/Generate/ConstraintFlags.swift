import ArgumentParser
import TokenwireAPI

/// The constraint of the text.
struct ConstraintFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A JSON schema that the text must satisfy: a file, or the schema itself.",
      valueName: "file-or-text"
    ),
    completion: .file(extensions: ["json"])
  )
  var jsonSchema: String?

  @Option(
    help: ArgumentHelp(
      "A GBNF grammar that the text must match: a file, or the grammar itself.",
      valueName: "file-or-text"
    ),
    completion: .file(extensions: ["gbnf"])
  )
  var grammar: String?

  func validate() throws {
    if self.jsonSchema != nil && self.grammar != nil {
      throw ValidationError("--json-schema and --grammar do not go together")
    }
    for (flag, value) in [("--json-schema", self.jsonSchema), ("--grammar", self.grammar)] {
      if value?.isEmpty == true {
        throw ValidationError("\(flag) is empty: give a file, or the text itself")
      }
    }
  }

  /// - Throws: when a file cannot be read.
  var value: GenerateRequest.Constraint? {
    get throws {
      if let jsonSchema {
        let isText = jsonSchema.first { !$0.isWhitespace } == "{"
        return .jsonSchema(isText ? jsonSchema : try InputText.file(jsonSchema, "schema"))
      }
      if let grammar {
        // Every rule contains it, but hardly any file name.
        let isText = grammar.utf8.contains("::=".utf8)
        return .grammar(isText ? grammar : try InputText.file(grammar, "grammar"))
      }
      return nil
    }
  }
}
