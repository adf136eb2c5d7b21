import Identifiers
import JSON

/// The settings in a configuration file: a JSON object, parsed strictly (RFC 8259), with the names
/// of settings. Values are texts, as on the command line; several values of one setting are an
/// array.
struct SettingsFile {
  /// The values by the names of settings.
  private(set) var texts: [Identifier: String] = [:]
  private(set) var lists: [Identifier: [String]] = [:]

  /// - Parameter settings: the allowed settings.
  /// - Throws: `ConfigurationError` when the file cannot be read, or has something that is not a
  ///   setting.
  init(
    path: String,
    settings: [any DeclaredSetting] = Settings.all
  ) throws(ConfigurationError) {
    var bytes: [UInt8]
    do {
      bytes = Array(try InputText.bytes(ofFile: path))
    } catch {
      throw ConfigurationError("The configuration file \(path) cannot be read: \(error)")
    }
    // A byte-order mark, which some editors write.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError("The configuration file \(path) is not UTF-8")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(text, limits: JSONLimits(depth: 8, members: 1_000))
    } catch {
      throw ConfigurationError(
        "The configuration file \(path) is not a JSON object: \(error.text(in: bytes))"
      )
    }
    guard case .object(let members) = value else {
      throw ConfigurationError("The configuration file \(path) is not a JSON object")
    }
    for member in members {
      guard settings.contains(where: { Identifier($0.name) == member.name }) else {
        throw .unknown(member.name.text, in: path, settings)
      }
      try self.add(member, from: path)
    }
  }

  private mutating func add(
    _ member: JSONValue.Member,
    from path: String
  ) throws(ConfigurationError) {
    let name = member.name.text
    if case .array(let elements) = member.value {
      let texts = elements.compactMap(\.settingText)
      guard texts.count == elements.count else { throw .noValue(name, in: path) }
      self.lists[member.name] = texts
    } else {
      guard let text = member.value.settingText else { throw .noValue(name, in: path) }
      self.texts[member.name] = text
    }
  }
}

extension JSONValue {
  /// The value as it would be on the command line; nil if it cannot be there.
  fileprivate var settingText: String? {
    switch self {
    case .string(let text): text.text
    case .number(let text): text
    case .bool(let value): value ? "true" : "false"
    case .null, .array, .object: nil
    }
  }
}

extension ConfigurationError {
  fileprivate static func unknown(
    _ name: String,
    in path: String,
    _ settings: [any DeclaredSetting]
  ) -> ConfigurationError {
    let known = settings.map(\.name)
    if let meant = name.mostSimilar(of: known) {
      return ConfigurationError(
        "\"\(name)\" in \(path) is not a setting: did you mean \"\(meant)\"?"
      )
    }
    return ConfigurationError(
      "\"\(name)\" in \(path) is not a setting; the settings are \(known.joined(separator: ", "))"
    )
  }

  fileprivate static func noValue(_ name: String, in path: String) -> ConfigurationError {
    ConfigurationError(
      "\"\(name)\" in \(path) must be text, a number, true or false, or for models a list of texts"
    )
  }
}
