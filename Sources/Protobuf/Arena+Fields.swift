public import CProtobufC
public import Identifiers
public import NIOCore

/// Copies Swift values into the forms that protoc-c's structs point to.
extension Arena {
  /// Copies the string's UTF-8 into the arena.
  @inlinable
  public mutating func bytes(_ string: String) -> ProtobufCBinaryData {
    var string = string
    return string.withUTF8 { self.bytes(UnsafeRawBufferPointer($0)) }
  }

  /// Copies the bytes into the arena.
  @inlinable
  public mutating func bytes(_ buffer: ByteBuffer) -> ProtobufCBinaryData {
    buffer.withUnsafeReadableBytes { self.bytes($0) }
  }

  @inlinable
  mutating func bytes(_ bytes: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
    guard !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
    let copy = self.array(of: UInt8.self, count: bytes.count)
    UnsafeMutableRawBufferPointer(copy).copyMemory(from: bytes)
    return ProtobufCBinaryData(len: bytes.count, data: copy.baseAddress)
  }

  /// Copies the numbers into the arena; the pointer is nil when there are none.
  @inlinable
  public mutating func numbers<Number: BitwiseCopyable>(
    _ numbers: [Number]
  ) -> (Int, UnsafeMutablePointer<Number>?) {
    guard !numbers.isEmpty else { return (0, nil) }
    let copy = self.array(of: Number.self, count: numbers.count)
    _ = copy.initialize(fromContentsOf: numbers)
    return (numbers.count, copy.baseAddress)
  }

  /// Copies the strings' UTF-8 into the arena; the pointer is nil when there are none.
  @inlinable
  public mutating func strings(
    _ strings: [String]
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    guard !strings.isEmpty else { return (0, nil) }
    let copy = self.array(of: ProtobufCBinaryData.self, count: strings.count)
    for (index, string) in strings.enumerated() {
      copy.initializeElement(at: index, to: self.bytes(string))
    }
    return (strings.count, copy.baseAddress)
  }

  /// Copies the bytes of each buffer into the arena; the pointer is nil when there are none.
  @inlinable
  public mutating func buffers(
    _ buffers: [ByteBuffer]
  ) -> (Int, UnsafeMutablePointer<ProtobufCBinaryData>?) {
    guard !buffers.isEmpty else { return (0, nil) }
    let copy = self.array(of: ProtobufCBinaryData.self, count: buffers.count)
    for (index, buffer) in buffers.enumerated() {
      copy.initializeElement(at: index, to: self.bytes(buffer))
    }
    return (buffers.count, copy.baseAddress)
  }

  /// Copies the message into the arena; nil stays nil.
  @inlinable
  public mutating func message<Value: CMessage>(
    _ message: Value?
  ) -> UnsafeMutablePointer<Value.CStruct>? {
    guard let message else { return nil }
    let copy = self.array(of: Value.CStruct.self, count: 1)
    message.copy(to: &copy[0], in: &self)
    return copy.baseAddress
  }

  /// Copies the messages into the arena; the pointer is nil when there are none.
  @inlinable
  public mutating func messages<Value: CMessage>(
    _ messages: [Value]
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Value.CStruct>?>?) {
    guard !messages.isEmpty else { return (0, nil) }
    let copy = self.array(of: UnsafeMutablePointer<Value.CStruct>?.self, count: messages.count)
    for (index, message) in messages.enumerated() {
      copy.initializeElement(at: index, to: self.message(message))
    }
    return (messages.count, copy.baseAddress)
  }

  /// Copies a map's entries in the order of their keys, so that equal maps have equal bytes.
  @inlinable
  public mutating func map<Entry>(
    _ map: TextMap,
    _ fill: (inout Entry, ProtobufCBinaryData, ProtobufCBinaryData) -> Void
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?) {
    guard !map.isEmpty else { return (0, nil) }
    let entries = self.array(of: Entry.self, count: map.count)
    let copy = self.array(of: UnsafeMutablePointer<Entry>?.self, count: map.count)
    for (index, (key, value)) in map.enumerated() {
      fill(&entries[index], self.bytes(key), self.bytes(value))
      copy.initializeElement(at: index, to: entries.baseAddress.map { $0 + index })
    }
    return (map.count, copy.baseAddress)
  }

  /// Copies a map of messages, as `map` does.
  @inlinable
  public mutating func messageMap<Entry, Value: CMessage>(
    _ map: [Identifier: Value],
    _ fill: (inout Entry, ProtobufCBinaryData, UnsafeMutablePointer<Value.CStruct>?) -> Void
  ) -> (Int, UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>?) {
    guard !map.isEmpty else { return (0, nil) }
    let entries = self.array(of: Entry.self, count: map.count)
    let copy = self.array(of: UnsafeMutablePointer<Entry>?.self, count: map.count)
    for (index, (key, value)) in map.sorted(by: { $0.key < $1.key }).enumerated() {
      fill(&entries[index], self.bytes(key.text), self.message(value))
      copy.initializeElement(at: index, to: entries.baseAddress.map { $0 + index })
    }
    return (map.count, copy.baseAddress)
  }

  /// - Precondition: the encoded message is smaller than the arena's maximum. A frame is at most a
  ///   sixteenth of it, so a larger message is a bug in this process.
  @inlinable
  mutating func array<Element>(
    of type: Element.Type,
    count: Int
  ) -> UnsafeMutableBufferPointer<Element> {
    guard let memory = self.allocate(byteCount: count * MemoryLayout<Element>.stride) else {
      preconditionFailure("a message of more than \(Self.maximumSize) bytes cannot be encoded")
    }
    return UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: Element.self, capacity: count),
      count: count
    )
  }
}
