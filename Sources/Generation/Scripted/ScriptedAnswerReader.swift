internal import Identifiers

/// Reads the answer to a conversation from a scripted text: `<think>...</think>` is what is thought,
/// and `<tool_call>{"name": ..., "arguments": {...}}</tool_call>` a call. All else is text.
struct ScriptedAnswerReader: AnswerReader {
  private enum Part {
    case text
    case reasoning
    case call(ScriptedCall)
  }

  /// Nil without tools that may be called: then calls are text.
  private let callMark: [UInt8]?
  /// How many calls the conversation has already: so that ids differ in it.
  private let earlierCalls: Int
  /// The bytes of an echoed prompt that have not come yet, in the first text.
  private var promptSize: Int
  private var part = Part.text
  /// The number of calls that have ended.
  private var calls = 0
  private var hasHalfCall = false
  private var reasoningTokens = 0
  /// Tokens whose text may be the beginning of a mark.
  private var heldTokens = 0
  /// Text that may be the beginning of a mark.
  private var held: [UInt8] = []
  /// What came with text that is held.
  private var waiting: GenerationDelta?

  private static let thinkingStart = Array("<think>".utf8)
  private static let thinkingEnd = Array("</think>".utf8)
  private static let callStart = Array("<tool_call>".utf8)
  private static let callEnd = Array("</tool_call>".utf8)

  /// Whether a text has anything to read but text.
  static func concerns(_ text: [UInt8]) -> Bool {
    text.firstRange(of: Self.thinkingStart) != nil || text.firstRange(of: Self.callStart) != nil
  }

  /// - Parameter promptSize: of the prompt that comes before the first text, in bytes.
  init(_ conversation: Conversation, promptSize: Int) {
    self.callMark = conversation.callableTools.isEmpty ? nil : Self.callStart
    self.earlierCalls = conversation.messages.reduce(0) { $0 + $1.toolCalls.count }
    self.promptSize = promptSize
  }

  mutating func read(_ delta: GenerationDelta) -> GenerationDelta? {
    var answer = self.waiting ?? GenerationDelta(index: delta.index, text: "")
    answer.append(delta)
    answer.text = ""
    var text = Array(delta.text.utf8)
    if self.promptSize > 0 && delta.index == 0 {
      let prompt = text.prefix(self.promptSize)
      answer.text = String(decoding: prompt, as: UTF8.self)
      self.promptSize -= prompt.count
      text.removeFirst(prompt.count)
    }
    self.held += text
    let wasThinking = self.isThinking
    let thoughtSize = answer.reasoning.utf8.count
    while self.readPart(into: &answer) {}
    if wasThinking || self.isThinking || answer.reasoning.utf8.count > thoughtSize {
      self.reasoningTokens += self.heldTokens + delta.tokenCount
      self.heldTokens = 0
    } else {
      self.heldTokens = self.held.isEmpty ? 0 : self.heldTokens + delta.tokenCount
    }
    let isEmpty = answer.text.isEmpty && answer.reasoning.isEmpty && answer.toolCalls.isEmpty
    self.waiting = isEmpty ? answer : nil
    return isEmpty ? nil : answer
  }

  mutating func end(
    _ finished: GenerationFinished
  ) -> (rest: GenerationDelta?, finished: GenerationFinished) {
    var finished = finished
    var rest = self.waiting ?? GenerationDelta(index: finished.index, text: "")
    let held = String(decoding: self.held, as: UTF8.self)
    switch self.part {
    case .text: rest.text += held
    case .reasoning: rest.reasoning += held
    case .call(let call): self.end(call)
    }
    finished.isIncomplete = self.hasHalfCall
    finished.usage.reasoningTokens = self.reasoningTokens
    if finished.reason == .stop && self.calls > 0 && !self.hasHalfCall {
      finished.reason = .toolCalls
    }
    let isEmpty = rest.text.isEmpty && rest.reasoning.isEmpty && rest.tokenCount == 0
    return (isEmpty ? nil : rest, finished)
  }

  /// Reads what is held up to the next mark.
  ///
  /// - Returns: whether there was one.
  private mutating func readPart(into answer: inout GenerationDelta) -> Bool {
    switch self.part {
    case .text:
      let marks = [Self.thinkingStart] + [self.callMark].compactMap(\.self)
      let (text, mark) = self.takeText(before: marks)
      answer.text += text
      guard let mark else { return false }
      self.part =
        mark == Self.callStart
        ? .call(ScriptedCall(index: self.calls, id: "call_\(self.earlierCalls + self.calls + 1)"))
        : .reasoning
    case .reasoning:
      let (text, mark) = self.takeText(before: [Self.thinkingEnd])
      answer.reasoning += text
      if mark == nil { return false }
      self.part = .text
    case .call(var call):
      let (text, mark) = self.takeText(before: [Self.callEnd])
      if let piece = call.append(text) { answer.toolCalls.append(piece) }
      // What is no call was never one.
      if call.isInvalid || (mark != nil && !call.hasBegun) {
        answer.text += String(decoding: Self.callStart, as: UTF8.self) + call.text
        if mark != nil { answer.text += String(decoding: Self.callEnd, as: UTF8.self) }
        self.part = .text
        return true
      }
      self.part = .call(call)
      if mark == nil { return false }
      self.end(call)
      self.part = .text
    }
    return true
  }

  private var isThinking: Bool {
    if case .reasoning = self.part { true } else { false }
  }

  private mutating func end(_ call: ScriptedCall) {
    if call.hasBegun { self.calls += 1 }
    if !call.isWhole { self.hasHalfCall = true }
  }

  /// Takes what is held up to the first of some marks, with the mark; without one, all but what may
  /// be its beginning.
  private mutating func takeText(before marks: [[UInt8]]) -> (text: String, mark: [UInt8]?) {
    let found = marks.compactMap { mark in
      self.held.firstRange(of: mark).map { (range: $0, mark: mark) }
    }.min { $0.range.lowerBound < $1.range.lowerBound }
    let end =
      found?.range.lowerBound
      ?? self.held.indices.first { start in
        marks.contains { $0.starts(with: self.held[start...]) }
      }
      ?? self.held.endIndex
    let text = String(decoding: self.held[..<end], as: UTF8.self)
    self.held.removeFirst(found?.range.upperBound ?? end)
    return (text, found?.mark)
  }
}
