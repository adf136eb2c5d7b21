import NIOCore
import Testing

@testable import TTRPC

@Suite struct CompactedTests {
  @Test(arguments: [0, 1, 1_000])
  func `a small part of a large buffer does not keep the rest`(length: Int) throws {
    let large = ByteBuffer(repeating: 0x61, count: 65_536)
    let slice = try #require(large.getSlice(at: 100, length: length))
    #expect(slice.storageCapacity >= 65_536)
    #expect(slice.compacted == slice)
    #expect(slice.compacted.storageCapacity <= 2_048)
  }

  @Test func `a large part is not copied`() throws {
    let large = ByteBuffer(repeating: 0x61, count: 65_536)
    let slice = try #require(large.getSlice(at: 0, length: 20_000))
    #expect(slice.compacted.storageCapacity == large.storageCapacity)
  }
}
