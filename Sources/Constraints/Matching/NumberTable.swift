/// Gives values numbers, each once, for what does not fit into the count of a place.
struct NumberTable<Value: Hashable> {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int32] = [:]

  subscript(_ number: Int32) -> Value { self.values[Int(number)] }

  mutating func number(of value: Value) -> Int32 {
    if let known = self.numbers[value] { return known }
    let number = Int32(self.values.count)
    self.values.append(value)
    self.numbers[value] = number
    return number
  }
}

extension NumberTable: Sendable where Value: Sendable {}
