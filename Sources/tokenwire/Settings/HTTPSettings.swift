import Identifiers

/// What a server says to clients of HTTP and gRPC.
struct HTTPSettings: SettingGroup {
  static let title = "HTTP and gRPC"

  let http = Setting(
    "http",
    .word(of: TransportSwitch.self),
    default: "on",
    "Whether HTTP is spoken beside the native wire: on or off."
  )
  let grpc = Setting(
    "grpc",
    .word(of: TransportSwitch.self),
    default: "on",
    "Whether gRPC is spoken beside the native wire: on or off."
  )
  let corsOrigin = Setting(
    "corsOrigin",
    .origins,
    default: "none",
    valueName: "origins",
    """
    Web pages that may call the server from a browser: their origins, such as \
    https://app.example.com, with commas between them, or * for all.
    """
  )
  let maxHeaderSize = Setting(
    "maxHeaderSize",
    .size(256 ... 1 << 20),
    default: "16KiB",
    "The header fields of a request, and its target."
  )
}

/// Whether a protocol is spoken.
enum TransportSwitch: String, CaseIterable, Sendable {
  case on
  case off
}

extension SettingForm where Value == [Identifier] {
  /// Origins of web pages (RFC 6454); "none" is none.
  fileprivate static var origins: Self {
    .parsed("\"none\", \"*\", or origins such as \"https://app.example.com\"") { text in
      if Identifier(text) == "none" { return [] }
      if Identifier(text) == "*" { return ["*"] }
      let origins = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .map { Identifier(String(decoding: $0, as: UTF8.self)) }
      return origins.allSatisfy(\.isOrigin) ? origins : nil
    }
  }
}

extension Identifier {
  /// Whether this is a scheme and a host, as a browser sends them.
  fileprivate var isOrigin: Bool {
    for scheme in ["https://", "http://"] where self.utf8.starts(with: scheme.utf8) {
      let host = self.utf8.dropFirst(scheme.utf8.count)
      return !host.isEmpty && host.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    }
    return false
  }
}
