import NIOCore

/// Connections of HTTP that send some bytes, and then wait for what the server does about them.
struct SentBytes: Attack {
  let name: String
  /// What one connection each sends.
  let bytes: @Sendable () -> [ByteBuffer]

  func attack(_ target: Target) async throws {
    await withTaskGroup { group in
      for (index, bytes) in self.bytes().enumerated() {
        group.addTask {
          // Some take no answer.
          try? await target.withConnection(reads: !index.isMultiple(of: 3)) { connection in
            try await connection.send(bytes)
            try await connection.waitForEnd(atMost: 3)
          }
        }
      }
    }
  }

  static let overHTTP1 = SentBytes(name: "hostile HTTP/1.1") {
    let body = #"{"prompt":"Go","max_tokens":1000000,"stream":true}"#
    let head = "POST /v1/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    let whole = "\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    return [
      String(repeating: whole, count: 100), String(head.prefix(60)),
      "\(head)Content-Length: 4000000\r\n\r\n{",
      "\(head)Transfer-Encoding: chunked\r\n\r\nffffff\r\n{",
      head + String(repeating: "a: b\r\n", count: 100_000), whole + "\r\n\u{0}\u{1}rubbish",
      "\(head)Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    ].map { ByteBuffer(string: $0) }
  }

  static let overHTTP2 = SentBytes(name: "hostile HTTP/2") {
    [
      // Rapid reset; resets that the server is made to send; pings; settings.
      .http2 { stream, bytes in
        bytes.writeHTTP2Call(stream: stream)
        bytes.writeHTTP2(3, stream: stream, ByteBuffer(integer: UInt32(8)))
      },
      .http2 { stream, bytes in
        bytes.writeHTTP2Call(stream: stream)
        bytes.writeHTTP2(8, stream: stream, ByteBuffer(integer: UInt32(0)))
      },
      .http2 { stream, bytes in bytes.writeHTTP2(6, ByteBuffer(integer: UInt64(stream))) },
      .http2 { stream, bytes in
        var setting = ByteBuffer(integer: UInt16(4))
        setting.writeInteger(stream)
        bytes.writeHTTP2(4, setting)
      },
      // Header fields without end; streams without end; empty messages.
      .http2 { stream, bytes in bytes.writeHTTP2(stream == 1 ? 1 : 9, stream: 1) },
      .http2 { stream, bytes in bytes.writeHTTP2Call(stream: stream, isWhole: false) },
      .http2 { stream, bytes in
        if stream == 1 { bytes.writeHTTP2Call(stream: 1, isWhole: false) }
        bytes.writeHTTP2(0, stream: 1)
      },
      // No windows, and windows byte by byte; frames that mean nothing.
      .http2(window: 0) { stream, bytes in
        if stream < 100 { bytes.writeHTTP2Call(stream: stream) }
      },
      .http2(window: 0) { stream, bytes in
        if stream == 1 { bytes.writeHTTP2Call(stream: stream) }
        bytes.writeHTTP2(8, stream: 1, ByteBuffer(integer: UInt32(1)))
      },
      .http2 { _, bytes in
        let rubbish = (0 ..< Int.random(in: 0 ... 20)).map { _ in UInt8.random(in: 0 ... .max) }
        bytes.writeHTTP2(
          .random(in: 0 ... 10),
          flags: .random(in: 0 ... .max),
          stream: .random(in: 0 ..< 50),
          ByteBuffer(bytes: rubbish)
        )
      },
    ]
  }
}

extension ByteBuffer {
  /// A preface, settings, and two thousand times what a closure appends for a stream.
  ///
  /// - Parameter window: the first window of streams.
  fileprivate static func http2(
    window: UInt32 = 65_535,
    _ append: (UInt32, inout ByteBuffer) -> Void
  ) -> ByteBuffer {
    var bytes = ByteBuffer(string: "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    var setting = ByteBuffer(integer: UInt16(4))
    setting.writeInteger(window)
    bytes.writeHTTP2(4, setting)
    for index in UInt32(0) ..< 2000 { append(2 * index + 1, &bytes) }
    return bytes
  }

  /// Appends a frame (RFC 9113 section 4.1).
  fileprivate mutating func writeHTTP2(
    _ type: UInt8,
    flags: UInt8 = 0,
    stream: UInt32 = 0,
    _ payload: ByteBuffer = ByteBuffer()
  ) {
    self.writeInteger(UInt8(payload.readableBytes >> 16))
    self.writeInteger(UInt16(truncatingIfNeeded: payload.readableBytes))
    self.writeMultipleIntegers(type, flags, stream)
    self.writeImmutableBuffer(payload)
  }

  /// Appends a call of gRPC for a long text.
  fileprivate mutating func writeHTTP2Call(stream: UInt32, isWhole: Bool = true) {
    var block = ByteBuffer()
    for (name, value) in [
      (":method", "POST"), (":scheme", "http"), (":authority", "a"),
      (":path", "/tokenwire.v1.Tokenwire/Generate"), ("content-type", "application/grpc"),
    ] {
      block.writeInteger(UInt8(0))
      for text in [name, value] {
        block.writeInteger(UInt8(text.utf8.count))
        block.writeString(text)
      }
    }
    self.writeHTTP2(1, flags: 4, stream: stream, block)
    guard isWhole else { return }
    var request = ByteBuffer()
    request.writeField(2, ByteBuffer(string: "Go"))
    request.writeTag(6, wireType: 0)
    request.writeVarint(1_000_000)
    self.writeHTTP2(0, flags: 1, stream: stream, .grpcMessage(request))
  }
}
