/// A part of the time, and the attacks that go on in it.
struct Phase {
  var name: String
  var attacks: [any Attack]

  static func all(_ attacks: [any Attack]) -> Phase {
    Phase(name: "all attacks at once", attacks: attacks)
  }

  static let peace = Phase(name: "no attack", attacks: [])

  /// First nobody is hostile, then each attack comes alone, then all come together. In the end nobody is
  /// hostile once more: what attacks leave behind shows there, and whether the machine has changed.
  static func plan(_ attacks: [any Attack]) -> [Phase] {
    let together = attacks.count > 1 ? [Phase.all(attacks)] : []
    return [.peace] + attacks.map { Phase(name: $0.name, attacks: [$0]) } + together
      + [Phase(name: "after the attacks", attacks: [])]
  }
}
