package import Identifiers
internal import JSON
internal import NIOCore

/// A value of a message's field, which can be read from JSON and written as JSON.
package protocol JSONFieldValue {
  /// Reads the next value.
  init(reading json: inout MessageReader) throws(MessageError)

  func write(to json: inout MessageWriter)

  /// Whether the value is the default, so that its field can be left out.
  var isDefault: Bool { get }
}

extension JSONFieldValue where Self: FixedWidthInteger {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self = try json.integer()
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { self == 0 }
}

extension Int32: JSONFieldValue {}
extension Int64: JSONFieldValue {}
extension UInt32: JSONFieldValue {}
extension UInt64: JSONFieldValue {}

extension JSONFieldValue where Self: BinaryFloatingPoint & LosslessStringConvertible {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self = try json.float()
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  /// -0 is not the default: it differs from 0.
  package var isDefault: Bool { self == 0 && self.sign == .plus }
}

extension Float: JSONFieldValue {}
extension Double: JSONFieldValue {}

extension Bool: JSONFieldValue {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self = try json.bool()
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { !self }
}

extension String: JSONFieldValue {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self = try json.string()
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { self.isEmpty }
}

extension ByteBuffer: JSONFieldValue {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init(bytes: try json.base64())
  }

  package func write(to json: inout MessageWriter) {
    json.write(base64: Array(self.readableBytesView))
  }

  package var isDefault: Bool { self.readableBytes == 0 }
}

extension Array: JSONFieldValue where Element: JSONFieldValue {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginArray()
    while try json.nextElement(self.count) { self.append(try Element(reading: &json)) }
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { self.isEmpty }
}

/// A map of messages.
extension Dictionary: JSONFieldValue where Key == Identifier, Value: JSONMessage {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMap()
    while let key = try json.nextKey() { self[Identifier(key)] = try Value(reading: &json) }
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { self.isEmpty }
}

extension TextMap: JSONFieldValue {
  package init(reading json: inout MessageReader) throws(MessageError) {
    self.init()
    try json.beginMap()
    while let key = try json.nextKey() { self[Identifier(key)] = try json.string() }
  }

  package func write(to json: inout MessageWriter) {
    json.write(self)
  }

  package var isDefault: Bool { self.isEmpty }
}
