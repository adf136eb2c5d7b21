internal import Configuration
internal import Foundation
internal import FrameRPC
internal import Generation
internal import LlamaGeneration
internal import Logging
internal import SystemPackage

extension ServerConfiguration {
  /// Reads the settings: flags before environment variables before the file before the defaults.
  ///
  /// - Parameters:
  ///   - flags: settings from the command line, as they were written there.
  ///   - environment: the variables of the process; those of settings begin with `TOKENWIRE_`.
  ///   - file: the path of a JSON object with settings; nil reads none.
  /// - Throws: `ConfigurationError` for a value that is malformed or out of range, a file that
  ///   cannot be read, and a key in it that is not a setting.
  public init(
    flags: [Setting: String],
    environment: [String: String],
    file: String?
  ) async throws {
    var providers: [any ConfigProvider] = [
      EnvironmentVariablesProvider(
        environmentVariables: Dictionary(
          uniqueKeysWithValues: flags.map { ($0.key.variable, $0.value) }
        )
      ).prefixKeys(with: "tokenwire"),
      EnvironmentVariablesProvider(environmentVariables: environment)
        .prefixKeys(with: "tokenwire"),
    ]
    if let file { providers.append(try await Self.provider(forFile: file)) }
    providers.append(Self.defaults)
    try self.init(SettingReader(ConfigReader(providers: providers)))
  }

  private static var defaults: InMemoryProvider {
    InMemoryProvider(
      values: [
        "listen": "127.0.0.1:7437",
        "generator": "llama",
        "parallel": 4,
        "context": 2048,
        "threads": ConfigValue(
          .int(ProcessInfo.processInfo.activeProcessorCount),
          isSecret: false
        ),
        "scriptedText": "The quick brown fox jumps over the lazy dog. ",
        "scriptedPace": "0ms",
        "logLevel": "info",
      ]
    )
  }

  private init(_ settings: SettingReader) throws {
    self.init(
      listen: try settings.value(.listen, "\"host:port\", such as \"127.0.0.1:7437\"") {
        Endpoint($0)
      },
      generator: try Self.generator(settings),
      logLevel: try settings.value(
        .logLevel,
        Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
      ) { Logger.Level(rawValue: $0) }
    )
  }

  private static func generator(_ settings: SettingReader) throws -> Generator {
    switch try settings.string(.generator) {
    case "llama":
      return .llama(
        LlamaConfiguration(
          modelPath: try settings.string(.model),
          parallel: try settings.number(.parallel, in: 1 ... 256),
          contextLength: try settings.number(.context, in: 16 ... 1_048_576),
          threads: try settings.number(.threads, in: 1 ... 512)
        )
      )
    case "scripted":
      return .scripted(
        text: try settings.string(.scriptedText),
        pace: try settings.value(.scriptedPace, "a time, such as \"500us\", \"20ms\" or \"1s\"") {
          Duration(setting: $0)
        }
      )
    case let other:
      throw ConfigurationError(.generator, "\"\(other)\"", "\"llama\" or \"scripted\"")
    }
  }

  private static func provider(forFile path: String) async throws -> FileProvider<JSONSnapshot> {
    do {
      let object = try JSONSerialization.jsonObject(
        with: Data(contentsOf: URL(fileURLWithPath: path))
      )
      let keys = (object as? [String: Any])?.keys.sorted() ?? []
      if let unknown = keys.first(where: { Setting(rawValue: $0) == nil }) {
        let known = Setting.allCases.map(\.rawValue).joined(separator: ", ")
        throw ConfigurationError(
          "\"\(unknown)\" in \(path) is not a setting; the settings are \(known)"
        )
      }
      return try await FileProvider<JSONSnapshot>(filePath: FilePath(path))
    } catch let error as ConfigurationError {
      throw error
    } catch let error as CocoaError where error.isFileError {
      throw ConfigurationError("The configuration file \(path) cannot be read: does it exist?")
    } catch {
      throw ConfigurationError("The configuration file \(path) is not a JSON object")
    }
  }
}

/// Reads settings, and says in its errors where they can be set.
private struct SettingReader {
  private let reader: ConfigReader

  init(_ reader: ConfigReader) {
    self.reader = reader
  }

  func string(_ setting: Setting) throws -> String {
    do {
      return try self.reader.requiredString(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) is missing, or is not text")
    }
  }

  func number(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int {
    let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    let number: Int
    do {
      number = try self.reader.requiredInt(forKey: setting.key)
    } catch {
      throw ConfigurationError("\(setting.everywhere) must be \(allowed)")
    }
    guard range.contains(number) else { throw ConfigurationError(setting, number, allowed) }
    return number
  }

  func value<Value>(
    _ setting: Setting,
    _ allowed: String,
    _ parse: (String) -> Value?
  ) throws -> Value {
    let text = try self.string(setting)
    guard let value = parse(text) else {
      throw ConfigurationError(setting, "\"\(text)\"", allowed)
    }
    return value
  }
}

extension Duration {
  /// Reads a whole number with a unit: "ns", "us", "ms" or "s".
  fileprivate init?(setting text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard let number = Int64(digits) else { return nil }
    switch text.dropFirst(digits.count) {
    case "ns": self = .nanoseconds(number)
    case "us": self = .microseconds(number)
    case "ms": self = .milliseconds(number)
    case "s": self = .seconds(number)
    default: return nil
    }
  }
}
