import NIOCore

@testable import TTRPC

/// Reads the frames of ttrpc that a server sends.
struct OutputCheck: OutputChecking {
  private let processor = NIOSingleStepByteToMessageProcessor(FrameDecoder())
  private var endedStreams: Set<UInt32> = []
  private var speaksExtension = false

  mutating func check(_ bytes: ByteBuffer) {
    var frames: [Frame] = []
    do {
      try self.processor.process(buffer: bytes) {
        guard case .frame(let frame) = $0 else { fatalError("the server sends \($0)") }
        frames.append(frame)
      }
    } catch {
      fatalError("the server sends bytes that are not frames: \(error)")
    }
    for frame in frames { self.check(frame) }
  }

  private mutating func check(_ frame: Frame) {
    switch frame.type {
    case .response:
      fail(
        "\(frame) is no Response",
        unless: (try? ResponseEnvelope(serialized: frame.data)) != nil
      )
    case .data:
      fail("\(frame) follows the end", unless: !self.endedStreams.contains(frame.stream))
      if frame.flags.contains(.remoteClosed) { self.endedStreams.insert(frame.stream) }
    case .settings:
      fail("settings come twice", unless: !self.speaksExtension)
      self.speaksExtension = true
    default:
      let isKnown = (try? ExtensionFrame(frame)) ?? nil != nil
      fail("\(frame) is out of place", unless: isKnown && self.speaksExtension)
    }
  }
}
