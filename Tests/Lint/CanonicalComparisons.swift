// Not part of any target. `Tests/Lint/identity` compiles it with each target in turn: declarations of
// the module come before those of the standard library, so that each use of these is a warning.

extension String {
  @available(*, deprecated, message: "canonical: ==")
  static func == (left: String, right: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: !=")
  static func != (left: String, right: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: switch")
  static func ~= (left: String, right: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: <")
  static func < (left: String, right: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: hasPrefix")
  func hasPrefix(_ prefix: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: hasSuffix")
  func hasSuffix(_ suffix: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: contains")
  func contains(_ other: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "beyond ASCII: lowercased")
  func lowercased() -> String { fatalError() }

  @available(*, deprecated, message: "beyond ASCII: uppercased")
  func uppercased() -> String { fatalError() }
}

extension Substring {
  @available(*, deprecated, message: "canonical: ==")
  static func == (left: Substring, right: Substring) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: !=")
  static func != (left: Substring, right: Substring) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: switch")
  static func ~= (left: Substring, right: Substring) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: hasPrefix")
  func hasPrefix(_ prefix: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: hasSuffix")
  func hasSuffix(_ suffix: String) -> Bool { fatalError() }

  @available(*, deprecated, message: "beyond ASCII: lowercased")
  func lowercased() -> String { fatalError() }
}

extension StringProtocol {
  @available(*, deprecated, message: "canonical: ==")
  static func == (left: Self, right: some StringProtocol) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: !=")
  static func != (left: Self, right: some StringProtocol) -> Bool { fatalError() }
}

extension Sequence<String> {
  @available(*, deprecated, message: "canonical: contains")
  func contains(_ element: String) -> Bool { fatalError() }
}

extension Collection<String> {
  @available(*, deprecated, message: "canonical: firstIndex")
  func firstIndex(of element: String) -> Index? { fatalError() }
}

extension [String] {
  @available(*, deprecated, message: "canonical: ==")
  static func == (left: [String], right: [String]) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: !=")
  static func != (left: [String], right: [String]) -> Bool { fatalError() }
}

extension Set<String> {
  @available(*, deprecated, message: "canonical: Set")
  init(_ elements: some Sequence<String>) { fatalError() }

  @available(*, deprecated, message: "canonical: Set")
  func contains(_ element: String) -> Bool { fatalError() }
}

extension Dictionary where Key == String {
  @available(*, deprecated, message: "canonical: Dictionary")
  init(uniqueKeysWithValues pairs: some Sequence<(String, Value)>) { fatalError() }

  @available(*, deprecated, message: "canonical: Dictionary")
  subscript(key: String) -> Value? {
    get { fatalError() }
    set { fatalError() }
  }

  @available(*, deprecated, message: "canonical: Dictionary")
  subscript(key: String, default value: @autoclosure () -> Value) -> Value {
    get { fatalError() }
    set { fatalError() }
  }
}

extension String? {
  @available(*, deprecated, message: "canonical: ==")
  static func == (left: String?, right: String?) -> Bool { fatalError() }

  @available(*, deprecated, message: "canonical: !=")
  static func != (left: String?, right: String?) -> Bool { fatalError() }
}
