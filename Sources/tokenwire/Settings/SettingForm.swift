import Identifiers

/// What a setting may be, and how that is read.
struct SettingForm<Value: Sendable>: Sendable {
  /// For the table, such as "a whole number of texts from 1 to 256".
  let documentation: String
  let shape: SettingShape
  let read: @Sendable (Setting<Value>, SettingReader) throws(ConfigurationError) -> Value

  private init(
    _ documentation: String,
    _ shape: SettingShape = .value,
    read: @escaping @Sendable (Setting<Value>, SettingReader) throws(ConfigurationError) -> Value
  ) {
    self.documentation = documentation
    self.shape = shape
    self.read = read
  }

  /// A text that means something.
  ///
  /// - Parameters:
  ///   - allowed: which texts do, for the message about others: "must be ...".
  ///   - documentation: for the table, if that is not to say the same.
  ///   - parse: nil for a text that is none.
  static func parsed(
    _ allowed: String,
    documentation: String? = nil,
    _ parse: @escaping @Sendable (String) -> Value?
  ) -> Self {
    Self(documentation ?? allowed) { setting, settings throws(ConfigurationError) in
      let text = try settings.text(of: setting)
      guard let value = parse(text) else {
        throw ConfigurationError(setting, "\"\(text)\"", allowed)
      }
      return value
    }
  }
}

/// How a setting is given.
enum SettingShape: Sendable {
  case value
  /// The path of a file.
  case path
  /// Paths of files that end with one of these; the flag may be there several times.
  case paths(extensions: [String])
  /// A value that may begin with a dash.
  case signed
  /// By a flag without a value, which says that it is true.
  case toggle
}

extension SettingForm where Value == String {
  static var text: Self {
    Self("a text") { setting, settings throws(ConfigurationError) in try settings.text(of: setting)
    }
  }
}

extension SettingForm where Value == String? {
  /// Nil when it is empty.
  static var path: Self {
    Self("a file", .path) { setting, settings throws(ConfigurationError) in
      try settings.optionalText(of: setting)
    }
  }
}

extension SettingForm where Value == Identifier? {
  /// Nil when it is empty.
  static var name: Self {
    Self("a text") { setting, settings throws(ConfigurationError) in
      try settings.optionalText(of: setting).map { Identifier($0) }
    }
  }
}

extension SettingForm where Value == [String] {
  /// At least one.
  ///
  /// - Parameter extensions: how the names of such files end.
  static func paths(_ documentation: String, extensions: [String]) -> Self {
    Self(documentation, .paths(extensions: extensions)) {
      setting,
      settings throws(ConfigurationError) in
      try settings.texts(of: setting)
    }
  }
}

extension SettingForm where Value == Bool {
  static var bool: Self { Self.bool(.value) }

  /// True where its flag is there.
  static var toggle: Self { Self.bool(.toggle) }

  private static func bool(_ shape: SettingShape) -> Self {
    Self("true or false", shape) { setting, settings throws(ConfigurationError) in
      try settings.bool(of: setting)
    }
  }
}

extension SettingForm where Value == Int {
  /// - Parameter unit: what is counted.
  static func count(_ range: ClosedRange<Int>, of unit: String) -> Self {
    let bounds = "from \(range.lowerBound) to \(range.upperBound)"
    let allowed = "a whole number \(bounds)"
    return Self("a whole number of \(unit) \(bounds)", range.lowerBound < 0 ? .signed : .value) {
      setting,
      settings throws(ConfigurationError) in
      guard let number = settings.number(of: setting) else {
        throw ConfigurationError("\(setting.everywhere) must be \(allowed)")
      }
      guard range.contains(number) else { throw ConfigurationError(setting, "\(number)", allowed) }
      return number
    }
  }
}

extension SettingForm where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of a type's words.
  ///
  /// - Parameter phrase: says which there are.
  static func word(
    of type: Value.Type,
    _ phrase: ([String]) -> String = { $0.joined(separator: ", ") }
  ) -> Self {
    .parsed(phrase(Value.allCases.map(\.rawValue))) { Value(rawValue: $0) }
  }
}
