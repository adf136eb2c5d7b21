package import Identifiers
internal import JSON
package import NIOCore

/// A proto file as protobuf itself describes it, for server reflection. `ProtoFile.all` is generated
/// (`make proto`).
package struct ProtoFile: Sendable {
  /// The name that other files import it by, such as "grpc/health/v1/health.proto".
  package let name: Identifier
  /// The names of the files that it imports.
  package let imports: [Identifier]
  /// The full names of all that it defines, such as "grpc.health.v1.Health.Check".
  package let symbols: [Identifier]
  /// An encoded google.protobuf.FileDescriptorProto.
  package let descriptor: ByteBuffer

  /// Creates the description of a file.
  ///
  /// - Parameters:
  ///   - symbols: a full name in each line.
  ///   - base64: the descriptor, in base64. It must be that.
  package init(_ name: String, imports: [String], symbols: String, base64: String) {
    guard let descriptor = Base64.decode(base64) else {
      preconditionFailure("the descriptor of \(name) is not base64")
    }
    self.name = Identifier(name)
    self.imports = imports.map { Identifier($0) }
    self.symbols = symbols.utf8.split(separator: UInt8(ascii: "\n")).map {
      Identifier(Substring($0))
    }
    self.descriptor = ByteBuffer(bytes: descriptor)
  }
}
