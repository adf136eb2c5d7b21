import NIOCore
import NIOTestUtils
import Testing

@testable import RPC
@testable import TTRPC

/// The bytes are those of WIRE.md section 1.
@Suite struct FrameTests {
  @Test func `a header is ten bytes, big-endian`() {
    var buffer = ByteBuffer()
    buffer.writeFrameHeader(
      FrameHeader(length: 0x24, stream: 0x0102_0304, type: .request, flags: .remoteClosed)
    )
    #expect(buffer == hex("00000024 01020304 01 01"))
  }

  @Test(arguments: 0 ..< FrameHeader.size)
  func `a header is not read before all of it is there`(count: Int) {
    let header = hex("00000024 00000001 01 00")
    #expect(header.getSlice(at: 0, length: count)?.peekFrameHeader() == nil)
  }

  @Test func `unknown types and flags survive`() {
    let header = hex("00000000 ffffffff e5 88").peekFrameHeader()
    #expect(header?.type == FrameType(rawValue: 0xE5))
    #expect(header?.flags == FrameFlags(rawValue: 0x88))
    #expect(header?.stream == .max)
  }

  @Test(arguments: [0, 1, FrameHeader.maximumDataLength])
  func `a frame of legal length round trips`(length: Int) throws {
    let data = ByteBuffer(repeating: 0x61, count: length)
    var buffer = ByteBuffer()
    try buffer.writeFrame(stream: 5, type: .data) { $0.writeImmutableBuffer(data) }
    var decoder = FrameDecoder()
    let frame = try decoder.decode(buffer: &buffer)
    #expect(frame == .frame(Frame(stream: 5, type: .data, flags: [], data: data)))
    #expect(buffer.readableBytes == 0)
  }

  @Test func `a frame that would be too long is not written`() throws {
    var buffer = hex("aabb")
    let length = FrameHeader.maximumDataLength + 1
    #expect(throws: CallError.messageTooLong(length)) {
      try buffer.writeFrame(stream: 1, type: .data) { $0.writeRepeatingByte(0, count: length) }
    }
    #expect(buffer == hex("aabb"))
  }

  @Test func `frames come out whole, however their bytes arrive`() throws {
    let first = hex("00000006 00000001 02 00 | 12040a026869")
    let end = hex("00000000 00000001 03 05")
    try ByteToMessageDecoderVerifier.verifyDecoder(
      inputOutputPairs: [
        (
          first,
          [
            .frame(Frame(stream: 1, type: .response, flags: [], data: hex("12040a026869")))
          ]
        ),
        (
          end,
          [
            .frame(
              Frame(stream: 1, type: .data, flags: [.remoteClosed, .noData], data: ByteBuffer())
            )
          ]
        ),
      ],
      decoderFactory: { FrameDecoder() }
    )
  }

  @Test func `an oversized frame is reported by its header, and its data skipped`() throws {
    var decoder = FrameDecoder()
    var buffer = hex("00400001 00000003 01 00")
    let header = FrameHeader(length: 4_194_305, stream: 3, type: .request, flags: [])
    #expect(try decoder.decode(buffer: &buffer) == .oversized(header))
    var remaining = 4_194_305
    while remaining > 0 {
      let count = min(remaining, 1_000_000)
      buffer = ByteBuffer(repeating: 0xFF, count: count)
      #expect(try decoder.decode(buffer: &buffer) == nil)
      #expect(buffer.readableBytes == 0)
      remaining -= count
    }
    buffer = hex("00000000 00000005 03 05")
    #expect(
      try decoder.decode(buffer: &buffer)
        == .frame(
          Frame(stream: 5, type: .data, flags: [.remoteClosed, .noData], data: ByteBuffer())
        )
    )
  }

  @Test(arguments: [0x16, 0x50, 0x47] as [UInt8])
  func `bytes of another protocol are refused at the first of them`(first: UInt8) {
    var decoder = FrameDecoder()
    var buffer = ByteBuffer(integer: first)
    #expect(throws: FrameError.notTTRPC(firstByte: first)) {
      try decoder.decode(buffer: &buffer)
    }
  }
}
