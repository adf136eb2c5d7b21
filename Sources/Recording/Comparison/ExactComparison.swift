internal import NIOCore
internal import TTRPC

/// Compares connections frame by frame and byte by byte.
struct ExactComparison {
  private(set) var differences: [Difference] = []

  /// Limited because later differences mostly follow from the first ones.
  private static let maximumDifferences = 3

  /// - Parameter requests: the client's requests, which determine the type of the answers.
  init(
    _ connection: Int,
    requests: [Frame],
    recorded: [RecordedEvent.Kind],
    replayed: [RecordedEvent.Kind]
  ) {
    let (recorded, replayed) = (Self.joined(recorded), Self.joined(replayed))
    let recordedTexts = Self.describe(recorded, requests)
    let replayedTexts = Self.describe(replayed, requests)
    for index in 0 ..< max(recorded.count, replayed.count) {
      let ours = index < recorded.count ? recorded[index] : nil
      let theirs = index < replayed.count ? replayed[index] : nil
      guard ours != theirs else { continue }
      self.differences.append(
        Difference(
          place: "connection \(connection)",
          subject: "frame \(index + 1) of the server",
          recorded: index < recorded.count ? recordedTexts[index] : "nothing",
          replayed: index < replayed.count ? replayedTexts[index] : "nothing"
        )
      )
      if self.differences.count == Self.maximumDifferences { return }
    }
  }

  /// Bytes that are no frames come in pieces that say nothing about the server.
  private static func joined(_ kinds: [RecordedEvent.Kind]) -> [RecordedEvent.Kind] {
    kinds.reduce(into: []) { joined, kind in
      guard case .bytes(let more) = kind, case .bytes(var bytes)? = joined.last else {
        joined.append(kind)
        return
      }
      // The only reference, so that the bytes are not copied.
      joined.removeLast()
      bytes.writeImmutableBuffer(more)
      joined.append(.bytes(bytes))
    }
  }

  private static func describe(_ kinds: [RecordedEvent.Kind], _ requests: [Frame]) -> [String] {
    var tracker = CallTracker()
    for request in requests { _ = tracker.describe(request, from: .client) }
    return kinds.map { kind in
      switch kind {
      case .open: "connected"
      case .end: "the server closes the connection"
      case .bytes(let bytes): "\(bytes.readableBytes) bytes that are no frame"
      case .frame(let frame):
        Self.describe(frame, tracker.describe(frame, from: .server))
      }
    }
  }

  private static func describe(_ frame: Frame, _ description: EventDescription?) -> String {
    let words = [
      "\(frame.type.name) \(frame.stream)", frame.flags.names,
      description?.message.map { MessageJSON($0).text }, description?.status,
      "\(frame.data.readableBytes) bytes",
    ]
    return words.compactMap(\.self).filter { !$0.isEmpty }.joined(separator: "  ")
  }
}
