import Testing

@testable import RPC
@testable import TTRPC

@Suite struct ServerStreamTableTests {
  private var table = ServerStreamTable<String>()

  @Test(arguments: [0, 2, 4_294_967_294] as [UInt32])
  mutating func `an even id is refused`(id: UInt32) {
    #expect(self.table.receiveRequest(on: id).refusal?.code == .invalidArgument)
    #expect(self.table.receiveData(on: id, flags: []).refusal?.code == .invalidArgument)
  }

  @Test mutating func `ids must increase, and may leave gaps`() {
    #expect(self.table.receiveRequest(on: 5).isAccepted)
    #expect(self.table.receiveRequest(on: 3).refusal != nil)
    #expect(self.table.receiveRequest(on: 5).refusal != nil)
    #expect(self.table.receiveRequest(on: 101).isAccepted)
    #expect(self.table.receiveRequest(on: .max - 2).isAccepted)
  }

  @Test mutating func `an active id that comes again ends the connection`() {
    self.open(1)
    #expect(self.table.receiveRequest(on: 1).closesConnection)
  }

  @Test mutating func `Data on a stream that is not open is refused`() {
    self.open(1)
    #expect(self.table.end(1) == "1")
    #expect(
      self.table.receiveData(on: 1, flags: []).refusal?.message == "StreamID is no longer active"
    )
    #expect(
      self.table.receiveData(on: 7, flags: []).refusal?.message == "StreamID is no longer active"
    )
  }

  @Test mutating func `a stream of messages ends at remote closed, with or without a message`() {
    self.open(1, takesMessages: true, flags: .remoteOpen)
    #expect(self.table.receiveData(on: 1, flags: []).delivery == .init(true, false))
    #expect(self.table.receiveData(on: 1, flags: .noData).delivery == .init(false, false))
    #expect(self.table.receiveData(on: 1, flags: .remoteClosed).delivery == .init(true, true))

    self.open(3, takesMessages: true, flags: .remoteOpen)
    #expect(
      self.table.receiveData(on: 3, flags: [.remoteClosed, .noData]).delivery
        == .init(false, true)
    )
  }

  @Test mutating func `Data after the client's end fails the call`() {
    self.open(1, takesMessages: true, flags: .remoteClosed)
    #expect(self.table.receiveData(on: 1, flags: []).failure?.code == .invalidArgument)
  }

  @Test(arguments: [FrameFlags([]), .remoteOpen])
  mutating func `a method with one request takes its end, but no more messages`(flags: FrameFlags) {
    self.open(1, flags: flags)
    #expect(self.table.receiveData(on: 1, flags: [.remoteClosed, .noData]).delivery != nil)

    self.open(3, flags: flags)
    #expect(self.table.receiveData(on: 3, flags: []).failure?.code == .invalidArgument)
  }

  private mutating func open(
    _ id: UInt32,
    takesMessages: Bool = false,
    flags: FrameFlags = []
  ) {
    #expect(self.table.receiveRequest(on: id).isAccepted)
    self.table.open("\(id)", on: id, takesMessages: takesMessages, flags: flags)
  }
}

extension ServerStreamTable.RequestVerdict {
  fileprivate var isAccepted: Bool {
    if case .accept = self { true } else { false }
  }

  fileprivate var refusal: CallError? {
    if case .refuse(let error) = self { error } else { nil }
  }

  fileprivate var closesConnection: Bool {
    if case .closeConnection = self { true } else { false }
  }
}

private struct Delivery: Equatable {
  var hasMessage: Bool
  var isLast: Bool

  init(_ hasMessage: Bool, _ isLast: Bool) {
    self.hasMessage = hasMessage
    self.isLast = isLast
  }
}

extension ServerStreamTable.DataVerdict {
  fileprivate var delivery: Delivery? {
    if case .deliver(_, let hasMessage, let isLast) = self {
      Delivery(hasMessage, isLast)
    } else {
      nil
    }
  }

  fileprivate var failure: CallError? {
    if case .fail(_, let error) = self { error } else { nil }
  }

  fileprivate var refusal: CallError? {
    if case .refuse(let error) = self { error } else { nil }
  }
}
