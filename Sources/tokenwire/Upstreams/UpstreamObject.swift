import Identifiers
import JSON

/// An object in the file of models elsewhere, whose members are taken one by one.
struct UpstreamObject {
  private var members: [Identifier: JSONValue] = [:]
  /// Such as "models[0]."
  private let place: String
  private let file: String

  /// - Parameter place: where in the file it is; empty for the whole.
  /// - Throws: when it is not an object.
  init(_ value: JSONValue, _ place: String, in file: String) throws(ConfigurationError) {
    guard case .object(let members) = value else {
      throw ConfigurationError(
        "The file \(file)\(place.isEmpty ? "" : ", \(place),") must be an object"
      )
    }
    self.place = place.isEmpty ? "" : place + "."
    self.file = file
    for member in members { self.members[member.name] = member.value }
  }

  /// Whether it is one of several servers of a model.
  var isReplica: Bool { self.place.utf8.count(where: { $0 == UInt8(ascii: "[") }) == 2 }

  func has(_ name: Identifier) -> Bool { self.members[name] != nil }

  /// - Throws: when there is a member that nobody has taken.
  func end() throws(ConfigurationError) {
    let left = self.members.keys.min { $0 < $1 }
    guard let left else { return }
    throw ConfigurationError("The file \(self.file), \(self.place)\(left): there is no such member")
  }

  /// An error about a member.
  func error(_ name: Identifier, _ value: String, _ allowed: String) -> ConfigurationError {
    ConfigurationError(
      "The file \(self.file), \(self.place)\(name) is \(value), but must be \(allowed)"
    )
  }

  // MARK: Members

  mutating func text(_ name: Identifier) throws(ConfigurationError) -> String? {
    guard let value = self.members.removeValue(forKey: name) else { return nil }
    guard case .string(let text) = value, !text.isEmpty else {
      throw self.error(name, "no text", "a text that is not empty")
    }
    return text.text
  }

  mutating func required(_ name: Identifier) throws(ConfigurationError) -> String {
    guard let text = try self.text(name) else { throw self.isMissing(name) }
    return text
  }

  mutating func number(
    _ name: Identifier,
    in range: ClosedRange<Double>
  ) throws(ConfigurationError) -> Double? {
    guard let value = self.members.removeValue(forKey: name) else { return nil }
    let bounds = "a number from \(range.lowerBound.asSetting) to \(range.upperBound.asSetting)"
    guard case .number(let text) = value else { throw self.error(name, "no number", bounds) }
    guard let number = Double(text), range.contains(number) else {
      throw self.error(name, "\(text)", bounds)
    }
    return number
  }

  mutating func wholeNumber(
    _ name: Identifier,
    in range: ClosedRange<Int>
  ) throws(ConfigurationError) -> Int? {
    let bounds = Double(range.lowerBound) ... Double(range.upperBound)
    guard let number = try self.number(name, in: bounds) else { return nil }
    guard let whole = Int(exactly: number) else {
      throw self.error(name, "\(number)", "a whole number")
    }
    return whole
  }

  mutating func requiredNumber(
    _ name: Identifier,
    in range: ClosedRange<Double>
  ) throws(ConfigurationError) -> Double {
    guard let number = try self.number(name, in: range) else { throw self.isMissing(name) }
    return number
  }

  private func isMissing(_ name: Identifier) -> ConfigurationError {
    ConfigurationError("The file \(self.file), \(self.place)\(name) is missing")
  }

  /// A time above zero, such as "500ms".
  mutating func time(_ name: Identifier) throws(ConfigurationError) -> Duration? {
    guard let text = try self.text(name) else { return nil }
    guard let time = Duration(setting: text), .zero < time, time <= .seconds(86_400) else {
      throw self.error(
        name,
        "\"\(text)\"",
        "a time above zero and at most a day, such as \"500ms\" or \"2m\""
      )
    }
    return time
  }

  mutating func object(_ name: Identifier) throws(ConfigurationError) -> UpstreamObject? {
    guard let value = self.members.removeValue(forKey: name) else { return nil }
    return try UpstreamObject(value, "\(self.place)\(name)", in: self.file)
  }

  /// The elements of an array of objects, at least one.
  mutating func objects(_ name: Identifier) throws(ConfigurationError) -> [UpstreamObject] {
    guard case .array(let elements)? = self.members.removeValue(forKey: name), !elements.isEmpty
    else {
      throw self.error(name, "missing or empty", "an array of objects")
    }
    var objects: [UpstreamObject] = []
    for (index, element) in elements.enumerated() {
      objects.append(
        try UpstreamObject(element, "\(self.place)\(name)[\(index)]", in: self.file)
      )
    }
    return objects
  }
}

extension Double {
  /// Without a fraction where it has none.
  fileprivate var asSetting: String {
    Int(exactly: self).map { "\($0)" } ?? "\(self)"
  }
}
