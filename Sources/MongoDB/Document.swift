public import Identifiers

/// A document of BSON (https://bsonspec.org/spec.html): values by name, in order.
///
/// Only names that are written in the program may be its names: they cannot contain U+0000, which
/// texts can.
public struct Document: Hashable, Sendable {
  /// The elements in BSON, without the size before them and the zero behind them.
  private var elements: [UInt8] = []

  /// Creates an empty document.
  public init() {}

  /// - Parameter bytes: a whole document; the size in it must be theirs.
  init?(bytes: [UInt8]) {
    guard bytes.count >= 5, bytes.last == 0, bytes.size(at: 0) == bytes.count else { return nil }
    self.elements = Array(bytes[4 ..< bytes.count - 1])
  }

  /// Whether it has no values.
  public var isEmpty: Bool { self.elements.isEmpty }

  /// The size of the document, in bytes.
  public var size: Int { self.elements.count + 5 }

  /// The document in BSON.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(self.size)
    self.write(to: &bytes)
    return bytes
  }

  func write(to bytes: inout [UInt8]) {
    bytes.append(number: Int32(self.size))
    bytes += self.elements
    bytes.append(0)
  }

  /// Adds a value behind the others.
  public mutating func append(_ name: String, _ value: Value) {
    self.elements.append(value.type)
    self.elements += name.utf8
    self.elements.append(0)
    value.write(to: &self.elements)
  }

  /// Adds a value, unless it is nil.
  public mutating func append(_ name: String, ifPresent value: Value?) {
    if let value { self.append(name, value) }
  }

  /// The first value with a name; nil when there is none, or the document is malformed there.
  public subscript(name: StaticString) -> Value? {
    var reader = ElementReader(self.elements)
    while let element = reader.next() {
      if reader.isName(of: element, name) { return reader.value(of: element) }
    }
    return nil
  }

  /// All values with their names, up to the first that is malformed.
  public var pairs: [(name: Identifier, value: Value)] { self.pairs(depth: 0) }

  /// - Parameter depth: in how many arrays the values are.
  func pairs(depth: Int) -> [(name: Identifier, value: Value)] {
    var reader = ElementReader(self.elements)
    var pairs: [(name: Identifier, value: Value)] = []
    while let element = reader.next(), let value = reader.value(of: element, depth: depth) {
      pairs.append((reader.name(of: element), value))
    }
    return pairs
  }
}

extension Document: ExpressibleByDictionaryLiteral {
  /// Creates a document of literal pairs.
  public init(dictionaryLiteral pairs: (String, Value)...) {
    self.init()
    for (name, value) in pairs { self.append(name, value) }
  }
}

/// Reads elements one after the other, and trusts none of their sizes.
private struct ElementReader {
  struct Element {
    let type: UInt8
    let name: Range<Int>
    let value: Range<Int>
  }

  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Nil at the end, and at what is malformed.
  mutating func next() -> Element? {
    guard self.index < self.bytes.count else { return nil }
    let type = self.bytes[self.index]
    guard let nameEnd = self.zero(from: self.index + 1) else { return nil }
    let start = nameEnd + 1
    guard let size = self.size(of: type, at: start), size <= self.bytes.count - start else {
      return nil
    }
    defer { self.index = start + size }
    return Element(type: type, name: self.index + 1 ..< nameEnd, value: start ..< start + size)
  }

  func name(of element: Element) -> Identifier {
    Identifier(String(decoding: self.bytes[element.name], as: UTF8.self))
  }

  func isName(of element: Element, _ name: StaticString) -> Bool {
    name.withUTF8Buffer { self.bytes[element.name].elementsEqual($0) }
  }

  func value(of element: Element, depth: Int = 0) -> Value? {
    Value(type: element.type, self.bytes[element.value], depth: depth)
  }

  private func zero(from start: Int) -> Int? {
    self.bytes[min(start, self.bytes.count)...].firstIndex(of: 0)
  }

  /// Nil for a type that is unknown, or has no room.
  private func size(of type: UInt8, at start: Int) -> Int? {
    let rest = self.bytes[start...]
    switch type {
    case 0x06, 0x0A, 0x7F, 0xFF: return 0
    case 0x08: return 1
    case 0x10: return 4
    case 0x01, 0x09, 0x11, 0x12: return 8
    case 0x07: return 12
    case 0x13: return 16
    case 0x03, 0x04: return rest.size(at: start).flatMap { $0 >= 5 ? $0 : nil }
    case 0x02, 0x0D, 0x0E: return rest.size(at: start).flatMap { $0 >= 1 ? $0 + 4 : nil }
    case 0x05: return rest.size(at: start).flatMap { $0 >= 0 ? $0 + 5 : nil }
    case 0x0B:
      guard let first = self.zero(from: start), let second = self.zero(from: first + 1) else {
        return nil
      }
      return second + 1 - start
    default: return nil
    }
  }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// A size of BSON, which may be negative in what is malformed.
  func size(at index: Int) -> Int? {
    self.number(at: index, Int32.self).map { Int($0) }
  }

  /// A number, least significant byte first.
  func number<Number: FixedWidthInteger>(at index: Int, _: Number.Type) -> Number? {
    let count = Number.bitWidth / 8
    guard index >= self.startIndex, count <= self.endIndex - index else { return nil }
    return self[index ..< index + count].reversed().reduce(0) {
      $0 << 8 | Number(truncatingIfNeeded: $1)
    }
  }
}

extension [UInt8] {
  mutating func append<Number: FixedWidthInteger>(number: Number) {
    Swift.withUnsafeBytes(of: number.littleEndian) { self += $0 }
  }
}
