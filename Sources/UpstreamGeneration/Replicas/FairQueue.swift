internal import Generation

/// What waits, in a queue for each requester: they take turns.
struct FairQueue<Element> {
  private var queues: [Requester: [Element]] = [:]
  /// Those with a queue, in their order; the first is next.
  private var turns: [Requester] = []
  private(set) var count = 0

  mutating func append(_ element: Element, for requester: Requester) {
    if self.queues[requester] == nil { self.turns.append(requester) }
    self.queues[requester, default: []].append(element)
    self.count += 1
  }

  /// Takes the first element that `isReady` accepts, of the requester whose turn it is, else of the
  /// next.
  mutating func popFirst(where isReady: (Element) -> Bool) -> Element? {
    for (turn, requester) in self.turns.enumerated() {
      guard var queue = self.queues[requester], let index = queue.firstIndex(where: isReady) else {
        continue
      }
      let element = queue.remove(at: index)
      self.count -= 1
      self.turns.remove(at: turn)
      if queue.isEmpty {
        self.queues[requester] = nil
      } else {
        self.queues[requester] = queue
        self.turns.append(requester)
      }
      return element
    }
    return nil
  }

  /// Takes an element away.
  ///
  /// - Returns: whether it was there.
  mutating func remove(for requester: Requester, where isIt: (Element) -> Bool) -> Bool {
    guard let index = self.queues[requester]?.firstIndex(where: isIt) else { return false }
    self.queues[requester]?.remove(at: index)
    self.count -= 1
    if self.queues[requester]?.isEmpty == true {
      self.queues[requester] = nil
      self.turns.removeAll { $0 == requester }
    }
    return true
  }
}
