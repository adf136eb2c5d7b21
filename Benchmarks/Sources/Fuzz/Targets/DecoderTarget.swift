import NIOCore

@testable import TTRPC

/// The frame decoder: what it makes of a byte stream does not depend on how the stream is cut, and
/// its frames, encoded again, are the same frames.
struct DecoderTarget: FuzzTarget {
  /// Small, so that frames over the limit are as likely as others.
  private static let maximumDataLength = 300

  private enum Outcome: Equatable {
    case decoded(FrameDecoder.InboundOut)
    case failed(FrameError)
  }

  var seeds: [ByteBuffer] { ConnectionScript.examples.map { ConnectionScript($0).allBytes } }

  func run(_ input: ByteBuffer) {
    let whole = self.outcomes(of: [input])
    fail("the cut changes \(whole)", unless: whole == self.outcomes(of: Pieces(input)))
    for case .decoded(.frame(let frame)) in whole {
      fail("\(frame) is not stable", unless: self.decodeEncoded(frame) == .frame(frame))
    }
  }

  private func outcomes(of pieces: some Sequence<ByteBuffer>) -> [Outcome] {
    let processor = NIOSingleStepByteToMessageProcessor(
      FrameDecoder(maximumDataLength: Self.maximumDataLength)
    )
    var outcomes: [Outcome] = []
    do {
      for piece in pieces {
        try processor.process(buffer: piece) { outcomes.append(.decoded($0)) }
      }
    } catch {
      outcomes.append(.failed(error as? FrameError ?? .malformed(.data)))
    }
    return outcomes
  }

  private func decodeEncoded(_ frame: Frame) -> FrameDecoder.InboundOut? {
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
      FrameHeader(
        length: UInt32(frame.data.readableBytes),
        stream: frame.stream,
        type: frame.type,
        flags: frame.flags
      )
    )
    bytes.writeImmutableBuffer(frame.data)
    var decoder = FrameDecoder(maximumDataLength: Self.maximumDataLength)
    return try? decoder.decode(buffer: &bytes)
  }
}
