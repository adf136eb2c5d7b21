public import CProtobufC
public import NIOCore

/// A message that is encoded and decoded through protoc-c's struct for it.
///
/// The struct exists during one call only, in an arena that is freed when the call returns.
public protocol CMessage: Message {
  associatedtype CStruct

  /// protoc-c's description of the message.
  static var descriptor: ProtobufCMessageDescriptor { get }

  /// protoc-c's function `unpack`; nil when the bytes are not this message.
  static func unpack(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<CStruct>?

  /// Copies the values out of `c`.
  init(_ c: CStruct) throws(MessageError)

  /// Initializes `c` with the values of this message; what it points to is allocated in `arena`.
  func copy(to c: inout CStruct, in arena: inout Arena)
}

extension CMessage {
  /// Decodes a message with protoc-c's `unpack`.
  @inlinable
  public static func decode(_ bytes: ByteBuffer) throws(MessageError) -> Self {
    let result = bytes.withUnsafeReadableBytes { bytes in
      Arena.withArena { arena in
        self.decode(bytes.bindMemory(to: UInt8.self), in: &arena)
      }
    }
    return try result.get()
  }

  /// Returns errors as values, because the closures of NIO and the standard library lose their
  /// type.
  @inlinable
  static func decode(
    _ bytes: UnsafeBufferPointer<UInt8>,
    in arena: inout Arena
  ) -> Result<Self, MessageError> {
    withUnsafeMutablePointer(to: &arena) { arena in
      var allocator = ProtobufCAllocator(
        alloc: { arena, size in
          arena?.assumingMemoryBound(to: Arena.self).pointee.allocate(byteCount: size)
        },
        // The arena is freed as a whole.
        free: { _, _ in },
        allocator_data: arena
      )
      guard let unpacked = Self.unpackInWireForm(&allocator, bytes) else {
        return .failure(MessageError("the bytes are not a \(Self.self)"))
      }
      return Result { () throws(MessageError) in try Self(unpacked.pointee) }
    }
  }

  /// Unpacks a message as protobuf's specification says.
  ///
  /// - Returns: nil when the bytes are not this message.
  @inlinable
  static func unpackInWireForm(
    _ allocator: UnsafeMutablePointer<ProtobufCAllocator>,
    _ bytes: UnsafeBufferPointer<UInt8>
  ) -> UnsafeMutablePointer<CStruct>? {
    switch WireForm(of: bytes, Self.descriptor) {
    case .asItIs: Self.unpack(allocator, bytes)
    // What is unpacked does not point into the bytes.
    case .rewritten(let bytes): bytes.withUnsafeBufferPointer { Self.unpack(allocator, $0) }
    case .malformed: nil
    }
  }

  /// Appends the message's wire form to the buffer.
  @inlinable
  public func encode(into buffer: inout ByteBuffer) {
    Arena.withArena { arena in
      guard let message = arena.message(self) else { return }
      message.withMemoryRebound(to: ProtobufCMessage.self, capacity: 1) { message in
        let size = protobuf_c_message_get_packed_size(message)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { bytes in
          protobuf_c_message_pack(message, bytes.bindMemory(to: UInt8.self).baseAddress)
        }
      }
    }
  }
}
