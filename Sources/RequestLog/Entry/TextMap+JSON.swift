package import Identifiers
package import JSON

/// A JSON object of strings. `JSONEncoder` and `JSONDecoder` would drop one of two names that are
/// equal as Swift strings.
extension TextMap {
  /// The object, with the names in the order of their bytes.
  package var json: String {
    var writer = JSONWriter()
    for (name, text) in self { writer.member(name, text) }
    writer.end()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads the object.
  ///
  /// - Throws: when it is not an object of strings.
  package init(json: [UInt8]) throws(JSONError) {
    var reader = JSONReader(json, limits: .entry)
    try self.init(&reader)
    try reader.end()
  }

  /// Reads the next value.
  init(_ reader: inout JSONReader) throws(JSONError) {
    self.init()
    try reader.beginObject()
    while let name = try reader.nextName() {
      self[Identifier(name.text)] = try reader.string()
    }
  }
}

extension JSONLimits {
  /// The log's limits can be raised to about a million keys of metadata.
  static let entry = JSONLimits(depth: 16, members: 1 << 20)
}
