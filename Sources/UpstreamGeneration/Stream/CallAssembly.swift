internal import Generation
internal import Identifiers
internal import JSON

/// Puts the pieces of a text's calls in order: servers leave out ids and numbers, and repeat names.
struct CallAssembly {
  private struct Call {
    /// The number that the server gives it.
    var number: Int?
    var id: Identifier
    /// Whether the id is the server's.
    let isIDTold: Bool
    var name: Identifier = ""
    /// The id of a piece that may have begun the next call of the same tool; empty for one without.
    var next: Identifier?
    @Bytewise private(set) var arguments: String = ""
    /// Whether the caller has had its name.
    var hasBegun = false
    /// Whether the arguments are a JSON object.
    private(set) var isWhole = false
    private var scan = ObjectScan()

    init(number: Int?, id: Identifier) {
      (self.number, self.id, self.isIDTold) = (number, id, !id.isEmpty)
    }

    var isBlank: Bool { self.scan.isBlank }

    /// Whether a piece only says again what a whole call is.
    func isRepeated(by piece: CallPiece) -> Bool {
      self.isWhole && !piece.name.isEmpty && piece.name == self.name && piece.arguments.isBlank
    }

    /// Whether a piece has the arguments of the next call of the same tool.
    func isFollowed(by piece: CallPiece) -> Bool {
      self.isWhole && self.next != nil && self.number == piece.index && !piece.arguments.isBlank
    }

    /// Whether a piece with its number begins another call: servers change ids within a call, repeat
    /// names, and give all calls one number.
    func isOver(before piece: CallPiece) -> Bool {
      if piece.name.isEmpty { return self.isFollowed(by: piece) }
      guard self.hasBegun, piece.id.isEmpty || piece.id != self.id else { return false }
      return piece.name == self.name
        ? self.isWhole && !piece.arguments.isBlank : self.isWhole || !piece.id.isEmpty
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
  /// Those that began in the latest event in which one did.
  private var latest = 0 ..< 0
  private var size = 0

  var isEmpty: Bool { self.calls.isEmpty }

  /// Takes the pieces of one event.
  ///
  /// - Returns: what they add for the caller: nothing for a call whose name has not come yet.
  mutating func append(_ pieces: [CallPiece]) throws(UpstreamFailure) -> [ToolCallDelta] {
    let begin = self.calls.count
    var deltas: [ToolCallDelta] = []
    var taken: Set<Int> = []
    for piece in pieces {
      let index = self.index(of: piece, beside: taken)
      taken.insert(index)
      if let delta = try self.append(piece, to: index) { deltas.append(delta) }
    }
    if self.calls.count > begin { self.latest = begin ..< self.calls.count }
    return deltas
  }

  private mutating func append(
    _ piece: CallPiece,
    to index: Int
  ) throws(UpstreamFailure) -> ToolCallDelta? {
    self.size += piece.arguments.utf8.count + piece.name.utf8.count + piece.id.utf8.count
    if self.size > Self.maximumSize { throw .tooLarge("calls of tools", Self.maximumSize) }
    if index == self.calls.count {
      if index == Self.maximumCalls { throw .malformed("has more than \(index) calls of tools") }
      self.calls.append(self.call(begunBy: piece))
    }
    if self.calls[index].isRepeated(by: piece) {
      // A second call of the tool begins so, too: its arguments would follow.
      self.calls[index].next = piece.id
      return nil
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

  private func call(begunBy piece: CallPiece) -> Call {
    var call = Call(number: piece.index, id: piece.id)
    if piece.name.isEmpty, let last = self.calls.last(where: { $0.isFollowed(by: piece) }) {
      call.name = last.name
      if let id = last.next, !id.isEmpty { call.id = id }
    }
    if call.id.isEmpty { call.id = .newCall() }
    return call
  }

  /// Which call a piece belongs to; the number of calls for a new one.
  ///
  /// - Parameter taken: those that pieces before it in the same event belong to.
  private func index(of piece: CallPiece, beside taken: Set<Int>) -> Int {
    let same =
      piece.index == nil
      ? self.indexWithoutNumber(of: piece, beside: taken)
      : self.calls.lastIndex { $0.number == piece.index }
    guard let same, !self.calls[same].isOver(before: piece) else { return self.calls.count }
    return same
  }

  /// Ids are all that tells calls without numbers apart, and without them the order. Two pieces of an
  /// event are never of the same call, unless the second has neither an id nor a name.
  private func indexWithoutNumber(of piece: CallPiece, beside taken: Set<Int>) -> Int? {
    if !piece.id.isEmpty,
      let known = self.calls.indices.last(where: {
        self.calls[$0].id == piece.id && !taken.contains($0)
      })
    {
      return known
    }
    let open = self.latest.filter { !taken.contains($0) }
    if piece.name.isEmpty {
      return open.first { !self.calls[$0].isWhole } ?? open.last
        ?? (piece.id.isEmpty ? self.calls.indices.last : nil)
    }
    return open.first { index in
      let call = self.calls[index]
      if !call.hasBegun { return true }
      return call.name == piece.name && (piece.id.isEmpty || !call.isIDTold)
        && (!call.isWhole || call.isRepeated(by: piece))
    }
  }

  /// Takes the end of the text.
  ///
  /// - Returns: what is missing of calls without arguments, and whether a call is not whole.
  mutating func end() throws(UpstreamFailure) -> (rest: [ToolCallDelta], isIncomplete: Bool) {
    var rest: [ToolCallDelta] = []
    for index in self.calls.indices {
      guard self.calls[index].hasBegun else { throw .malformed("has a call of no tool") }
      if self.calls[index].isBlank {
        self.calls[index].append("{}")
        rest.append(ToolCallDelta(index: index, arguments: "{}"))
      }
    }
    return (rest, !self.calls.allSatisfy(\.isWhole))
  }
}

extension String {
  /// Whether it is white space of JSON alone.
  fileprivate var isBlank: Bool { self.utf8.allSatisfy(\.isWhiteSpaceOfJSON) }
}

extension Identifier {
  /// The id of a call whose server gives none.
  fileprivate static func newCall() -> Identifier {
    Identifier("call_" + String(UInt64.random(in: .min ... .max), radix: 36))
  }
}
