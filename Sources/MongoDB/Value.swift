/// A value of BSON.
public indirect enum Value: Hashable, Sendable {
  case double(Double)
  /// May contain U+0000. Compare it by its bytes.
  case text(String)
  case document(Document)
  case array([Value])
  case binary([UInt8])
  case bool(Bool)
  /// Milliseconds since 1970.
  case date(Int64)
  case null
  case int32(Int32)
  case int64(Int64)
  /// Another type of BSON, with its bytes.
  case other(type: UInt8, [UInt8])

  /// BSON's number of the type.
  var type: UInt8 {
    switch self {
    case .double: 0x01
    case .text: 0x02
    case .document: 0x03
    case .array: 0x04
    case .binary: 0x05
    case .bool: 0x08
    case .date: 0x09
    case .null: 0x0A
    case .int32: 0x10
    case .int64: 0x12
    case .other(let type, _): type
    }
  }

  func write(to bytes: inout [UInt8]) {
    switch self {
    case .double(let value): bytes.append(number: value.bitPattern)
    case .text(let text):
      bytes.append(number: Int32(text.utf8.count + 1))
      bytes += text.utf8
      bytes.append(0)
    case .document(let document): document.write(to: &bytes)
    case .array(let values):
      // An array is a document whose names are the indices.
      let start = bytes.count
      bytes.append(number: Int32(0))
      for (index, value) in values.enumerated() {
        bytes.append(value.type)
        bytes += "\(index)".utf8
        bytes.append(0)
        value.write(to: &bytes)
      }
      bytes.append(0)
      var size: [UInt8] = []
      size.append(number: Int32(bytes.count - start))
      bytes.replaceSubrange(start ..< start + 4, with: size)
    case .binary(let value):
      bytes.append(number: Int32(value.count))
      bytes.append(0)
      bytes += value
    case .bool(let value): bytes.append(value ? 1 : 0)
    case .date(let value), .int64(let value): bytes.append(number: value)
    case .null: break
    case .int32(let value): bytes.append(number: value)
    case .other(_, let value): bytes += value
    }
  }

  /// How deeply arrays may be nested, as in documents that MongoDB stores: they are read by recursion.
  private static let maximumDepth = 100

  /// - Parameters:
  ///   - bytes: exactly those of the value.
  ///   - depth: in how many arrays it is.
  init?(type: UInt8, _ bytes: ArraySlice<UInt8>, depth: Int = 0) {
    let start = bytes.startIndex
    switch type {
    case 0x01:
      guard let bits = bytes.number(at: start, UInt64.self) else { return nil }
      self = .double(Double(bitPattern: bits))
    case 0x02: self = .text(String(decoding: bytes.dropFirst(4).dropLast(), as: UTF8.self))
    case 0x03, 0x04:
      guard let document = Document(bytes: Array(bytes)) else { return nil }
      // The elements of a document are read when they are asked for.
      if type == 0x03 {
        self = .document(document)
      } else {
        guard depth < Self.maximumDepth else { return nil }
        self = .array(document.pairs(depth: depth + 1).map(\.value))
      }
    case 0x05: self = .binary(Array(bytes.dropFirst(5)))
    case 0x08: self = .bool(bytes.first != 0)
    case 0x09: self = .date(bytes.number(at: start, Int64.self) ?? 0)
    case 0x0A: self = .null
    case 0x10: self = .int32(bytes.number(at: start, Int32.self) ?? 0)
    case 0x12: self = .int64(bytes.number(at: start, Int64.self) ?? 0)
    default: self = .other(type: type, Array(bytes))
    }
  }
}

/// Nil when the value is of another kind.
extension Value {
  /// A whole number of any type: servers choose one.
  public var integer: Int64? {
    switch self {
    case .int32(let value): Int64(value)
    case .int64(let value): value
    case .double(let value): Int64(exactly: value.rounded())
    case .bool(let value): value ? 1 : 0
    default: nil
    }
  }

  /// A text.
  public var text: String? {
    if case .text(let value) = self { value } else { nil }
  }

  /// A document.
  public var document: Document? {
    if case .document(let value) = self { value } else { nil }
  }

  /// The values of an array.
  public var array: [Value]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// Bytes.
  public var binary: [UInt8]? {
    if case .binary(let value) = self { value } else { nil }
  }

  /// A time, in milliseconds since 1970.
  public var date: Int64? {
    if case .date(let value) = self { value } else { nil }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// A text.
  public init(stringLiteral value: String) { self = .text(value) }

  /// A number of 32 bits.
  public init(integerLiteral value: Int32) { self = .int32(value) }

  /// A Boolean.
  public init(booleanLiteral value: Bool) { self = .bool(value) }

  /// An array.
  public init(arrayLiteral values: Value...) { self = .array(values) }

  /// A document.
  public init(dictionaryLiteral pairs: (String, Value)...) {
    var document = Document()
    for (name, value) in pairs { document.append(name, value) }
    self = .document(document)
  }
}
