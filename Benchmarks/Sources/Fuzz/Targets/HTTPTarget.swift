import Identifiers
import NIOCore
import TokenwireAPI

@testable import HTTPAPI
@testable import HTTPTransport
@testable import Listening
@testable import RPC

/// A server's whole connection of HTTP, with all routes. The input is an `HTTPScript`.
///
/// Whatever the peer does: what the server sends is HTTP and no internal error, its calls end with the
/// connection, and of the connection nothing is left.
struct HTTPTarget: FuzzTarget {
  static let groups = HTTPAPI(allowsAnonymous: true).groups()

  private static let transport = HTTPTransport(
    groups,
    limits: HTTPLimits(headerSize: 1024, contentSize: 4096, keepaliveInterval: .seconds(1)),
    crossOrigin: CrossOrigin(origins: ["https://a.example"])
  )

  let seeds = HTTPScript.examples

  func run(_ input: ByteBuffer) {
    let dispatcher = CallDispatcher(
      services: [FuzzedTokenwire().definition],
      limits: CallLimits(
        callsPerConnection: 4,
        calls: 8,
        messageSize: 4096,
        metadataSize: 1024,
        memory: 65_536
      ),
      logger: .silent
    )
    self.play(HTTPScript(input), dispatcher)
    dispatcher.load.checkNothingIsLeft()
  }

  private func play(_ script: HTTPScript, _ dispatcher: CallDispatcher) {
    let server = FuzzedServer(
      dispatcher,
      checking: HTTPOutputCheck(),
      Self.transport.addHandlers(to:)
    )
    for step in script {
      switch step {
      case .send(let bytes): for piece in Pieces(bytes) { server.receive(piece) }
      case .toggleReading: server.toggleWriting()
      case .wait: server.run()
      case .advance(let seconds): server.advance(by: seconds)
      case .endInput: server.endInput()
      case .drain: server.drain(gracePeriod: .seconds(1))
      }
    }
    server.close()
    fail("a call did not end", unless: server.isDone)
  }
}

/// Looks at the beginning of what is sent, which tells the version, and then at frames or statuses.
private struct HTTPOutputCheck: OutputChecking {
  private var sent = ByteBuffer()
  private var hasBegun = false
  private var isHTTP1 = false

  private static let beginning = "HTTP/1."
  private static let largestFrame = 16_384

  mutating func check(_ bytes: ByteBuffer) {
    self.sent.writeImmutableBuffer(bytes)
    if !self.hasBegun, self.sent.readableBytes >= Self.beginning.utf8.count {
      self.hasBegun = true
      self.isHTTP1 = self.sent.readableBytesView.starts(with: Self.beginning.utf8)
    }
    if self.isHTTP1 {
      let text = String(buffer: self.sent)
      fail("there is an internal error: \(text)", unless: !text.contains(" 500 Internal"))
      self.sent.clear()
    } else if self.hasBegun {
      self.checkFrames()
    }
  }

  /// RFC 9113 section 4.1.
  private mutating func checkFrames() {
    while let (high, low, type) = self.sent.getMultipleIntegers(
      at: self.sent.readerIndex,
      as: (UInt8, UInt16, UInt8).self
    ) {
      let length = Int(high) << 16 | Int(low)
      fail("a frame has \(length) bytes", unless: length <= Self.largestFrame)
      fail("a frame has the type \(type)", unless: type <= 9)
      guard self.sent.readSlice(length: 9 + length) != nil else { return }
    }
  }
}
