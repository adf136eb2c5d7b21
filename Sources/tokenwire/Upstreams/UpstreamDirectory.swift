import Foundation
import Generation
import Identifiers
import Logging
import Synchronization
import TokenwireServer
import UpstreamGeneration

/// The models elsewhere, by name: some fall back on others.
final class UpstreamDirectory: Sendable {
  private let generators = Mutex<[Identifier: UpstreamGenerator]>([:])
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  /// The models of a file, which is read again at each reload.
  ///
  /// - Parameter local: the models here, whose names those of the file must not have.
  func models(
    _ upstreams: ServerConfiguration.Upstreams,
    besides local: [Identifier]
  ) throws(ConfigurationError) -> ModelsElsewhere {
    let sources = try self.sources(upstreams.models, upstreams.file, besides: local)
    return ModelsElsewhere(sources) {
      let file = try UpstreamFile(path: upstreams.file)
      return try self.sources(file.models, upstreams.file, besides: local)
    }
  }

  private func sources(
    _ models: [UpstreamModel],
    _ path: String,
    besides local: [Identifier]
  ) throws(ConfigurationError) -> [ModelSource] {
    if let twice = models.first(where: { local.contains($0.id) }) {
      throw ConfigurationError(
        "The file \(path) has a model \"\(twice.id)\", which \(Settings.served.model.flag) names, too"
      )
    }
    var sources: [ModelSource] = []
    for model in models {
      let proxies = try ProxyRules(for: model)
      sources.append(
        ModelSource(model.id, revision: model.revision) {
          let generator = UpstreamGenerator(model, proxies: proxies, logger: self.logger) { name in
            self.generators.withLock { $0[name] }
          }
          self.generators.withLock { $0[model.id] = generator }
          return generator
        }
      )
    }
    let names = models.map(\.id)
    self.generators.withLock { $0 = $0.filter { names.contains($0.key) } }
    return sources
  }
}

extension UpstreamModel {
  /// Changes with the model, and with the authorities in its file, which a generator reads but once.
  fileprivate var revision: Int {
    var hasher = Hasher()
    hasher.combine(self)
    let authorities = self.authorities.flatMap { FileManager.default.contents(atPath: $0) }
    // The hash of Data is that of its beginning.
    hasher.combine(authorities.map { [UInt8]($0) })
    return hasher.finalize()
  }
}

extension ProxyRules {
  init(for model: UpstreamModel) throws(ConfigurationError) {
    do throws(UpstreamConfigurationError) {
      let scheme = model.replicas.first.flatMap { UpstreamURL($0.baseURL)?.scheme } ?? "https"
      try self.init(scheme: scheme) { Environment.value(of: $0) }
    } catch {
      throw ConfigurationError(error.description)
    }
  }
}
