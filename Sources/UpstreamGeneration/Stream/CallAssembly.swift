internal import Generation
internal import Identifiers
internal import JSON

/// Puts the pieces of a text's calls in order: servers leave out ids and numbers, and repeat names.
struct CallAssembly {
  private struct Call {
    /// The number that the server gives it.
    var number: Int?
    var id: Identifier
    var name: Identifier = ""
    @Bytewise private(set) var arguments: String = ""
    /// Whether the caller has had its name.
    var hasBegun = false
    /// Whether the arguments are a JSON object.
    private(set) var isWhole = false
    private var scan = ObjectScan()

    init(number: Int?, id: Identifier) {
      (self.number, self.id) = (number, id)
    }

    mutating func append(_ piece: String) {
      self.arguments += piece
      let wasAtEnd = self.scan.isAtEnd
      self.scan.append(piece)
      // Read once, however many pieces there are.
      guard self.scan.isAtEnd, !wasAtEnd else {
        self.isWhole = self.isWhole && self.scan.isAtEnd
        return
      }
      let limits = JSONLimits(depth: 512, members: 65_536)
      if case .object = try? JSONValue(self.arguments, limits: limits) { self.isWhole = true }
    }
  }

  private static let maximumSize = 4 << 20
  private static let maximumCalls = 1024

  private var calls: [Call] = []
  private var size = 0
  /// A piece that may begin a call or end the one before it, for its number: the next piece tells.
  private var undecided: CallPiece?

  var isEmpty: Bool { self.calls.isEmpty }

  /// Takes pieces that have come together: those without a number are of different calls.
  ///
  /// - Returns: what they add for the caller: nothing for a call whose name has not come yet.
  mutating func append(_ pieces: [CallPiece]) throws(UpstreamFailure) -> [ToolCallDelta] {
    var deltas: [ToolCallDelta] = []
    var taken: Set<Int> = []
    for piece in pieces {
      if let delta = try self.append(piece, &taken) { deltas.append(delta) }
    }
    return deltas
  }

  /// - Parameter taken: the calls that others of the pieces are of.
  private mutating func append(
    _ given: CallPiece,
    _ taken: inout Set<Int>
  ) throws(UpstreamFailure) -> ToolCallDelta? {
    guard let piece = self.decided(given) else { return nil }
    self.size += piece.arguments.utf8.count + piece.name.utf8.count + piece.id.utf8.count
    if self.size > Self.maximumSize { throw .tooLarge("calls of tools", Self.maximumSize) }
    let index = self.index(of: piece, taken)
    taken.insert(index)
    if index == self.calls.count {
      if index == Self.maximumCalls { throw .malformed("has more than \(index) calls of tools") }
      self.calls.append(Call(number: piece.index, id: piece.id.isEmpty ? .newCall() : piece.id))
    }
    self.calls[index].append(piece.arguments)
    if self.calls[index].hasBegun {
      if piece.arguments.isEmpty { return nil }
      return ToolCallDelta(index: index, arguments: piece.arguments)
    }
    if !piece.name.isEmpty { self.calls[index].name = piece.name }
    let call = self.calls[index]
    if call.name.isEmpty { return nil }
    self.calls[index].hasBegun = true
    return ToolCallDelta(index: index, id: call.id, name: call.name, arguments: call.arguments)
  }

  /// The piece, with what was not decided before it; nil while that is not known. Some servers name a call
  /// that is whole once more, others give several calls one number: arguments that follow tell.
  private mutating func decided(_ piece: CallPiece) -> CallPiece? {
    if let undecided, piece.index == undecided.index, piece.name.isEmpty, !piece.arguments.isBlank {
      self.undecided = nil
      var whole = undecided
      whole.arguments += piece.arguments
      return whole
    }
    if let number = piece.index, let same = self.calls.last(where: { $0.number == number }),
      same.isWhole, same.name == piece.name, piece.arguments.isBlank
    {
      self.undecided = piece
      return nil
    }
    return piece
  }

  /// Which call a piece belongs to; the number of calls for a new one.
  private func index(of piece: CallPiece, _ taken: Set<Int>) -> Int {
    let same: Int?
    if let number = piece.index {
      same = self.calls.lastIndex { $0.number == number }
    } else if let named = self.calls.lastIndex(where: { !piece.id.isEmpty && $0.id == piece.id }) {
      return named
    } else {
      same = self.calls.indices.last
    }
    guard let same else { return self.calls.count }
    if piece.index == nil, !piece.name.isEmpty, taken.contains(same) { return self.calls.count }
    let call = self.calls[same]
    // Servers change ids within a call, and repeat names: what has a name after a whole call is a new
    // one.
    guard !piece.name.isEmpty, call.hasBegun, piece.id.isEmpty || piece.id != call.id,
      call.arguments.isEmpty ? !piece.id.isEmpty : call.isWhole
    else { return same }
    return self.calls.count
  }

  /// Takes the end of the text.
  ///
  /// - Returns: what is missing of calls without arguments, and whether a call is not whole.
  mutating func end() throws(UpstreamFailure) -> (rest: [ToolCallDelta], isIncomplete: Bool) {
    var rest: [ToolCallDelta] = []
    for index in self.calls.indices {
      guard self.calls[index].hasBegun else { throw .malformed("has a call of no tool") }
      if self.calls[index].arguments.isEmpty {
        self.calls[index].append("{}")
        rest.append(ToolCallDelta(index: index, arguments: "{}"))
      }
    }
    return (rest, !self.calls.allSatisfy(\.isWhole))
  }
}

extension String {
  fileprivate var isBlank: Bool { self.utf8.allSatisfy { $0 <= 0x20 } }
}

extension Identifier {
  /// The id of a call whose server gives none.
  fileprivate static func newCall() -> Identifier {
    Identifier("call_" + String(UInt64.random(in: .min ... .max), radix: 36))
  }
}
