import NIOCore
import NIOHTTP1

@testable import HTTPTransport

/// What a peer does on a connection of HTTP, read from an input.
///
/// Most of its requests and frames are well-formed: a mutation of plain bytes would hardly ever come
/// past the first head.
struct HTTPScript: Sequence, IteratorProtocol {
  enum Step {
    case send(ByteBuffer)
    /// Takes no bytes from now on, or takes them again.
    case toggleReading
    /// Lets the other side do what it has to do.
    case wait
    /// So many seconds pass.
    case advance(Int64)
    /// Closes its side.
    case endInput
    /// The server is told to stop.
    case drain
  }

  private var input: ByteBuffer

  init(_ input: ByteBuffer) {
    self.input = input
  }

  var isAtEnd: Bool { self.input.readableBytes == 0 }

  mutating func next() -> Step? {
    guard let kind: UInt8 = self.input.readInteger() else { return nil }
    switch kind % 14 {
    case 0: return .wait
    case 1: return .toggleReading
    case 2: return .advance(Int64(self.readNumber() as UInt8))
    case 3: return .endInput
    case 4: return .drain
    case 5: return .send(self.readBytes())
    case 6, 7: return .send(self.readRequest())
    case 8: return .send(self.readChunkedRequest())
    case 9: return .send(Self.preface)
    case 10, 11: return .send(self.readStreamRequest())
    case 12: return .send(self.readFrame())
    default: return .send(self.readUsefulFrame())
    }
  }
}

extension HTTPScript {
  /// A route that is asked, and a body that it understands.
  private struct Target {
    var method: String
    var path: String
    var body: String
  }

  private static let targets: [Target] = HTTPTarget.groups.flatMap(\.routes).map { route in
    let path = route.path.replacing("{id}", with: "m")
    return Target(method: route.method.rawValue, path: path, body: Self.body(for: path))
  }

  private static func body(for path: String) -> String {
    if path.hasSuffix("/chat/completions") || path.hasSuffix("/messages") {
      return #"{"messages":[{"role":"user","content":"@"}],"max_tokens":5,"stream":true}"#
    }
    if path.hasSuffix("/completions") { return #"{"prompt":["@","b"],"n":2,"echo":true}"# }
    if path.hasSuffix("/responses") { return #"{"input":"@","stream":true}"# }
    if path.hasSuffix("/QueryLogs") { return #"{"follow":true}"# }
    return #"{"prompt":"@"}"#
  }

  /// Fields that change how a request is read or answered.
  private static let fields = [
    "", "Connection: close\r\n", "Expect: 100-continue\r\n", "Accept: text/event-stream\r\n",
    "Accept: application/x-ndjson\r\n", "Upgrade: h2c\r\nConnection: upgrade\r\n",
    "Content-Encoding: gzip\r\n", "Origin: https://a.example\r\n",
    "Authorization: Bearer a.b.c\r\n",
    "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "Connect-Timeout-Ms: 1\r\n",
    "X-Request-Id: a\r\n", "Connection: keep-alive\r\n", "Trailer: a\r\n", "Expect: 1\r\n",
  ]

  private static let wishes = ["a", "wait", "fail", "fail first", "much", "much wait", "\\u0000"]

  mutating func readNumber<Number: FixedWidthInteger>() -> Number {
    self.input.readInteger() ?? 0
  }

  mutating func readBytes() -> ByteBuffer {
    let length: UInt8 = self.readNumber()
    return self.input.readSlice(length: Swift.min(Int(length), self.input.readableBytes))
      ?? ByteBuffer()
  }

  mutating func readChoice<Element>(of elements: [Element]) -> Element {
    let number: UInt8 = self.readNumber()
    return elements[Int(number) % elements.count]
  }

  private mutating func readTarget() -> (target: Target, body: ByteBuffer) {
    let target = self.readChoice(of: Self.targets)
    let wish = self.readNumber() as UInt8
    if wish == 0xFF { return (target, self.readBytes()) }
    let text = Self.wishes[Int(wish) % Self.wishes.count]
    return (target, ByteBuffer(string: target.body.replacing("@", with: text)))
  }

  private mutating func readHead(_ target: Target) -> String {
    let flags: UInt8 = self.readNumber()
    let method = flags & 1 == 0 ? target.method : ["HEAD", "OPTIONS", "PUT"][Int(flags >> 6) % 3]
    let query = flags & 2 == 0 ? "" : "?" + String(buffer: self.readBytes())
    let version = flags & 4 == 0 ? "1.1" : "1.0"
    let first = flags & 8 == 0 ? "" : self.readChoice(of: Self.fields)
    let second = flags & 16 == 0 ? "" : self.readChoice(of: Self.fields)
    return "\(method) \(target.path)\(query) HTTP/\(version)\r\nHost: a\r\n"
      + "Content-Type: application/json\r\n\(first)\(second)"
  }

  private mutating func readRequest() -> ByteBuffer {
    let (target, body) = self.readTarget()
    var bytes = ByteBuffer(string: self.readHead(target))
    bytes.writeString("Content-Length: \(body.readableBytes)\r\n\r\n")
    bytes.writeImmutableBuffer(body)
    return bytes
  }

  private mutating func readChunkedRequest() -> ByteBuffer {
    let (target, body) = self.readTarget()
    var bytes = ByteBuffer(string: self.readHead(target))
    bytes.writeString("Transfer-Encoding: chunked\r\n\r\n")
    var rest = body
    let size = Int(Swift.max(1, self.readNumber() as UInt8))
    while let chunk = rest.readSlice(length: Swift.min(size, rest.readableBytes)),
      chunk.readableBytes > 0
    {
      bytes.writeString(String(chunk.readableBytes, radix: 16) + "\r\n")
      bytes.writeImmutableBuffer(chunk)
      bytes.writeString("\r\n")
    }
    bytes.writeString("0\r\n\r\n")
    return bytes
  }
}

// HTTP/2 (RFC 9113), with fields that are never compressed (RFC 7541 section 6.2.2).
extension HTTPScript {
  /// The preface and empty settings.
  static let preface: ByteBuffer = {
    var bytes = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    bytes.writeImmutableBuffer(Self.frame(4, flags: 0, stream: 0, ByteBuffer()))
    return bytes
  }()

  static func frame(
    _ type: UInt8,
    flags: UInt8,
    stream: UInt32,
    _ payload: ByteBuffer
  ) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeInteger(UInt8(payload.readableBytes >> 16))
    bytes.writeInteger(UInt16(truncatingIfNeeded: payload.readableBytes))
    bytes.writeMultipleIntegers(type, flags, stream)
    bytes.writeImmutableBuffer(payload)
    return bytes
  }

  static func write(_ name: String, _ value: String, to block: inout ByteBuffer) {
    block.writeInteger(0 as UInt8)
    for text in [name, value] {
      let text = text.utf8.prefix(126)
      block.writeInteger(UInt8(text.count))
      block.writeBytes(text)
    }
  }

  private mutating func readStreamRequest() -> ByteBuffer {
    let stream = UInt32(self.readNumber() as UInt8)
    let (target, body) = self.readTarget()
    let flags: UInt8 = self.readNumber()
    var block = ByteBuffer()
    Self.write(":method", flags & 1 == 0 ? target.method : "HEAD", to: &block)
    Self.write(":scheme", "http", to: &block)
    Self.write(":authority", "a", to: &block)
    Self.write(":path", target.path, to: &block)
    Self.write("content-type", "application/json", to: &block)
    if flags & 2 != 0 { Self.write("accept", "text/event-stream", to: &block) }
    if flags & 4 != 0 { Self.write("expect", "100-continue", to: &block) }
    if flags & 8 != 0 { Self.write("content-length", "\(body.readableBytes)", to: &block) }
    if flags & 16 != 0 {
      Self.write(
        String(buffer: self.readBytes()),
        String(buffer: self.readBytes()),
        to: &block
      )
    }
    let isEnd: UInt8 = flags & 32 == 0 ? 1 : 0
    var bytes = Self.frame(1, flags: 4, stream: stream, block)
    bytes.writeImmutableBuffer(Self.frame(0, flags: isEnd, stream: stream, body))
    return bytes
  }

  mutating func readFrame() -> ByteBuffer {
    let (type, flags, stream) = (
      self.readNumber() as UInt8, self.readNumber() as UInt8, self.readNumber() as UInt8
    )
    return Self.frame(type % 12, flags: flags, stream: UInt32(stream), self.readBytes())
  }

  /// One that has the right length for its type.
  mutating func readUsefulFrame() -> ByteBuffer {
    let kind: UInt8 = self.readNumber()
    let stream = UInt32(self.readNumber() as UInt8)
    let number: UInt8 = self.readNumber()
    switch kind % 5 {
    case 0: return Self.frame(3, flags: 0, stream: stream, ByteBuffer(integer: UInt32(number)))
    case 1:
      // A window, of up to all there is.
      let size = (1 as UInt32) << (UInt32(number) % 31)
      return Self.frame(8, flags: 0, stream: stream, ByteBuffer(integer: size))
    case 2: return Self.frame(6, flags: number & 1, stream: 0, ByteBuffer(integer: UInt64(number)))
    case 3:
      var setting = ByteBuffer(integer: UInt16(number % 8))
      setting.writeInteger(self.readNumber() as UInt32)
      return Self.frame(4, flags: 0, stream: 0, setting)
    default:
      var end = ByteBuffer(integer: stream)
      end.writeInteger(UInt32(number))
      return Self.frame(7, flags: 0, stream: 0, end)
    }
  }
}

extension HTTPScript {
  /// Inputs that come to each route in each way, and to each state of a request.
  static let examples: [ByteBuffer] = {
    var examples: [[UInt8]] = []
    for index in Self.targets.indices.map(UInt8.init) {
      for wish in Self.wishes.indices.map(UInt8.init) {
        examples.append([6, index, wish, 0, 0])
      }
      examples.append([8, index, 0, 0, 5, 0, 6, index, 0, 8, 3, 0])
      examples.append([9, 10, 1, index, 0, 0, 0, 10, 3, index, 1, 2, 0])
    }
    // Pipelined, not read, waiting, half closed, drained, late.
    examples.append([1, 6, 0, 4, 0, 6, 0, 4, 0, 0, 1, 0, 3, 0])
    examples.append([6, 0, 1, 0, 0, 4, 0, 2, 5])
    examples.append([5, 4, 0x47, 0x45, 0x54, 0x20, 2, 255, 0])
    // Frames: a reset in the middle, little credit and more of it, settings, the end.
    examples.append([9, 10, 1, 0, 1, 0, 0, 13, 0, 1, 8, 0, 13, 4, 0, 0, 0])
    examples.append([
      9, 13, 3, 0, 4, 0, 0, 0, 9, 10, 1, 0, 4, 0, 0, 13, 1, 1, 10, 0, 13, 1, 1, 20, 0,
    ])
    return examples.map { ByteBuffer(bytes: $0) }
  }()
}
