internal import HTTPTransport
internal import Identifiers

extension Place {
  /// A member that must be there.
  func requiredMember(_ name: Identifier) throws(HTTPFailure) -> Place {
    guard let place = try self.member(name) else {
      let path = self.path.isEmpty ? name.text : "\(self.path).\(name)"
      throw .invalid("\(path) is required", parameter: path)
    }
    return place
  }

  /// An error about a value that names a kind of thing, such as "image".
  ///
  /// - Parameter known: what is known in its place, such as `"text" and "tool_use"`.
  func unknownType(known: String) throws(HTTPFailure) -> HTTPFailure {
    let name = try self.string()
    let isName = name.utf8.count <= 64
    return self.wrong("is \(isName ? "\"\(name)\"" : "a long text"), but must be \(known)")
  }
}
