internal import Identifiers

/// The name of a metric, with the labels of one of its series.
struct SeriesName: Hashable, Comparable {
  let metric: Identifier
  /// By their names.
  let labels: [Label]

  struct Label: Hashable {
    let name: Identifier
    let value: Identifier
  }

  /// - Parameters:
  ///   - metric: what a name cannot have in it becomes "_".
  ///   - dimensions: the labels.
  init(_ metric: String, _ dimensions: [(String, String)]) {
    self.metric = Self.valid(metric, allowsColon: true)
    self.labels = dimensions.map { name, value in
      Label(name: Self.valid(name, allowsColon: false), value: Identifier(value))
    }.sorted { $0.name < $1.name }
  }

  private static func valid(_ name: String, allowsColon: Bool) -> Identifier {
    var bytes = name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
        UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"):
        byte
      case UInt8(ascii: ":") where allowsColon: byte
      default: UInt8(ascii: "_")
      }
    }
    if let first = bytes.first, UInt8(ascii: "0") ... UInt8(ascii: "9") ~= first {
      bytes.insert(UInt8(ascii: "_"), at: 0)
    }
    return Identifier(String(decoding: bytes, as: UTF8.self))
  }

  /// The series of a metric are beside each other.
  static func < (one: SeriesName, other: SeriesName) -> Bool {
    one.order.lexicographicallyPrecedes(other.order)
  }

  private var order: [Identifier] { [self.metric] + self.labels.flatMap { [$0.name, $0.value] } }
}
