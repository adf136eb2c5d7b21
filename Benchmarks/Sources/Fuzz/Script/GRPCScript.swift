import Foundation
import NIOCore

/// What a client of gRPC does on a connection, read from an input. Most of its frames are well-formed.
struct GRPCScript: Sequence, IteratorProtocol {
  private var input: HTTPScript

  init(_ input: ByteBuffer) {
    self.input = HTTPScript(input)
  }

  mutating func next() -> HTTPScript.Step? {
    guard !self.input.isAtEnd else { return nil }
    let kind: UInt8 = self.input.readNumber()
    switch kind % 14 {
    case 0: return .wait
    case 1: return .toggleReading
    case 2: return .advance(Int64(self.input.readNumber() as UInt8))
    case 3: return .endInput
    case 4: return .drain
    case 5: return .send(self.input.readBytes())
    case 6: return .send(HTTPScript.preface)
    case 7, 8: return .send(self.readCall())
    case 9, 10: return .send(self.readMessages())
    case 11: return .send(self.input.readFrame())
    case 12: return .send(self.input.readUsefulFrame())
    default: return .send(self.readWebRequest())
    }
  }
}

extension GRPCScript {
  private static let paths = [
    "/f/u", "/f/e", "/f/w", "/f/s", "/f/c", "/f/b", "/f/x", "/x/u", "/", "",
  ]

  /// Fields that change how a call is read or answered.
  private static let fields = [
    ("grpc-timeout", "1n"), ("grpc-timeout", "2S"), ("grpc-timeout", "1"),
    ("grpc-encoding", "gzip"), ("grpc-encoding", "identity"), ("grpc-encoding", "br"),
    ("a-bin", "YQ"), ("a-bin", "*"), ("x-request-id", "a"), ("content-length", "3"),
    ("authorization", "Bearer a.b.c"), ("content-type", "application/grpc+json"),
  ]

  private static let webTypes = [
    "application/grpc-web", "application/grpc-web-text", "application/grpc-web+json",
  ]

  /// The head of a call, with some fields more, and its messages if a flag says so.
  private mutating func readCall() -> ByteBuffer {
    let stream = UInt32(self.input.readNumber() as UInt8)
    let flags: UInt8 = self.input.readNumber()
    var block = ByteBuffer()
    HTTPScript.write(":method", flags & 1 == 0 ? "POST" : "GET", to: &block)
    HTTPScript.write(":scheme", "http", to: &block)
    HTTPScript.write(":authority", "a", to: &block)
    HTTPScript.write(":path", self.input.readChoice(of: Self.paths), to: &block)
    let isWeb = flags & 2 != 0
    let type = isWeb ? self.input.readChoice(of: Self.webTypes) : "application/grpc"
    HTTPScript.write("content-type", type, to: &block)
    for _ in 0 ..< (flags >> 2) & 3 {
      let (name, value) = self.input.readChoice(of: Self.fields)
      HTTPScript.write(name, value, to: &block)
    }
    if flags & 16 != 0 {
      HTTPScript.write("x-a", String(buffer: self.input.readBytes()), to: &block)
    }
    let endsHere: UInt8 = flags & 32 == 0 ? 0 : 1
    var bytes = HTTPScript.frame(1, flags: 4 | endsHere, stream: stream, block)
    if flags & 64 == 0 {
      let body = self.readBody()
      bytes.writeImmutableBuffer(
        HTTPScript.frame(0, flags: flags & 128 == 0 ? 1 : 0, stream: stream, body)
      )
    }
    return bytes
  }

  /// More messages of a call.
  private mutating func readMessages() -> ByteBuffer {
    let stream = UInt32(self.input.readNumber() as UInt8)
    let flags: UInt8 = self.input.readNumber()
    return HTTPScript.frame(0, flags: flags & 1, stream: stream, self.readBody())
  }

  /// Messages with their prefixes, of which some lie.
  private mutating func readBody() -> ByteBuffer {
    var body = ByteBuffer()
    let flags: UInt8 = self.input.readNumber()
    for _ in 0 ..< flags & 3 {
      let message = self.input.readBytes()
      body.writeInteger(flags & 4 == 0 ? 0 : self.input.readNumber() as UInt8)
      body.writeInteger(
        flags & 8 == 0
          ? UInt32(message.readableBytes) : UInt32(self.input.readNumber() as UInt16)
      )
      body.writeImmutableBuffer(message)
    }
    return body
  }

  /// A request of a browser over HTTP/1.1.
  private mutating func readWebRequest() -> ByteBuffer {
    let path = self.input.readChoice(of: Self.paths)
    let type = self.input.readChoice(of: Self.webTypes)
    let (name, value) = self.input.readChoice(of: Self.fields)
    var body = self.readBody()
    let isEncoded: UInt8 = self.input.readNumber()
    if isEncoded & 1 == 0, type.hasSuffix("text") {
      body = ByteBuffer(string: Data(body.readableBytesView).base64EncodedString())
    }
    var bytes = ByteBuffer(
      string: "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Type: \(type)\r\n\(name): \(value)\r\n"
    )
    bytes.writeString("Content-Length: \(body.readableBytes)\r\n\r\n")
    bytes.writeImmutableBuffer(body)
    return bytes
  }
}

extension GRPCScript {
  /// Inputs that come to each method in each way.
  static let examples: [ByteBuffer] = {
    let message: [UInt8] = [3, 0x0A, 1, 0x61]
    let compressed: [UInt8] = [
      23, 31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 227, 98, 76, 4, 0, 75, 60, 120, 209, 3, 0, 0, 0,
    ]
    var examples: [[UInt8]] = []
    for path in Self.paths.indices.map(UInt8.init) {
      // A whole call, one of a browser over both versions, and one in parts.
      examples.append([6, 7, 1, 0, path, 1] + message + [0])
      examples.append([6, 7, 1, 2, path, 0, 1] + message + [0])
      examples.append([13, path, 0, 8, 1] + message + [1, 0])
      examples.append([13, path, 1, 8, 1] + message + [0, 0])
      examples.append(
        [6, 7, 1, 64, path, 0, 9, 1, 0, 1] + message + [0, 9, 1, 1, 2] + message + message
      )
    }
    // Each field; compressed messages, of which one is cut off.
    for field in Self.fields.indices.map(UInt8.init) {
      examples.append([6, 7, 1, 4, 0, field, 1] + message + [0])
    }
    examples.append([6, 7, 1, 4, 0, 3, 5] + compressed + [1, 0])
    examples.append([6, 7, 1, 4, 5, 3, 5] + compressed.prefix(20) + [1, 0])
    // A length that is not the message's, in parts.
    examples.append([6, 7, 1, 0x80, 0, 9] + message + [0, 4, 0, 9, 1, 1, 1] + message + [0])
    // Resets, no reading, windows, timeouts, the end.
    examples.append([6, 7, 1, 0, 2, 1] + message + [0, 12, 0, 1, 8, 0])
    examples.append([6, 1, 7, 1, 0, 3, 1] + message + [0, 1, 0, 12, 1, 1, 20, 0])
    examples.append([6, 12, 3, 0, 4, 0, 0, 0, 0, 7, 1, 0, 3, 1] + message + [0, 12, 1, 1, 5, 0])
    examples.append([6, 7, 1, 64, 0, 0, 2, 255, 0, 4, 0, 2, 5, 0])
    examples.append([6, 7, 1, 4, 2, 1, 1] + message + [0, 2, 3, 0, 3, 0])
    examples.append([6, 12, 2, 0, 0, 12, 2, 0, 0, 12, 2, 0, 0, 12, 2, 0, 0, 0])
    return examples.map { ByteBuffer(bytes: $0) }
  }()
}
