internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import RPC
internal import TTRPC
internal import TokenwireAPI

/// What a server sent on one stream, without what differs from run to run: ids, times, progress, how
/// a text is cut into deltas and a prompt into stretches, and which of several texts came first.
struct StreamMeaning: Hashable {
  let call: RecordedCall?
  private(set) var items: [Item] = []
  /// The number of the next message, if all numbers so far are right.
  private var nextSequence: UInt64? = 0

  enum Item: Hashable {
    case message(MessageValue)
    /// Consecutive deltas of a text, joined.
    case text(Text)
    /// How the stream ends.
    case end(status: Identifier)
    /// A frame that does not belong on a stream.
    case odd(Identifier)

    /// The index of the text that the item belongs to; nil if none.
    var textIndex: Int? {
      switch self {
      case .text(let text): text.index
      case .message(let message): message["finished"]?.textIndex
      case .end, .odd: nil
      }
    }

    /// Whether this is the end of an aborted text.
    var isAborted: Bool {
      guard case .message(let message) = self else { return false }
      return message["finished"]?.isOfAborted == true
    }
  }

  /// Deltas that were joined.
  struct Text: Hashable {
    /// The index of the text.
    var index: Int
    @Bytewise var text = ""
    /// What was thought before the text.
    @Bytewise var reasoning = ""
    /// The calls of tools, by their index. Their ids differ from run to run.
    var calls: [Int: Call] = [:]
    var tokens: [MessageValue] = []
    var logprobs: [MessageValue] = []
  }

  /// The pieces of a call of a tool, joined.
  struct Call: Hashable {
    @Bytewise var name = ""
    @Bytewise var arguments = ""
  }

  /// - Parameter call: the client's call on the stream.
  init(_ call: RecordedCall?) {
    self.call = call
  }

  /// Whether the messages are numbered correctly.
  var isNumbered: Bool { self.nextSequence != nil }

  /// What ended the stream; nil when it has not ended.
  var status: Identifier? {
    self.items.lazy.compactMap { if case .end(let status) = $0 { status } else { nil } }.first
  }

  /// Whether timing decided where the text ends: it has not ended yet, or its caller or its
  /// deadline ended it.
  var isCutByTime: Bool {
    guard let status = self.status else { return true }
    return self.items.contains(where: \.isAborted)
      || status.utf8.starts(with: "\(CallError.Code.cancelled)".utf8)
      || status.utf8.starts(with: "\(CallError.Code.deadlineExceeded)".utf8)
  }

  /// Whether more than one text was generated.
  var hasSeveralTexts: Bool { self.items.contains { ($0.textIndex ?? 0) > 0 } }

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
      // Without a seed in the request, any seed is right.
      let isSeedGiven = self.call?.request?["sampling"]?["seed"] != nil
      var changing: Set<Identifier> = ["generation_id", "queue_time_nano", "cached_tokens"]
      if !isSeedGiven { changing.insert("seed") }
      self.items.append(Self.event("started", started.removing(changing)))
    } else if let finished = response["finished"] {
      let index = finished.textIndex
      let changing: Set<Identifier> =
        finished.isOfAborted ? ["timings", "usage"] : ["timings", "cached_tokens"]
      self.items.insert(
        Self.event("finished", finished.removing(changing)),
        at: self.end(ofText: index)
      )
    } else if let stretch = response["prompt_logprobs"] {
      self.appendPromptLogprobs(stretch.removing(["logprob"]))
    } else if response["progress"] == nil {
      self.items.append(.message(response))
    }
  }

  /// Appends a stretch of the prompt to those before it.
  private mutating func appendPromptLogprobs(_ stretch: MessageValue) {
    guard case .list(var logprobs)? = stretch["logprobs"] else { return }
    let name: Identifier = "prompt_logprobs"
    if case .message(let last)? = self.items.last, case .list(let joined)? = last[name] {
      logprobs = joined + logprobs
      self.items.removeLast()
    }
    self.items.append(Self.event(name, .list(logprobs)))
  }

  private static func event(_ name: Identifier, _ value: MessageValue) -> Item {
    .message(.fields([.init(name, value)]))
  }

  /// The place behind what has come of a text. Texts that come between each other are kept one
  /// behind the other, by their index.
  private func end(ofText index: Int) -> Int {
    let last = self.items.lastIndex { ($0.textIndex ?? index) <= index }
    return last.map { $0 + 1 } ?? 0
  }

  private mutating func appendText(_ delta: MessageValue) {
    var joined = Text(index: delta.textIndex)
    var place = self.end(ofText: joined.index)
    if case .text(let last)? = self.items[..<place].last, last.index == joined.index {
      joined = last
      place -= 1
      self.items.remove(at: place)
    }
    if case .text(let text)? = delta["text"] { joined.text += text.text }
    if case .text(let text)? = delta["reasoning_text"] { joined.reasoning += text.text }
    if case .list(let pieces)? = delta["tool_calls"] {
      for piece in pieces { joined.calls[piece.textIndex, default: Call()].append(piece) }
    }
    if case .list(let tokens)? = delta["token_ids"] { joined.tokens += tokens }
    if case .list(let logprobs)? = delta["logprobs"] { joined.logprobs += logprobs }
    self.items.insert(.text(joined), at: place)
  }

  private mutating func count(_ response: MessageValue) {
    var sequence: UInt64 = 0
    if case .unsigned(let number)? = response["seq"] { sequence = number }
    self.nextSequence = self.nextSequence == sequence ? sequence + 1 : nil
  }
}

extension StreamMeaning.Call {
  fileprivate mutating func append(_ piece: MessageValue) {
    if case .text(let name)? = piece["name"] { self.name += name.text }
    if case .text(let arguments)? = piece["arguments"] { self.arguments += arguments.text }
  }
}

extension StreamMeaning.Text {
  /// The calls as one text, a line for each.
  var callLines: String {
    self.calls.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value.name) \($0.value.arguments)" }
      .joined(separator: "\n")
  }
}

extension MessageValue {
  /// Whether this is the end of an aborted text.
  fileprivate var isOfAborted: Bool { self["finish_reason"] == .name("CANCELLED") }

  /// The index of the text that a delta or an end belongs to, or of the call that a piece does.
  fileprivate var textIndex: Int {
    if case .integer(let index)? = self["index"] { Int(index) } else { 0 }
  }
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
