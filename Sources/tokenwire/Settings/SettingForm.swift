import Identifiers
import Listening

/// The allowed values of a setting, and how they are parsed.
struct SettingForm<Value: Sendable>: Sendable {
  /// The allowed values in the table, such as "a whole number of texts from 1 to 256".
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
  ///   - allowed: the allowed texts, for the error message "must be ...".
  ///   - documentation: the allowed texts in the table, if different.
  ///   - parse: returns nil for a text that is not allowed.
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
  /// Paths of files with one of these extensions; the flag may be repeated.
  case paths(extensions: [String])
  /// A value that may begin with a dash.
  case signed
  /// A flag without a value, which means true.
  case toggle
}

extension SettingForm where Value == String {
  static var text: Self {
    Self("a text") { setting, settings throws(ConfigurationError) in try settings.text(of: setting)
    }
  }
}

extension SettingForm where Value == String? {
  /// Nil when it is not given.
  static var path: Self {
    Self("a file", .path) { setting, settings throws(ConfigurationError) in
      try settings.optionalText(of: setting)
    }
  }
}

extension SettingForm where Value == Identifier? {
  /// Nil when it is not given.
  static var name: Self {
    Self("a text") { setting, settings throws(ConfigurationError) in
      try settings.optionalText(of: setting).map { Identifier($0) }
    }
  }
}

extension SettingForm where Value == Endpoint? {
  /// Where to listen; nil when it is not given.
  static var address: Self {
    let allowed = "\"host:port\" or \"unix:/path\", such as \"127.0.0.1:9464\""
    return Self(allowed) { setting, settings throws(ConfigurationError) in
      guard let text = try settings.optionalText(of: setting) else { return nil }
      guard let endpoint = Endpoint(text) else {
        throw ConfigurationError(setting, "\"\(text)\"", allowed)
      }
      return endpoint
    }
  }
}

extension SettingForm where Value == [String] {
  /// At least one.
  ///
  /// - Parameter extensions: the extensions of such files.
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

  /// True when the flag is given.
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
  /// - Parameter phrase: lists the words in an error message.
  static func word(
    of type: Value.Type,
    _ phrase: ([String]) -> String = { $0.joined(separator: ", ") }
  ) -> Self {
    .parsed(phrase(Value.allCases.map(\.rawValue))) { Value(rawValue: $0) }
  }
}
