internal import Identifiers
internal import JSON

extension JSONReader {
  mutating func identifier() throws(JSONError) -> Identifier {
    Identifier(try self.string())
  }
}
