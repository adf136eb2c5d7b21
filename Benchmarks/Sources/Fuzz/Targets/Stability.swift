import NIOCore
import Protobuf

extension Message {
  /// A message that is decoded, encoded and decoded again stays what it is. Compares bytes, because
  /// not even a NaN equals itself.
  static func checkStability(_ input: ByteBuffer) {
    guard let message = try? Self(serialized: input) else { return }
    let first = message.encoded
    do {
      let second = try Self(serialized: first).encoded
      fail("a \(Self.self) is not stable: \(message)", unless: first == second)
    } catch {
      fail("a \(Self.self) cannot be decoded again: \(error): \(message)", unless: false)
    }
  }

  private var encoded: ByteBuffer {
    var bytes = ByteBuffer()
    self.serialize(into: &bytes)
    return bytes
  }
}
