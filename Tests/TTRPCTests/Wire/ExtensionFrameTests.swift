import NIOCore
import Testing

@testable import TTRPC

/// The frames of WIRE.md section 4, to the byte.
@Suite struct ExtensionFrameTests {
  static let examples: [(ExtensionFrame, String)] = [
    (
      .settings(ConnectionSettings(maxConcurrentStreams: 100, minPingInterval: 1000)),
      """
      0000002a ffffffff e0 00 | 0001 00000001  0002 00000000  0003 00040000  0004 00000064
      0005 000003e8  0006 00400000  0007 00000000
      """
    ),
    (.cancel(stream: 7, code: 1), "00000008 ffffffff e1 00 | 00000007 00000001"),
    (.ping(0x0102_0304_0506_0708), "00000008 ffffffff e2 00 | 0102030405060708"),
    (.pong(.max), "00000008 ffffffff e3 00 | ffffffffffffffff"),
    (.window(stream: 3, maxOffset: 1 << 40), "0000000c ffffffff e4 00 | 00000003 0000010000000000"),
    (
      .goAway(GoAway(lastStream: 9, code: .tooManyPings, gracePeriod: 30_000, message: "é")),
      "0000000e ffffffff e5 00 | 00000009 00000002 00007530 c3a9"
    ),
  ]

  @Test(arguments: examples)
  func `a frame is written and read`(frame: ExtensionFrame, bytes: String) throws {
    var buffer = ByteBuffer()
    frame.write(into: &buffer)
    #expect(buffer == hex(bytes))
    #expect(try ExtensionFrame(Self.frame(bytes)) == frame)
  }

  @Test(arguments: [
    "00000005 ffffffff e0 00 | 0001 000000",
    "00000007 ffffffff e1 00 | 00000007 000000",
    "00000009 ffffffff e1 00 | 00000007 00000001 00",
    "00000000 ffffffff e2 00 |",
    "00000009 ffffffff e3 00 | 010203040506070809",
    "00000008 ffffffff e4 00 | 00000003 00000001",
    "0000000b ffffffff e5 00 | 00000009 00000002 000075",
    "0000000e ffffffff e5 00 | 00000009 00000002 00007530 c328",
  ])
  func `a payload that is not what its type says is refused`(bytes: String) {
    #expect(throws: FrameError.self) { try ExtensionFrame(Self.frame(bytes)) }
  }

  @Test(arguments: ["00000008 00000001 e2 00 | 0102030405060708", "00000000 ffffffff e6 00 |"])
  func `another stream or another type is none of these frames`(bytes: String) throws {
    #expect(try ExtensionFrame(Self.frame(bytes)) == nil)
  }

  @Test func `settings that are not known are skipped, and those that are not given have defaults`()
    throws
  {
    let frame = Self.frame("0000000c ffffffff e0 00 | 00ff 12345678  0003 00000400")
    #expect(try ExtensionFrame(frame) == .settings(ConnectionSettings(initialWindow: 1024)))
  }

  private static func frame(_ bytes: String) -> Frame {
    var buffer = hex(bytes)
    var decoder = FrameDecoder()
    guard case .frame(let frame) = try? decoder.decode(buffer: &buffer) else {
      preconditionFailure("\(bytes) is no frame")
    }
    return frame
  }
}
