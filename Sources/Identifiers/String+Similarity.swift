extension String {
  /// The one of several names that this one may have been meant to be: at most a third of it differs.
  /// Nil when there is none.
  package func mostSimilar(of names: [String]) -> String? {
    let distances = names.map { (name: $0, distance: self.distance(to: $0)) }
    guard let closest = distances.min(by: { $0.distance < $1.distance }) else { return nil }
    return closest.distance * 3 <= max(self.utf8.count, 3) && closest.distance <= 3
      ? closest.name : nil
  }

  /// How many letters have to be put in, left out, replaced, or swapped with the next one.
  private func distance(to other: String) -> Int {
    let own = Array(Identifier(self).lowercasedASCII.utf8)
    let others = Array(Identifier(other).lowercasedASCII.utf8)
    var beforeLast: [Int] = []
    var last = Array(0 ... others.count)
    for i in own.indices {
      var row = [i + 1]
      for j in others.indices {
        var best = Swift.min(
          last[j] + (own[i] == others[j] ? 0 : 1),
          last[j + 1] + 1,
          row[j] + 1
        )
        if i > 0, j > 0, own[i] == others[j - 1], own[i - 1] == others[j] {
          best = Swift.min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[others.count]
  }
}
