internal import Identifiers
internal import NIOHPACK
internal import RPC

/// The header fields with which a call begins.
struct CallHead {
  var method: MethodDescriptor
  var metadata: Metadata
  var timeout: Duration?
  /// How compressed messages are compressed; nil when none may be.
  var encoding: MessageEncoding?

  /// Reads the fields.
  ///
  /// - Parameter sizeLimit: the size of the fields, in bytes of names and values; by default without limit,
  ///   for those that HTTP has measured.
  /// - Throws: why the call cannot be served.
  init(_ headers: HPACKHeaders, sizeLimit: Int = .max) throws(CallError) {
    let size = headers.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    guard size <= sizeLimit else {
      throw CallError(
        .resourceExhausted,
        "The call's header fields have \(size) bytes, over \(sizeLimit): send less metadata"
      )
    }
    guard let verb = headers.first(name: ":method"), verb.utf8.elementsEqual("POST".utf8) else {
      throw CallError(.unimplemented, "The method of a gRPC call is POST")
    }
    let type = headers.first(name: "content-type") ?? ""
    guard ContentType.isProtobuf(type) else {
      throw CallError(
        .unimplemented,
        "The content type \"\(type)\" is not served: send application/grpc, with messages of protobuf"
      )
    }
    self.method = try MethodDescriptor(path: headers.first(name: ":path") ?? "")
    self.timeout = try headers.first(name: "grpc-timeout").map { (text) throws(CallError) in
      try Duration(timeout: text)
    }
    self.encoding = try headers.first(name: "grpc-encoding").flatMap { (name) throws(CallError) in
      try MessageEncoding(named: name)
    }
    self.metadata = Metadata()
    for field in headers where !field.name.isReserved {
      self.metadata.add(field.value, for: Identifier(field.name))
    }
  }
}

extension MethodDescriptor {
  /// - Parameter path: "/service/method".
  fileprivate init(path: String) throws(CallError) {
    let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, !parts[1].isEmpty, !parts[2].isEmpty else {
      throw CallError(.unimplemented, "The path \"\(path)\" must be /service/method")
    }
    self.init(
      service: Identifier(String(decoding: parts[1], as: UTF8.self)),
      method: Identifier(String(decoding: parts[2], as: UTF8.self))
    )
  }
}

extension Duration {
  /// Longer timeouts are no timeouts, and are cut.
  private static let longest = Duration.seconds(365 * 86400)

  /// - Parameter text: one to eight digits and a unit, as "grpc-timeout" has them.
  init(timeout text: String) throws(CallError) {
    let digits = text.utf8.dropLast()
    guard 1 ... 8 ~= digits.count,
      digits.allSatisfy({ UInt8(ascii: "0") ... UInt8(ascii: "9") ~= $0 }),
      let count = Int64(String(decoding: digits, as: UTF8.self)),
      let unit = text.utf8.last.flatMap(Self.init(unitOfTimeout:))
    else {
      throw CallError(
        .invalidArgument,
        "The grpc-timeout \"\(text)\" must be 1 to 8 digits, and then H, M, S, m, u or n"
      )
    }
    self = min(unit * Int(count), Self.longest)
  }

  private init?(unitOfTimeout letter: UInt8) {
    switch letter {
    case UInt8(ascii: "H"): self = .seconds(3600)
    case UInt8(ascii: "M"): self = .seconds(60)
    case UInt8(ascii: "S"): self = .seconds(1)
    case UInt8(ascii: "m"): self = .milliseconds(1)
    case UInt8(ascii: "u"): self = .microseconds(1)
    case UInt8(ascii: "n"): self = .nanoseconds(1)
    default: return nil
    }
  }
}

extension String {
  /// Whether a field of this name is not metadata: it belongs to HTTP or gRPC.
  fileprivate var isReserved: Bool {
    self.utf8.first == UInt8(ascii: ":") || self.utf8.starts(with: "grpc-".utf8)
      || self.utf8.elementsEqual("te".utf8) || self.utf8.elementsEqual("content-type".utf8)
  }
}
