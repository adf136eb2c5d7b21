internal import FrameRPC
internal import NIOCore
internal import Protobuf
internal import TokenwireAPI

/// What a server has said on one stream, without what may differ from one time to the next: ids,
/// times, and how a text was cut into deltas.
struct StreamMeaning: Hashable {
  let call: RecordedCall?
  private(set) var items: [Item] = []
  /// The place of the next message, if each says the right one so far.
  private var nextSequence: UInt64? = 0

  enum Item: Hashable {
    case message(MessageValue)
    /// All deltas in a row.
    case text(Text)
    /// How the stream ends.
    case end(status: String)
    /// A frame that is none of a stream's.
    case odd(String)
  }

  /// Deltas that were joined.
  struct Text: Hashable {
    var text = ""
    var tokens: [MessageValue] = []
    var logprobs: [MessageValue] = []
  }

  /// - Parameter call: what the client has asked for on the stream.
  init(_ call: RecordedCall?) {
    self.call = call
  }

  /// Whether each message says its place in the stream rightly.
  var isNumbered: Bool { self.nextSequence != nil }

  /// What ended the stream; nil when it goes on.
  var status: String? {
    self.items.lazy.compactMap { if case .end(let status) = $0 { status } else { nil } }.first
  }

  /// Whether the time decided where the text ends: nothing has ended it yet, or its caller or its
  /// deadline has.
  var isCutByTime: Bool {
    guard let status = self.status else { return true }
    let wasAborted = self.items.contains {
      if case .message(let message) = $0 { message["finished"]?.isOfAborted == true } else { false }
    }
    return wasAborted || status.hasPrefix("\(CallError.Code.cancelled)")
      || status.hasPrefix("\(CallError.Code.deadlineExceeded)")
  }

  mutating func append(_ frame: Frame) {
    switch frame.type {
    case .response: self.appendResponse(frame)
    case .data where frame.flags.contains(.noData):
      self.items.append(.end(status: frame.data.readableBytes == 0 ? "OK" : "OK, with data"))
    case .data: self.appendMessage(frame.data)
    default:
      self.items.append(.odd("\(frame.type.name) \(frame.flags.names) \(frame.data.hex)"))
    }
  }

  private mutating func appendResponse(_ frame: Frame) {
    guard let response = try? frame.readResponse() else {
      self.items.append(.odd("RESPONSE \(frame.data.hex)"))
      return
    }
    if let error = response.error {
      self.items.append(.end(status: "\(error)"))
    } else {
      self.appendMessage(response.payload)
      self.items.append(.end(status: "OK, by a Response"))
    }
  }

  private mutating func appendMessage(_ bytes: ByteBuffer) {
    guard let call, let value = MethodMessages.of(call.method)?.value(of: bytes, from: .server)
    else {
      self.items.append(.message(.bytes(bytes)))
      return
    }
    switch call.method {
    case TokenwireMethod.generate, TokenwireMethod.secureGenerate:
      self.appendGenerated(value)
    case TokenwireMethod.logRequest, TokenwireMethod.queryLogs:
      self.items.append(
        .message(value.removing(["id", "generation_id", "timestamp_unix_micros"]))
      )
    default:
      self.items.append(.message(value))
    }
  }

  private mutating func appendGenerated(_ response: MessageValue) {
    self.count(response)
    if let delta = response["delta"] {
      self.appendText(delta.removing(["logprob"]))
    } else if let started = response["started"] {
      // A seed that the caller has not given is as good as another.
      let isSeedGiven = self.call?.request?["sampling"]?["seed"] != nil
      var changing: Set = ["generation_id", "queue_time_nano", "cached_tokens"]
      if !isSeedGiven { changing.insert("seed") }
      self.appendEvent("started", started.removing(changing))
    } else if let finished = response["finished"] {
      self.appendEvent(
        "finished",
        finished.removing(
          finished.isOfAborted ? ["timings", "usage"] : ["timings", "cached_tokens"]
        )
      )
    } else {
      self.items.append(.message(response))
    }
  }

  private mutating func appendEvent(_ name: String, _ value: MessageValue) {
    self.items.append(.message(.fields([.init(name, value)])))
  }

  private mutating func appendText(_ delta: MessageValue) {
    var joined = Text()
    if case .text(let last)? = self.items.last {
      joined = last
      self.items.removeLast()
    }
    if case .text(let text)? = delta["text"] { joined.text += text }
    if case .list(let tokens)? = delta["token_ids"] { joined.tokens += tokens }
    if case .list(let logprobs)? = delta["logprobs"] { joined.logprobs += logprobs }
    self.items.append(.text(joined))
  }

  private mutating func count(_ response: MessageValue) {
    var sequence: UInt64 = 0
    if case .unsigned(let number)? = response["seq"] { sequence = number }
    self.nextSequence = self.nextSequence == sequence ? sequence + 1 : nil
  }
}

extension MessageValue {
  /// Whether this is the end of a text that `Abort` ended.
  fileprivate var isOfAborted: Bool { self["finish_reason"] == .name("CANCELLED") }
}

extension ByteBuffer {
  /// The first bytes.
  fileprivate var hex: String {
    let digits = self.readableBytesView.prefix(32).map { byte in
      String(byte, radix: 16).count < 2 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
    }
    return digits.joined() + (self.readableBytes > 32 ? "..." : "")
  }
}
