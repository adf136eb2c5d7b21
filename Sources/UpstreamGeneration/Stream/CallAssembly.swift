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

  var isEmpty: Bool { self.calls.isEmpty }

  /// Takes a piece.
  ///
  /// - Returns: what it adds for the caller; nil for a call whose name has not come yet.
  mutating func append(_ piece: CallPiece) throws(UpstreamFailure) -> ToolCallDelta? {
    self.size += piece.arguments.utf8.count + piece.name.utf8.count + piece.id.utf8.count
    if self.size > Self.maximumSize { throw .tooLarge("calls of tools", Self.maximumSize) }
    let index = self.index(of: piece)
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

  /// Which call a piece belongs to; the number of calls for a new one.
  private func index(of piece: CallPiece) -> Int {
    let same =
      piece.index == nil
      ? self.calls.indices.last : self.calls.lastIndex { $0.number == piece.index }
    guard let same else { return self.calls.count }
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

extension Identifier {
  /// The id of a call whose server gives none.
  fileprivate static func newCall() -> Identifier {
    Identifier("call_" + String(UInt64.random(in: .min ... .max), radix: 36))
  }
}
