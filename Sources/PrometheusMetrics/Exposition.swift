internal import Identifiers

/// Writes metrics in Prometheus's text format, version 0.0.4.
struct Exposition {
  private(set) var text = ""
  private var latest: Identifier?

  enum Kind: String {
    case counter, gauge, histogram, summary
  }

  /// Begins the series of a metric; before each of them, whose metric may be the same.
  mutating func begin(_ metric: Identifier, _ kind: Kind) {
    guard self.latest != metric else { return }
    self.latest = metric
    self.text += "# TYPE \(metric) \(kind.rawValue)\n"
  }

  /// Writes one value.
  ///
  /// - Parameters:
  ///   - suffix: what follows the metric's name, such as "_sum".
  ///   - bucket: the upper end of a histogram's bucket.
  mutating func write(
    _ value: Double,
    _ name: SeriesName,
    suffix: String = "",
    bucket: Double? = nil
  ) {
    var labels = name.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    if let bucket { labels.append("le=\"\(Self.number(bucket))\"") }
    let braces = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    self.text += "\(name.metric)\(suffix)\(braces) \(Self.number(value))\n"
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Without a fraction, as far as a Double is exact.
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return "\(whole)" }
    return "\(value)"
  }

  private static func escaped(_ value: Identifier) -> String {
    var bytes: [UInt8] = []
    for byte in value.text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"), UInt8(ascii: "\""): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
