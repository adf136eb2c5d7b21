import Foundation
import GRPCTransport
import HTTPAPI
import HTTPTransport
import Listening
import NIOCore
import NIOHPACK
import RPC
import Recording
import TTRPC
import TestHTTP
import TestServers
import TokenwireAPI

/// What one side of a recorded connection said in HTTP/2, read without any table of fields.
struct RecordedHTTP2 {
  /// The fields of each header block.
  private(set) var blocks: [HPACKHeaders] = []
  private(set) var frames: [Frame] = []

  struct Frame {
    var kind: UInt8
    var flags: UInt8
    var payload: ByteBuffer

    func isOf(_ kind: FramePeer.FrameKind) -> Bool { self.kind == kind.rawValue }
  }

  init(_ recording: Recording, _ side: RecordedEvent.Side, of connection: Int = 1) throws {
    var bytes = recording.bytes(from: side, of: connection)
    if side == .client { bytes.moveReaderIndex(forwardBy: 24) }
    var block = ByteBuffer()
    while let frame = bytes.readFrame() {
      self.frames.append(frame)
      guard [.headers, .pushPromise, .continuation].contains(where: { frame.isOf($0) }) else {
        continue
      }
      var payload = frame.payload
      if frame.isOf(.headers), frame.flags & 0x20 != 0 { payload.moveReaderIndex(forwardBy: 5) }
      if frame.isOf(.pushPromise) { payload.moveReaderIndex(forwardBy: 4) }
      block.writeImmutableBuffer(payload)
      guard frame.flags & 4 != 0 else { continue }
      var decoder = HPACKDecoder(
        allocator: ByteBufferAllocator(),
        maxDynamicTableSize: 4_096,
        maxHeaderListSize: 1 << 21
      )
      self.blocks.append(try decoder.decodeHeaders(from: &block))
      block = ByteBuffer()
    }
  }

  /// The content of all streams.
  var content: String {
    self.frames.filter { $0.isOf(.data) }.map { String(buffer: $0.payload) }.joined()
  }
}

extension Recording {
  /// All bytes of a side of a connection that are not frames of ttrpc.
  func bytes(from side: RecordedEvent.Side, of connection: Int = 1) -> ByteBuffer {
    var result = ByteBuffer()
    for event in self.events where event.side == side && event.connection == connection {
      if case .bytes(let bytes) = event.kind { result.writeImmutableBuffer(bytes) }
    }
    return result
  }
}

extension ByteBuffer {
  fileprivate mutating func readFrame() -> RecordedHTTP2.Frame? {
    guard
      let (high, low, kind, flags, _) = self.readMultipleIntegers(
        as: (UInt8, UInt16, UInt8, UInt8, UInt32).self
      ), let payload = self.readSlice(length: Int(high) << 16 | Int(low))
    else { return nil }
    return RecordedHTTP2.Frame(kind: kind, flags: flags, payload: payload)
  }
}

extension StubService {
  /// Runs a server of this service in all protocols for as long as `body` runs.
  func serveHTTP<Result: Sendable>(
    _ body: @escaping @Sendable (Endpoint) async throws -> Result
  ) async throws -> Result {
    let server = RPCServer(
      endpoint: .anyPort,
      services: [self.definition],
      transports: [
        TTRPCTransport(),
        HTTPTransport(
          HTTPAPI(allowsAnonymous: true).groups(),
          streamProtocols: [GRPCTransport()]
        ),
      ],
      tls: nil,
      limits: CallLimits(),
      connectionLimits: ConnectionLimits(),
      timeouts: .patient,
      logger: .silent
    )
    return try await withEndpoint(of: server, body)
  }
}

/// What sides send on a connection, in this order.
typealias Said = [(side: RecordedEvent.Side, bytes: ByteBuffer)]

/// Records what is said on these connections, without a network.
func recordBytes(
  on connections: [Said],
  redactsTokens: Bool = true
) async throws -> (recording: Recording, lines: String) {
  try await withFolder { folder in
    let recorder = try Recorder(path: folder + "/a", redactsTokens: redactsTokens)
    try await recorder.begin()
    for said in connections {
      let connection = try await recorder.open()
      for (side, bytes) in said { try await recorder.received(bytes, on: connection, from: side) }
      for side in [RecordedEvent.Side.client, .server] {
        try await recorder.ended(side, on: connection)
      }
      try await recorder.close(connection)
    }
    let lines = try String(contentsOfFile: folder + "/a", encoding: .utf8)
    return (try Recording(path: folder + "/a"), lines)
  }
}

/// Records what is said on one connection.
func recordBytes(
  _ said: Said,
  redactsTokens: Bool = true
) async throws -> (recording: Recording, lines: String) {
  try await recordBytes(on: [said], redactsTokens: redactsTokens)
}

extension ByteBuffer {
  /// These bytes of a client in two parts, cut at each byte.
  var saidInTwo: [Said] {
    (1 ..< self.readableBytes).map { cut in
      [self.readableBytesView.prefix(cut), self.readableBytesView.dropFirst(cut)].map {
        (.client, ByteBuffer($0))
      }
    }
  }
}
