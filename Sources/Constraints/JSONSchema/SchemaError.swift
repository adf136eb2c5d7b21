/// Why a JSON schema cannot be followed.
public struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, and where: a JSON pointer (RFC 6901) such as "/properties/a".
  public var message: String

  init(_ message: String) {
    self.message = message
  }

  /// - Parameters:
  ///   - subject: what is wrong, such as "the type \"any\"".
  ///   - reason: what is wrong about it.
  init(_ subject: String, at path: SchemaPath, _ reason: String) {
    self.message = "\(subject) at \(path) \(reason)"
  }

  static func unsupported(_ keyword: String, at path: SchemaPath) -> SchemaError {
    SchemaError("the keyword \"\(keyword)\"", at: path, "is not supported")
  }

  public var description: String { self.message }
}

/// Where in a schema something is.
struct SchemaPath: Hashable, CustomStringConvertible {
  private var pointer = ""

  func appending(_ name: String) -> SchemaPath {
    var path = self
    path.pointer += "/" + name.replacing("~", with: "~0").replacing("/", with: "~1")
    return path
  }

  var description: String { self.pointer.isEmpty ? "the top" : self.pointer }
}
