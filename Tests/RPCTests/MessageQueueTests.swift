import NIOCore
import Testing

@testable import RPC

@Suite struct MessageQueueTests {
  private static let empty = ByteBuffer()

  @Test func `messages without bytes count for memory`() {
    let (gate, budget) = (ReadGate(limit: 10_000), MemoryBudget())
    var queue: MessageQueue? = MessageQueue(window: 1 << 20, gate: gate, budget: budget)
    for _ in 0 ..< 100 { queue?.append(Self.empty, length: 0) }
    #expect(gate.isClosed)
    #expect(budget.used >= 10_000)
    queue = nil
    #expect(!gate.isClosed)
    #expect(budget.used == 0)
  }

  @Test func `while memory is short, a call with much unread fails, and one with little goes on`()
    async throws
  {
    let budget = MemoryBudget(limit: 1 << 20)
    budget.add(1 << 20)
    let (patient, hostile) = (
      MessageQueue(window: 1 << 30, budget: budget), MessageQueue(window: 1 << 30, budget: budget)
    )
    patient.append(ByteBuffer(string: "one"), length: 3)
    for _ in 0 ..< 10_000 { hostile.append(Self.empty, length: 0) }
    #expect(budget.used < 2 << 20)
    patient.append(ByteBuffer(string: "two"), length: 3)
    patient.finish()
    var iterator = MessageReader(patient).makeIterator()
    #expect(try await iterator.next() == ByteBuffer(string: "one"))
    #expect(try await iterator.next() == ByteBuffer(string: "two"))
    #expect(try await iterator.next() == nil)
    var count = 0
    var read = MessageReader(hostile).makeIterator()
    let error = await #expect(throws: CallError.self) {
      while try await read.next() != nil { count += 1 }
    }
    #expect(count > 0 && count < 1000)
    #expect(error?.code == .resourceExhausted)
    #expect(error?.message.hasPrefix("The server holds 1048576 bytes for its callers") == true)
    #expect(budget.used == 1 << 20)
  }
}
