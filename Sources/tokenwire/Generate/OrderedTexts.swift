import TokenwireAPI

/// Puts the events of concurrent texts into a readable order: the first unfinished text is shown as
/// it arrives, and later ones wait for its end.
struct OrderedTexts {
  /// The index of the text that is shown, from 0.
  private(set) var current: Int32 = 0
  private var waiting: [Int32: [GenerateResponse.Event]] = [:]

  /// Adds an event, and returns the events that can now be shown.
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
  /// The index of the event's text; 0 for an event about all.
  var textIndex: Int32 {
    switch self {
    case .started, .progress, .promptLogprobs: 0
    case .delta(let delta): delta.index
    case .finished(let finished): finished.index
    }
  }
}
