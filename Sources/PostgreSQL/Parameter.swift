/// A value of a statement, in the binary form of its type
/// (https://www.postgresql.org/docs/15/protocol-overview.html section 55.1.3).
public struct Parameter: Sendable {
  /// The numbers of types in pg_type.
  enum ObjectID {
    static let bytea: UInt32 = 17
    static let bigint: UInt32 = 20
    static let text: UInt32 = 25
    static let double: UInt32 = 701
    static let tsvector: UInt32 = 3614
    static let byteaArray: UInt32 = 1001
    static let textArray: UInt32 = 1009
    static let bigintArray: UInt32 = 1016
    static let doubleArray: UInt32 = 1022
    static let tsvectorArray: UInt32 = 3643
  }

  let type: UInt32
  /// Nil is NULL.
  let bytes: [UInt8]?

  private init(_ type: UInt32, _ bytes: [UInt8]?) {
    self.type = type
    self.bytes = bytes
  }

  /// A number.
  public static func bigint(_ value: Int64) -> Parameter {
    Parameter(ObjectID.bigint, value.networkBytes)
  }

  /// A text, which must not contain U+0000.
  public static func text(_ value: String?) -> Parameter {
    Parameter(ObjectID.text, value.map { Array($0.utf8) })
  }

  /// A number with a fraction; nil is NULL.
  public static func double(_ value: Double?) -> Parameter {
    Parameter(ObjectID.double, value?.bitPattern.networkBytes)
  }

  /// A binary string; nil is NULL.
  public static func bytea(_ value: [UInt8]?) -> Parameter {
    Parameter(ObjectID.bytea, value)
  }

  /// An array of numbers, of which nil is NULL.
  public static func bigints(_ values: [Int64?]) -> Parameter {
    var array = ArrayBytes(of: ObjectID.bigint, count: values.count, size: values.count * 8)
    for value in values { array.append(value?.networkBytes) }
    return Parameter(ObjectID.bigintArray, array.bytes)
  }

  /// An array of numbers with a fraction.
  public static func doubles(_ values: [Double]) -> Parameter {
    var array = ArrayBytes(of: ObjectID.double, count: values.count, size: values.count * 8)
    for value in values { array.append(value.bitPattern.networkBytes) }
    return Parameter(ObjectID.doubleArray, array.bytes)
  }

  /// An array of texts, which must not contain U+0000.
  public static func texts(_ values: [String?]) -> Parameter {
    let size = values.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    var array = ArrayBytes(of: ObjectID.text, count: values.count, size: size)
    for value in values { array.append(value?.utf8) }
    return Parameter(ObjectID.textArray, array.bytes)
  }

  /// An array of binary strings.
  public static func byteas(_ values: [[UInt8]?]) -> Parameter {
    let size = values.reduce(0) { $0 + ($1?.count ?? 0) }
    var array = ArrayBytes(of: ObjectID.bytea, count: values.count, size: size)
    for value in values { array.append(value) }
    return Parameter(ObjectID.byteaArray, array.bytes)
  }

  /// An array of sets of words for full-text search, without positions. No word is empty or contains
  /// U+0000.
  public static func wordSets(_ values: [Set<[UInt8]>?]) -> Parameter {
    var array = ArrayBytes(of: ObjectID.tsvector, count: values.count, size: values.count * 256)
    for value in values {
      array.append(
        value.map { words in
          var bytes = Int32(words.count).networkBytes
          for word in words {
            bytes += word
            // The end of the word, and the number of its positions.
            bytes += [0, 0, 0]
          }
          return bytes
        }
      )
    }
    return Parameter(ObjectID.tsvectorArray, array.bytes)
  }
}

/// The binary form of an array of one dimension (`array_send` in PostgreSQL's arrayfuncs.c).
private struct ArrayBytes {
  private(set) var bytes: [UInt8] = []

  init(of element: UInt32, count: Int, size: Int) {
    self.bytes.reserveCapacity(20 + count * 4 + size)
    // The number of dimensions, and whether there may be NULLs.
    self.bytes += Int32(count == 0 ? 0 : 1).networkBytes
    self.bytes += Int32(1).networkBytes
    self.bytes += element.networkBytes
    guard count > 0 else { return }
    // The length and the first index.
    self.bytes += Int32(count).networkBytes
    self.bytes += Int32(1).networkBytes
  }

  mutating func append(_ element: (some Collection<UInt8>)?) {
    guard let element else {
      self.bytes += Int32(-1).networkBytes
      return
    }
    self.bytes += Int32(element.count).networkBytes
    self.bytes += element
  }
}

extension FixedWidthInteger {
  fileprivate var networkBytes: [UInt8] {
    withUnsafeBytes(of: self.bigEndian) { Array($0) }
  }
}
