public import CProtobufC
public import Identifiers
public import NIOCore

/// Copies fields of protoc-c's structs into Swift values.
public enum CField {
  /// - Throws: when the bytes are not UTF-8, which protobuf-c does not check.
  @inlinable
  public static func string(
    _ data: ProtobufCBinaryData,
    _ path: StaticString
  ) throws(MessageError) -> String {
    let bytes = UnsafeBufferPointer(start: data.data, count: data.len)
    guard let text = try? UTF8Span(validating: bytes.span) else {
      throw MessageError("\(path) is not valid UTF-8")
    }
    return String(copying: text)
  }

  /// Copies a `bytes` field.
  @inlinable
  public static func bytes(_ data: ProtobufCBinaryData) -> ByteBuffer {
    data.len == 0
      ? ByteBuffer() : ByteBuffer(bytes: UnsafeBufferPointer(start: data.data, count: data.len))
  }

  /// Copies a repeated field of numbers.
  @inlinable
  public static func numbers<Number: BitwiseCopyable>(
    _ count: Int,
    _ numbers: UnsafeMutablePointer<Number>?
  ) -> [Number] {
    Array(UnsafeBufferPointer(start: numbers, count: count))
  }

  /// Copies a repeated field of strings.
  @inlinable
  public static func strings(
    _ count: Int,
    _ strings: UnsafeMutablePointer<ProtobufCBinaryData>?,
    _ path: StaticString
  ) throws(MessageError) -> [String] {
    var result: [String] = []
    result.reserveCapacity(count)
    for string in UnsafeBufferPointer(start: strings, count: count) {
      result.append(try self.string(string, path))
    }
    return result
  }

  /// Copies a repeated field of bytes.
  @inlinable
  public static func buffers(
    _ count: Int,
    _ buffers: UnsafeMutablePointer<ProtobufCBinaryData>?
  ) -> [ByteBuffer] {
    UnsafeBufferPointer(start: buffers, count: count).map { self.bytes($0) }
  }

  /// Copies a message field; nil when it is not set.
  @inlinable
  public static func message<Value: CMessage>(
    _ message: UnsafeMutablePointer<Value.CStruct>?
  ) throws(MessageError) -> Value? {
    guard let message else { return nil }
    return try Value(message.pointee)
  }

  /// Copies a repeated field of messages.
  @inlinable
  public static func messages<Value: CMessage>(
    _ count: Int,
    _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Value.CStruct>?>?
  ) throws(MessageError) -> [Value] {
    var result: [Value] = []
    result.reserveCapacity(count)
    for message in UnsafeBufferPointer(start: messages, count: count) {
      if let value: Value = try self.message(message) { result.append(value) }
    }
    return result
  }

  /// Copies a map; of entries with the same key, the last counts, as in protobuf.
  @inlinable
  public static func map<Entry>(
    _ count: Int,
    _ entries: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?,
    _ path: StaticString,
    _ pair: (Entry) -> (ProtobufCBinaryData, ProtobufCBinaryData)
  ) throws(MessageError) -> TextMap {
    var result = TextMap()
    for entry in UnsafeBufferPointer(start: entries, count: count) {
      guard let entry else { continue }
      let (key, value) = pair(entry.pointee)
      result[Identifier(try self.string(key, path))] = try self.string(value, path)
    }
    return result
  }

  /// Copies a map of messages, as `map` does. An entry without its message has an empty one.
  @inlinable
  public static func messageMap<Entry, Value: CMessage>(
    _ count: Int,
    _ entries: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?,
    _ path: StaticString,
    _ pair: (Entry) -> (ProtobufCBinaryData, UnsafeMutablePointer<Value.CStruct>?)
  ) throws(MessageError) -> [Identifier: Value] {
    var result: [Identifier: Value] = [:]
    for entry in UnsafeBufferPointer(start: entries, count: count) {
      guard let entry else { continue }
      let (key, message) = pair(entry.pointee)
      let name = Identifier(try self.string(key, path))
      if let message {
        result[name] = try Value(message.pointee)
      } else {
        result[name] = try Value(serialized: ByteBuffer())
      }
    }
    return result
  }
}
