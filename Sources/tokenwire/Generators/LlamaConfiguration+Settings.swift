import Generation
import Identifiers
import LlamaGeneration
import Logging
import TokenwireServer

extension [LlamaConfiguration] {
  /// Reads the settings of language models.
  init(_ settings: SettingReader) throws(ConfigurationError) {
    self = []
    let chatTemplate = try Self.chatTemplate(settings)
    for text in try Settings.served.model.read(from: settings) {
      self.append(try LlamaConfiguration(text, settings, chatTemplate: chatTemplate))
    }
    let names = self.map(\.modelID)
    if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
      throw ConfigurationError(
        """
        \(Settings.served.model.everywhere) names two models "\(twice.element)": give one of them \
        another name, such as "other=\(self[twice.offset].modelPath)"
        """
      )
    }
  }

  private static func chatTemplate(
    _ settings: SettingReader
  ) throws(ConfigurationError) -> String? {
    let setting = Settings.served.chatTemplate
    guard let path = try setting.read(from: settings) else { return nil }
    do {
      return try InputText.file(path, "chat template")
    } catch {
      throw ConfigurationError("\(setting.everywhere): \(error)")
    }
  }
}

extension LlamaConfiguration {
  /// - Parameter model: a file, or a name, "=" and a file.
  fileprivate init(
    _ model: String,
    _ settings: SettingReader,
    chatTemplate: String?
  ) throws(ConfigurationError) {
    let (name, path) = Self.nameAndPath(model)
    guard !path.isEmpty else {
      throw ConfigurationError(
        Settings.served.model,
        "\"\(model)\"",
        "a file, or a name, \"=\" and a file"
      )
    }
    let engine = Settings.engine
    self.init(
      modelPath: path,
      modelID: name,
      parallel: try engine.parallel.read(from: settings),
      contextLength: try engine.context.read(from: settings),
      threads: try engine.threads.read(from: settings),
      gpuLayers: try Settings.served.gpuLayers.read(from: settings),
      maxQueue: try engine.maxQueue.read(from: settings),
      interTokenLimit: try engine.interTokenLimit.read(from: settings),
      prefixCacheSize: try engine.prefixCache.read(from: settings),
      prefixSharing: try engine.prefixSharing.read(from: settings),
      chatTemplate: chatTemplate,
      draftModelPath: try engine.draftModel.read(from: settings)
    )
  }

  /// A path that contains "=" must have a "/" before it.
  private static func nameAndPath(_ text: String) -> (name: Identifier?, path: String) {
    let bytes = text.utf8
    guard
      let end = bytes.firstIndex(of: UInt8(ascii: "=")), end != bytes.startIndex,
      !bytes[..<end].contains(UInt8(ascii: "/"))
    else { return (nil, text) }
    return (Identifier(text[..<end]), String(text[bytes.index(after: end)...]))
  }
}

extension ModelSource {
  /// A language model, run by libllama.
  init(_ configuration: LlamaConfiguration, logger: Logger) {
    self.init(configuration.modelID) { () throws(GenerationError) in
      do throws(LlamaLoadError) {
        return try LlamaGenerator(configuration, logger: logger)
      } catch {
        throw GenerationError(.unavailable, error.messageWithFlags)
      }
    }
  }
}

extension LlamaLoadError {
  /// The message, with the flags that help.
  var messageWithFlags: String {
    switch self.remedy {
    case .lower(let parameters):
      "\(self.message): lower \(Self.alternatives(parameters.map(\.setting.flag)))"
    case .debugLog:
      "\(self.message) (\(Settings.general.logLevel.flag) debug tells more)"
    case nil:
      self.message
    }
  }
}

extension LlamaLoadError.Parameter {
  fileprivate var setting: any DeclaredSetting {
    switch self {
    case .parallel: Settings.engine.parallel
    case .contextLength: Settings.engine.context
    case .prefixCacheSize: Settings.engine.prefixCache
    }
  }
}
