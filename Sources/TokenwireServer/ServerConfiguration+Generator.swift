internal import Identifiers
internal import LlamaGeneration

extension ServerConfiguration.Generator {
  private static let recordingPrefix = "recording:"

  init(_ settings: SettingReader) throws {
    switch Identifier(try settings.string(.generator)) {
    case "llama":
      let begins = ModelLoading.Begin.allCases.map { "\"\($0.rawValue)\"" }.joined(
        separator: " or "
      )
      let timeout = try settings.time(.modelIdleTimeout, mayBeZero: true)
      let loading = ModelLoading(
        begin: try settings.value(.modelLoading, begins) { ModelLoading.Begin(rawValue: $0) },
        idleTimeout: timeout == .zero ? nil : timeout
      )
      self = .llama(try Self.models(settings), loading)
    case "scripted":
      self = .scripted(
        text: try settings.string(.scriptedText),
        pace: try settings.time(.scriptedPace, mayBeZero: true)
      )
    case let other where other.utf8.starts(with: Self.recordingPrefix.utf8):
      let path = other.utf8.dropFirst(Self.recordingPrefix.utf8.count)
      self = .recording(path: String(Substring(path)))
    case let other:
      throw ConfigurationError(
        .generator,
        "\"\(other)\"",
        "\"llama\", \"scripted\" or \"\(Self.recordingPrefix)FILE\""
      )
    }
  }

  private static func models(_ settings: SettingReader) throws -> [LlamaConfiguration] {
    let models = try settings.strings(.model).map { text in
      let (name, path) = Self.nameAndPath(text)
      guard !path.isEmpty else {
        throw ConfigurationError(.model, "\"\(text)\"", "a file, or a name, \"=\" and a file")
      }
      return LlamaConfiguration(
        modelPath: path,
        modelID: name,
        parallel: try settings.number(.parallel, in: 1 ... 256),
        contextLength: try settings.number(.context, in: 16 ... 1_048_576),
        threads: try settings.number(.threads, in: 1 ... 512),
        gpuLayers: try settings.number(.gpuLayers, in: -1 ... 10_000),
        maxQueue: try settings.number(.maxQueue, in: 1 ... 1_000_000),
        interTokenLimit: try settings.time(.interTokenLimit, mayBeZero: true),
        prefixCacheSize: try settings.size(.prefixCache, from: 0, upTo: 1 << 40, "1024GiB"),
        prefixSharing: try settings.value(
          .prefixSharing,
          LlamaConfiguration.PrefixSharing.allCases.map(\.rawValue).joined(separator: ", ")
        ) { LlamaConfiguration.PrefixSharing(rawValue: $0) }
      )
    }
    let names = models.map(\.modelID)
    if let twice = names.enumerated().first(where: { names[..<$0.offset].contains($0.element) }) {
      throw ConfigurationError(
        """
        \(Setting.model.everywhere) names two models "\(twice.element)": give one of them another \
        name, such as "other=\(models[twice.offset].modelPath)"
        """
      )
    }
    return models
  }

  /// A path may have "=" in it, behind a "/" at the latest.
  private static func nameAndPath(_ text: String) -> (name: Identifier?, path: String) {
    let bytes = text.utf8
    guard
      let end = bytes.firstIndex(of: UInt8(ascii: "=")), end != bytes.startIndex,
      !bytes[..<end].contains(UInt8(ascii: "/"))
    else { return (nil, text) }
    return (Identifier(text[..<end]), String(text[bytes.index(after: end)...]))
  }
}
