internal import CPostgreSQL
public import Identifiers

/// The rows that a statement has returned, in binary form.
///
/// Rows and columns count from 0. A value of another type than is asked for is a fault of the
/// program, and is nil.
public final class Rows {
  private let result: OpaquePointer?

  init(_ result: OpaquePointer?) {
    self.result = result
  }

  deinit {
    PQclear(self.result)
  }

  /// The number of rows.
  public var count: Int { Int(PQntuples(self.result)) }

  /// The rows that a statement without results has changed.
  public var changedCount: Int {
    PQcmdTuples(self.result).flatMap { Int(String(cString: $0)) } ?? 0
  }

  /// A whole number of any size; nil for NULL.
  public func integer(_ row: Int, _ column: Int) -> Int64? {
    guard let bytes = self.value(row, column), [1, 2, 4, 8].contains(bytes.count) else {
      return nil
    }
    // The first byte has the sign, except of a boolean.
    var value = bytes.count == 1 ? Int64(bytes[0]) : Int64(Int8(bitPattern: bytes[0]))
    for byte in bytes.dropFirst() { value = value << 8 | Int64(byte) }
    return value
  }

  /// A number of `double precision`; nil for NULL.
  public func double(_ row: Int, _ column: Int) -> Double? {
    self.value(row, column).flatMap { bytes in
      guard bytes.count == 8 else { return nil }
      return Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) })
    }
  }

  /// A text; nil for NULL.
  public func text(_ row: Int, _ column: Int) -> String? {
    self.value(row, column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// As `text`, for names that are compared.
  public func identifier(_ row: Int, _ column: Int) -> Identifier? {
    self.text(row, column).map { Identifier($0) }
  }

  /// The bytes of a value; nil for NULL.
  public func bytes(_ row: Int, _ column: Int) -> [UInt8]? {
    self.value(row, column).map { Array($0) }
  }

  /// Valid as long as the result.
  private func value(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
    guard PQgetisnull(self.result, CInt(row), CInt(column)) == 0 else { return nil }
    return UnsafeRawBufferPointer(
      start: PQgetvalue(self.result, CInt(row), CInt(column)),
      count: Int(PQgetlength(self.result, CInt(row), CInt(column)))
    )
  }
}
