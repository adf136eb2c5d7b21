import NIOCore
import RPC
import Testing

@Suite struct ByteBufferReclaimingTests {
  @Test(arguments: [1, 999, 1000, 60_000])
  func `a buffer that is never read to its end does not grow`(unread: Int) {
    var buffer = ByteBuffer(repeating: 0, count: unread)
    for number in 0 ..< 10_000 {
      buffer.reclaimReadBytes()
      buffer.writeRepeatingByte(UInt8(truncatingIfNeeded: number), count: 1000)
      buffer.moveReaderIndex(forwardBy: 1000)
    }
    #expect(buffer.readableBytes == unread)
    #expect(buffer.storageCapacity <= 4 * (unread + 1000))
    let last = buffer.readableBytesView.suffix(1000)
    #expect(last.allSatisfy { $0 == UInt8(truncatingIfNeeded: 9_999) })
  }

  @Test func `an empty buffer keeps little`() {
    var buffer = ByteBuffer(repeating: 0, count: 4 << 20)
    buffer.moveReaderIndex(to: buffer.writerIndex)
    buffer.reclaimReadBytes()
    #expect(buffer.storageCapacity <= 1 << 16)
    #expect(buffer.writableBytes == buffer.storageCapacity)
  }

  @Test func `what others hold of it stays as it is`() {
    var buffer = ByteBuffer(string: "one, two, three, ")
    let (one, two) = (buffer.readSlice(length: 5), buffer.readSlice(length: 5))
    buffer.reclaimReadBytes()
    buffer.writeString("four")
    #expect(String(buffer: buffer) == "three, four")
    buffer.moveReaderIndex(to: buffer.writerIndex)
    buffer.reclaimReadBytes()
    buffer.writeString("five")
    #expect(String(buffer: buffer) == "five")
    #expect(one == ByteBuffer(string: "one, "))
    #expect(two == ByteBuffer(string: "two, "))
  }

  @Test func `bytes move once at most, on the whole`() {
    var buffer = ByteBuffer()
    var moves = 0
    for _ in 0 ..< 1000 {
      buffer.writeRepeatingByte(0, count: 1000)
      let index = buffer.readerIndex
      buffer.moveReaderIndex(forwardBy: 900)
      let before = buffer.readerIndex
      buffer.reclaimReadBytes()
      #expect(before > index)
      if buffer.readerIndex < before { moves += buffer.readableBytes }
    }
    #expect(moves <= 1_000_000)
  }
}
