import Identifiers
import RPC
import TTRPC
import TokenwireAPI
import TokenwireClient

/// One call of a case.
struct Call: Decodable {
  var call: String
  var input: Input?
  var options: Options?
  var timeout: Double?
  var cancelAfter: Int?
  var abortAfter: Int?
  var repeatWhile: String?
  var prompt: String?
  var response: String?
  var generationId: String?
  var userId: String?
  var service: String?
  var method: String?

  /// Makes the call, again for as long as its outcome is `repeatWhile`.
  func outcome(with client: TokenwireClient, _ address: Case.Client) async throws -> Outcome {
    while true {
      var outcome = Outcome()
      do throws(CallError) {
        try await self.make(with: client, address, &outcome.responses)
      } catch {
        outcome.fail(error)
      }
      if outcome.status != self.repeatWhile { return outcome }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private func make(
    with client: TokenwireClient,
    _ address: Case.Client,
    _ responses: inout [Response]
  ) async throws(CallError) {
    let api = client.api
    let callOptions = CallOptions(timeout: self.timeout.map { .seconds($0) })
    switch self.call {
    case "generate":
      let stream = try await client.generate(self.generateRequest, options: callOptions)
      try await self.read(stream, with: client, &responses)
    case "secure_generate":
      let stream = try await api.secureGenerate(self.generateRequest, options: callOptions)
      try await self.read(stream, with: client, &responses)
    case "text":
      let text = try await client.text(self.generateRequest, options: callOptions)
      responses.append(Response(text: text))
    case "log_request":
      responses.append(Response(try await api.logRequest(self.logRequest, options: callOptions)))
    case "query_logs":
      for try await entry in try await api.queryLogs(self.queryRequest, options: callOptions) {
        responses.append(Response(entry))
      }
    case "erase_logs":
      let request = EraseLogsRequest(userID: self.userId ?? "")
      responses.append(Response(try await api.eraseLogs(request, options: callOptions)))
    case "list_models":
      let answer = try await api.listModels(ListModelsRequest(), options: callOptions)
      responses += answer.models.map { Response($0) }
    case "count_tokens":
      let request = CountTokensRequest(input: self.input?.toCount)
      responses.append(Response(try await api.countTokens(request, options: callOptions)))
    case "detokenize":
      guard case .promptTokenIDs(let tokens) = self.input?.toCount else {
        fatalError("detokenize has an input of token ids")
      }
      let request = DetokenizeRequest(tokenIDs: tokens.ids)
      let answer = try await api.detokenize(request, options: callOptions)
      responses.append(Response(text: answer.text))
    case "health":
      let request = HealthCheckRequest(service: self.service ?? "")
      responses.append(Response(try await client.health.check(request, options: callOptions)))
    case "abort":
      _ = try await api.abort(AbortRequest(generationID: self.generationId ?? ""))
    default:
      try await self.callMethod(address)
    }
  }

  private func read(
    _ stream: ResponseStream<GenerateResponse>,
    with client: TokenwireClient,
    _ responses: inout [Response]
  ) async throws(CallError) {
    var generationID = ""
    for try await response in stream {
      responses.append(Response(response))
      if case .started(let started) = response.event { generationID = started.generationID }
      if responses.count == self.cancelAfter {
        throw CallError(.cancelled, "The call was cancelled")
      }
      if responses.count == self.abortAfter {
        _ = try await client.api.abort(AbortRequest(generationID: generationID))
      }
    }
  }

  private func callMethod(_ address: Case.Client) async throws(CallError) {
    let client = RPCClient(endpoint: address.endpoint)
    let method = MethodDescriptor(
      service: Identifier(self.service ?? ""),
      method: Identifier(self.method ?? "")
    )
    do throws(CallError) {
      let _: ListModelsResponse = try await client.unary(method, ListModelsRequest())
    } catch {
      await client.close()
      throw error
    }
    await client.close()
  }
}
