internal import AsyncHTTPClient
internal import Generation
internal import Identifiers
internal import JSON
internal import NIOCore
internal import NIOHTTP1

/// What a server says when it is asked for its models.
struct UpstreamCheck {
  /// Whether it answers at all: some have no such list, or not for every key.
  var isReachable: Bool
  /// Why it cannot be used, if so.
  var failure: UpstreamFailure?
  /// Whether the model is in its list; nil when there is none.
  var hasModel: Bool?
  /// The length of the model's context, in tokens; nil when the list does not have it.
  var contextLength: Int?

  /// Whether nothing is there that could write a text. A server that fails with 500 may lack the list alone.
  var isAbsent: Bool { !self.isReachable && self.failure?.isServersFault == true }

  /// Whether it has not answered in time.
  var isSilent: Bool { self.failure == .silent(Self.timeout) }

  private static let maximumSize = 4 << 20
  private static let timeout = Duration.seconds(10)

  /// Asks a server; for 10 seconds at most.
  init(_ service: UpstreamService, _ server: Int) async {
    do throws(UpstreamFailure) {
      self = try await withTimeLimit(Self.timeout) { await Self.ask(service, server) }
    } catch {
      self.init(failed: error)
    }
  }

  private init(failed failure: UpstreamFailure) {
    self.isReachable = false
    self.failure = failure
  }

  private static func ask(_ service: UpstreamService, _ server: Int) async -> UpstreamCheck {
    let model = service.model
    do throws(UpstreamFailure) {
      let response = try await service.clients.send(
        .GET,
        model.replicas[server].baseURL + model.modelsPath,
        model.headers,
        authorities: model.authorities
      )
      let body = try await response.body(upTo: Self.maximumSize)
      var check = UpstreamCheck(failed: .cutOff)
      check.isReachable = response.status.code < 500
      check.failure = nil
      if response.status == .ok {
        check.read(body, model)
      } else if response.status == .notFound, !model.kind.hasList {
        // Anthropic was asked for this model alone.
        if model.kind == .anthropic { check.hasModel = false }
      } else {
        check.failure = UpstreamFailure(
          response.status,
          response.headers,
          body: body,
          key: model.key
        )
      }
      return check
    } catch {
      return UpstreamCheck(failed: error)
    }
  }

  /// Reads a list of models, `{"data": [{"id": ...}]}`, with the lengths of contexts where vLLM,
  /// SGLang, Tokenwire, llama-server and Anthropic have them.
  private mutating func read(_ body: [UInt8], _ model: UpstreamModel) {
    let limits = JSONLimits(depth: 32, members: 4096)
    // Azure's list has models, but deployments are what is asked.
    if model.kind == .azure { return }
    guard let answer = try? JSONValue(bytes: body, limits: limits) else { return }
    let entry: JSONValue?
    if model.kind == .anthropic {
      // The name may be another one of the same model's.
      guard answer.member("id") != nil else { return }
      entry = answer
    } else {
      guard case .array(let models)? = answer.member("data") else { return }
      let names = model.listedNames
      let found = models.first { $0.member("id").map { names.contains($0) } == true }
      // They have one model, whatever it is called.
      let only = model.kind == .llamaServer || model.kind == .tgi ? models.first : nil
      entry = found ?? (models.count == 1 ? only : nil)
    }
    self.hasModel = entry != nil
    for field in ["max_model_len", "context_length", "max_input_tokens"] as [Identifier] {
      if self.contextLength == nil { self.contextLength = entry?.member(field)?.count }
    }
    self.contextLength = self.contextLength ?? entry?.member("meta")?.member("n_ctx")?.count
  }
}

extension UpstreamKind {
  /// Whether all of its servers have a list of models: one without it has another address.
  fileprivate var hasList: Bool {
    switch self {
    case .openai, .vllm, .sglang, .llamaServer, .ollama, .tokenwire: true
    case .azure, .anthropic, .compatible, .tgi: false
    }
  }
}

extension UpstreamModel {
  /// The names under which a server lists it.
  fileprivate var listedNames: [JSONValue] {
    // Ollama's name for a model without a tag.
    let names = self.kind == .ollama ? [self.name, self.name + ":latest"] : [self.name]
    return names.map { .string(Identifier($0)) }
  }
}

extension JSONValue {
  fileprivate func member(_ name: Identifier) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  fileprivate var count: Int? {
    // A server without a limit tells the largest number.
    guard case .number(let text) = self, let count = Int(text), 0 < count, count < Int32.max else {
      return nil
    }
    return count
  }
}
