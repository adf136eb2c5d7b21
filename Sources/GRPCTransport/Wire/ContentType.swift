/// The content types of gRPC.
enum ContentType {
  /// What is served, and sent.
  static let protobuf = "application/grpc"

  private static let names = ["application/grpc", "application/grpc+proto"]

  /// Whether this is gRPC over HTTP/2, in any format.
  static func isGRPC(_ type: String) -> Bool {
    let name = Self.name(of: type)
    return name.starts(with: Self.protobuf.utf8)
      && [nil, UInt8(ascii: "+")].contains(name.dropFirst(Self.protobuf.utf8.count).first)
  }

  /// Whether the messages are encoded as protobuf.
  static func isProtobuf(_ type: String) -> Bool {
    Self.names.contains { Self.name(of: type).elementsEqual($0.utf8) }
  }

  /// The type without parameters, in lower case.
  private static func name(of type: String) -> [UInt8] {
    type.utf8.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }.map {
      UInt8(ascii: "A") ... UInt8(ascii: "Z") ~= $0 ? $0 | 0x20 : $0
    }
  }
}
