import Generation
import Identifiers
import LlamaGeneration
import Logging
import TokenwireServer

extension ServerConfiguration.Generator {
  init(_ settings: SettingReader) throws(ConfigurationError) {
    switch try Settings.general.generator.read(from: settings) {
    case .llama:
      let served = Settings.served
      let timeout = try served.modelIdleTimeout.read(from: settings)
      let loading = ModelLoading(
        begin: try served.modelLoading.read(from: settings),
        idleTimeout: timeout == .zero ? nil : timeout
      )
      // Models elsewhere are enough.
      let hasNone = !settings.has(served.model) && settings.has(served.upstreams)
      self = .llama(hasNone ? [] : try [LlamaConfiguration](settings), loading)
    case .scripted:
      self = .scripted(
        text: try Settings.general.scriptedText.read(from: settings),
        pace: try Settings.general.scriptedPace.read(from: settings)
      )
    case .recording(let path):
      self = .recording(path: path)
    }
  }

  /// The models, and when they are loaded.
  ///
  /// - Throws: an error of one sentence when a given file is not a model. Loading finds other
  ///   errors later.
  func models(logger: Logger) throws -> (models: [ModelSource], loading: ModelLoading) {
    switch self {
    case .llama(let models, let loading):
      for model in models { try model.checkModelFile() }
      return (models.map { ModelSource($0, logger: logger) }, loading)
    case .scripted(let text, let pace):
      let source = ModelSource("scripted") {
        ScriptedGenerator(Script(text, repeats: true), pace: pace)
      }
      return ([source], ModelLoading())
    case .recording(let path):
      let texts = try RecordedTexts(path: path)
      let sources = texts.models.map { id in
        ModelSource(id) { RecordedGenerator(texts, model: id) }
      }
      return (sources, ModelLoading())
    }
  }
}
