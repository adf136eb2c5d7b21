import NIOCore

/// A large text that is written as a small input, because what costs too much for its length mostly
/// shows in large texts only, and libFuzzer changes small inputs best.
///
///     \x01 COUNT part \x02    the part, COUNT times: a byte, so "d" is 100
///     \x03                    in a part: the number of the time, from 0
///     \x04                    in a part: the number of the next time
///
/// Other bytes mean themselves; none of these four is in a JSON text or a useful grammar. Parts can be
/// in parts.
struct RepeatedParts {
  private let input: [UInt8]
  private let limit: Int
  private var text: [UInt8] = []
  private var steps = 0

  /// - Parameter limit: with so many bytes nothing is repeated any more.
  static func text(of input: ByteBuffer, limit: Int) -> String {
    var parts = RepeatedParts(input: Array(input.readableBytesView), limit: limit)
    parts.write(parts.input.indices, time: 0)
    return String(decoding: parts.text, as: UTF8.self)
  }

  private init(input: [UInt8], limit: Int) {
    self.input = input
    self.limit = limit
  }

  private mutating func write(_ range: Range<Int>, time: Int) {
    var index = range.lowerBound
    while index < range.upperBound {
      let byte = self.input[index]
      index += 1
      switch byte {
      case 1:
        let end = self.endOfPart(in: index ..< range.upperBound)
        let count = index < end ? Int(self.input[index]) : 0
        for time in 0 ..< count where self.text.count + self.steps < self.limit {
          // A part may be empty, and is a step all the same.
          self.steps += 1
          self.write(index + 1 ..< end, time: time)
        }
        index = end
      case 2: continue
      case 3, 4: self.text += String(time + Int(byte) - 3).utf8
      default: self.text.append(byte)
      }
    }
  }

  /// Where the mark is that ends a part, or else the end of all.
  private func endOfPart(in range: Range<Int>) -> Int {
    var depth = 0
    for index in range.dropFirst() {
      if self.input[index] == 1 { depth += 1 }
      guard self.input[index] == 2 else { continue }
      if depth == 0 { return index }
      depth -= 1
    }
    return range.upperBound
  }
}
