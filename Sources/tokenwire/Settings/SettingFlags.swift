import ArgumentParser
import Identifiers

/// The flags of a group of settings.
///
/// ArgumentParser takes the flags of a type from a mirror of it, where each is a stored property;
/// this mirror has one for each setting that is declared. Values stay texts, and are parsed
/// together with those from other sources, so that an error has the same message wherever the value
/// was given.
struct SettingFlags<Group: SettingGroup>: ParsableArguments, CustomReflectable {
  /// The given values, by the names of the settings.
  private(set) var values: [Identifier: String] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let flags = try decoder.container(keyedBy: FlagKey.self)
    for setting in Group.settings {
      let key = FlagKey(stringValue: setting.name)
      let value: String?
      switch setting.shape {
      case .value, .path, .signed:
        value = try flags.decode(Option<String?>.self, forKey: key).wrappedValue
      case .paths:
        let paths = try flags.decode(Option<[String]>.self, forKey: key).wrappedValue
        value = paths.isEmpty ? nil : paths.joined(separator: ",")
      case .toggle:
        value = try flags.decode(Flag<Bool>.self, forKey: key).wrappedValue ? "true" : nil
      }
      self.values[Identifier(setting.name)] = value
    }
  }

  var customMirror: Mirror {
    Mirror(self, children: Group.settings.map { (label: $0.name, value: $0.argument) })
  }
}

/// The name of a setting, as a key of the parser's decoder.
private struct FlagKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) {
    self.stringValue = stringValue
  }

  init?(intValue: Int) { nil }
}

extension DeclaredSetting {
  /// ArgumentParser's description of the flag.
  fileprivate var argument: Any {
    let name = NameSpecification.customLong(self.flagName)
    return switch self.shape {
    case .value:
      Option<String?>(name: name, help: self.argumentHelp)
    case .path:
      Option<String?>(name: name, help: self.argumentHelp, completion: .file())
    case .paths(let extensions):
      Option<[String]>(
        wrappedValue: [],
        name: name,
        help: self.argumentHelp,
        completion: .file(extensions: extensions)
      )
    case .signed:
      Option<String?>(name: name, parsing: .unconditional, help: self.argumentHelp)
    case .toggle:
      Flag<Bool>(wrappedValue: false, name: name, help: ArgumentHelp(self.help))
    }
  }

  private var argumentHelp: ArgumentHelp {
    let standard = self.standard.shown.map { " (default: \($0))" } ?? ""
    return ArgumentHelp("\(self.help)\(standard)", valueName: self.valueName)
  }
}
