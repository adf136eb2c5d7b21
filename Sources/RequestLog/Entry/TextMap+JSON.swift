package import Identifiers
package import JSON

/// A JSON object of strings. `JSONEncoder` and `JSONDecoder` would keep one of two names that Swift's
/// `String` takes for the same.
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
  /// Metadata may have about a million keys, where the log's limits are raised to that.
  static let entry = JSONLimits(depth: 16, members: 1 << 20)
}
