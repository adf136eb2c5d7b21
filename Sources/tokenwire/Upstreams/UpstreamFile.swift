import Foundation
import Generation
import Identifiers
import JSON
import UpstreamGeneration

/// A file of models elsewhere (docs/upstreams.md), parsed strictly.
struct UpstreamFile {
  /// In the order of the file, with different names.
  let models: [UpstreamModel]

  /// - Throws: `ConfigurationError` with the place in the file and what may be there; for a key that
  ///   cannot be read.
  init(path: String) throws(ConfigurationError) {
    let text: String
    do {
      text = try InputText.file(path, "models elsewhere")
    } catch {
      throw ConfigurationError("\(error)")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(text, limits: JSONLimits(depth: 16, members: 1_000))
    } catch {
      throw ConfigurationError("The file \(path) is not JSON: \(error.text(in: Array(text.utf8)))")
    }
    var file = try UpstreamObject(value, "", in: path)
    var models: [UpstreamModel] = []
    for object in try file.objects("models") { models.append(try UpstreamModel(object)) }
    try file.end()
    try Self.check(models, path)
    self.models = models
  }

  private static func check(
    _ models: [UpstreamModel],
    _ path: String
  ) throws(ConfigurationError) {
    let names = models.map(\.id)
    for (index, model) in models.enumerated() {
      guard !names[..<index].contains(model.id) else {
        throw ConfigurationError("The file \(path) names two models \"\(model.id)\"")
      }
      var seen = [model.id]
      var next = model.fallback
      while let name = next {
        guard let place = names.firstIndex(of: name) else {
          throw ConfigurationError(
            "The file \(path), models[\(index)].fallback: there is no model \"\(name)\" in it"
          )
        }
        guard !seen.contains(name) else {
          throw ConfigurationError(
            "The file \(path), models[\(index)].fallback: the models fall back on each other"
          )
        }
        seen.append(name)
        next = models[place].fallback
      }
    }
  }
}

extension UpstreamModel {
  fileprivate init(_ object: UpstreamObject) throws(ConfigurationError) {
    var object = object
    let id = Identifier(try object.required("name"))
    let kinds = UpstreamKind.allCases.map(\.rawValue)
    let kindName = try object.required("kind")
    guard let kind = UpstreamKind(rawValue: kindName) else {
      throw object.error("kind", "\"\(kindName)\"", "one of \(kinds.joined(separator: ", "))")
    }
    let key = try APIKey(&object)
    let forms = PromptForm.allCases.map(\.rawValue)
    let form = try object.text("prompt").map { name throws(ConfigurationError) in
      guard let form = PromptForm(rawValue: name) else {
        throw object.error("prompt", "\"\(name)\"", "one of \(forms.joined(separator: ", "))")
      }
      guard form == .message || kind.continuesPrompts else {
        throw object.error(
          "prompt",
          "\"\(name)\"",
          "\"message\": servers of the kind \(kindName) continue no prompts"
        )
      }
      return form
    }
    let version = try object.text("api_version")
    guard (kind == .azure) == (version != nil) else {
      throw object.error(
        "api_version",
        version.map { "\"\($0)\"" } ?? "missing",
        "there for the kind azure, and only for it"
      )
    }
    let isOfURL = { (byte: UInt8) in
      byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
        || UInt8(ascii: "0") ... UInt8(ascii: "9") ~= byte
        || UInt8(ascii: "a") ... UInt8(ascii: "z") ~= byte | 0x20
    }
    if let version, !version.utf8.allSatisfy(isOfURL) {
      throw object.error("api_version", "\"\(version)\"", "a version, such as \"2024-10-21\"")
    }
    let authorities = try object.text("ca_file")
    if let authorities, !CertificateAuthorities.areIn(authorities) {
      throw object.error("ca_file", "\"\(authorities)\"", "a PEM file of certificates")
    }
    let replicas = try Self.replicas(&object, hasKey: key != nil)
    // They all are, or none is.
    let isSecure = replicas.contains { UpstreamURL($0.baseURL)?.scheme == "https" }
    self.init(
      id,
      kind: kind,
      name: try object.text("model"),
      replicas: replicas,
      key: key,
      apiVersion: version,
      authorities: authorities,
      promptForm: form,
      defaults: try UpstreamDefaults(&object, of: kind),
      contextLength: try object.wholeNumber("context_length", in: 1 ... Int(Int32.max)),
      limits: try UpstreamLimits(&object, isSecure: isSecure),
      prices: try TokenPrices(&object),
      fallback: try object.text("fallback").map { Identifier($0) }
    )
    try object.end()
  }

  private static func replicas(
    _ object: inout UpstreamObject,
    hasKey: Bool
  ) throws(ConfigurationError) -> [UpstreamReplica] {
    if object.has("base_url") {
      guard !object.has("replicas") else {
        throw object.error("replicas", "there beside base_url", "the one or the other")
      }
      return [try UpstreamReplica(&object, number: 1, hasKey)]
    }
    var replicas: [UpstreamReplica] = []
    for (index, replica) in try object.objects("replicas").enumerated() {
      var replica = replica
      replicas.append(try UpstreamReplica(&replica, number: index + 1, hasKey))
      try replica.end()
      guard !replicas.dropLast().contains(where: { $0.name == replicas[index].name }) else {
        throw replica.error("name", "\"\(replicas[index].name)\"", "different for each replica")
      }
      let address = Identifier(replicas[index].baseURL)
      guard !replicas.dropLast().contains(where: { Identifier($0.baseURL) == address }) else {
        throw replica.error("base_url", "\"\(address)\"", "different for each replica")
      }
    }
    // They share one proxy, or none.
    guard Set(replicas.map { UpstreamURL($0.baseURL)?.scheme }).count == 1 else {
      throw object.error("replicas", "of http and https", "of one of the two")
    }
    return replicas
  }
}

extension UpstreamReplica {
  /// - Parameter number: names it when the file does not.
  fileprivate init(
    _ object: inout UpstreamObject,
    number: Int,
    _ hasKey: Bool
  ) throws(ConfigurationError) {
    var text = try object.required("base_url")
    guard let url = UpstreamURL(text), !url.hasMore else {
      throw object.error(
        "base_url",
        "\"\(text)\"",
        "an address without user, query and fragment, such as \"https://api.openai.com/v1\""
      )
    }
    if hasKey, url.scheme == "http", !url.isLocal {
      throw object.error(
        "base_url",
        "\"\(text)\"",
        "https: a key is never sent to another machine in the clear"
      )
    }
    while text.utf8.last == UInt8(ascii: "/") { text.unicodeScalars.removeLast() }
    // A model with one server has its name already.
    let name = object.isReplica ? try object.text("name") : nil
    self.init(name: Identifier(name ?? "\(number)"), baseURL: text)
  }
}

extension UpstreamDefaults {
  fileprivate init(
    _ object: inout UpstreamObject,
    of kind: UpstreamKind
  ) throws(ConfigurationError) {
    self.init()
    guard var defaults = try object.object("defaults") else { return }
    self.temperature = try defaults.number("temperature", in: 0 ... kind.maximumTemperature)
      .map { Float($0) }
    self.topP = try defaults.number("top_p", in: 0 ... 1).map { Float($0) }
    if let topP, self.temperature != nil, kind.takesOneOfTemperatureAndTopP {
      throw defaults.error(
        "top_p",
        "\(topP)",
        "left out beside temperature: newer models of the kind \(kind.rawValue) take one of both"
      )
    }
    self.topK = try defaults.wholeNumber("top_k", in: 0 ... Int(Int32.max))
    // As of a request, 0 changes nothing.
    if let topK = self.topK, topK > 0, !kind.takesTopK {
      throw defaults.error(
        "top_k",
        "\(topK)",
        "left out: servers of the kind \(kind.rawValue) would ignore it"
      )
    }
    self.maxTokens = try defaults.wholeNumber("max_tokens", in: 1 ... Int(Int32.max))
    try defaults.end()
  }
}

extension TokenPrices {
  /// For a million tokens.
  private static let range = 0.0 ... 1_000_000

  fileprivate init?(_ object: inout UpstreamObject) throws(ConfigurationError) {
    guard var prices = try object.object("prices") else { return nil }
    self.init(
      prompt: try prices.requiredNumber("prompt", in: Self.range),
      cached: try prices.number("cached", in: Self.range),
      completion: try prices.requiredNumber("completion", in: Self.range)
    )
    try prices.end()
  }
}

extension UpstreamLimits {
  /// - Parameter isSecure: whether servers are called with TLS, and so perhaps over HTTP/2.
  fileprivate init(_ object: inout UpstreamObject, isSecure: Bool) throws(ConfigurationError) {
    self.init()
    if isSecure { self.concurrentCalls = Self.streamsOfConnection }
    self.connectTimeout = try object.time("connect_timeout") ?? self.connectTimeout
    self.silenceTimeout = try object.time("silence_timeout") ?? self.silenceTimeout
    self.checkInterval = try object.time("check_interval") ?? self.checkInterval
    self.hedgeAfter = try object.time("hedge_after")
    let calls = try object.wholeNumber("max_concurrent", in: 1 ... 100_000)
    self.concurrentCalls = calls ?? self.concurrentCalls
    self.maximumQueue =
      try object.wholeNumber("max_queue", in: 0 ... 1_000_000) ?? self.maximumQueue
    self.affinityFactor = try object.number("affinity_factor", in: 1 ... 100) ?? self.affinityFactor
  }
}
