import GRPCCore

/// An expectation that is not met.
struct Failure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }
}

/// Expects that the two, which are described by `what`, are equal.
func expect<Value: Equatable>(_ what: String, _ found: Value, is expected: Value) throws {
  guard found != expected else { return }
  throw Failure("\(what): \(found), expected: \(expected)")
}

/// Expects that the message has a payload of this many bytes, all zero.
func expectZeros(_ message: Fields, _ size: Int) throws {
  let body = try message.fields(1)?.fields(2)?.bytes ?? []
  try expect("size of a payload", body.count, is: size)
  try expect("whether a payload is of zeros", body.allSatisfy { $0 == 0 }, is: true)
}

/// Expects that the call fails with this code, and with this message if one is given.
func expectError(
  _ code: RPCError.Code,
  _ message: String? = nil,
  _ call: () async throws -> Void
) async throws {
  do {
    try await call()
  } catch let error as RPCError {
    try expect("code of \(error)", error.code, is: code)
    // Canonically equal texts are not the same message.
    if let message { try expect("message", Array(error.message.utf8), is: Array(message.utf8)) }
    return
  }
  throw Failure("a call has not failed, expected: \(code)")
}
