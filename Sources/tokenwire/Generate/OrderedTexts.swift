import TokenwireAPI

/// Brings the events of texts that grow at once into an order in which they can be read: the first
/// text that has not ended goes on as it comes, and the later ones wait for its end.
struct OrderedTexts {
  /// Which text goes on, from 0.
  private(set) var current: Int32 = 0
  private var waiting: [Int32: [GenerateResponse.Event]] = [:]

  /// Takes what has come, and hands out what may be shown with it.
  mutating func add(_ event: GenerateResponse.Event) -> [GenerateResponse.Event] {
    self.waiting[event.textIndex, default: []].append(event)
    var ready: [GenerateResponse.Event] = []
    while let events = self.waiting.removeValue(forKey: self.current) {
      ready += events
      guard case .finished = events.last else { break }
      self.current += 1
    }
    return ready
  }
}

extension GenerateResponse.Event {
  /// Whose event it is; the first text's when it is about all.
  var textIndex: Int32 {
    switch self {
    case .started: 0
    case .delta(let delta): delta.index
    case .finished(let finished): finished.index
    }
  }
}
