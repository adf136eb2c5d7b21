internal import HTTPTransport
internal import Identifiers
internal import NIOCore
internal import NIOHTTP1
internal import TokenwireAPI

extension HTTPAPI {
  /// `GET /tokenizer_info`.
  var tokenizerInfo: Operation {
    Operation(
      Route(.GET, "/tokenizer_info") { request throws(HTTPFailure) in
        let call = self.call(
          TokenwireMethod.listModels,
          ListModelsRequest(),
          for: request,
          accessToken: self.openAIAccessToken(request)
        )
        return .calls([call], TokenizerInfo())
      },
      "The tokenizer of the server's first model, as in vLLM.",
      response: ResponseDescription(
        schema: .object(
          [
            ("tokenizer_class", .string), ("name_or_path", .string),
            ("model_max_length", .integer()), ("bos_token", .anything), ("eos_token", .anything),
            ("pad_token", .anything), ("chat_template", .anything),
          ],
          required: ["tokenizer_class"]
        )
      )
    )
  }
}

/// Answers what is known of a tokenizer.
private struct TokenizerInfo: AnswerWriter {
  private var model = Model()

  var endsWithClient: Bool { false }

  mutating func write(
    _ message: ByteBuffer,
    of call: Int,
    to body: inout ByteBuffer
  ) throws(HTTPFailure) {
    let models = try ListModelsResponse(response: message).models
    self.model = models.first { $0.isDefault } ?? Model()
  }

  func finish(to body: inout ByteBuffer) {
    body.writeStaticString(#"{"tokenizer_class":"tokenwire","name_or_path":"#)
    body.writeJSON(self.model.id)
    body.writeStaticString(#","model_max_length":"#)
    body.writeJSON(self.model.contextLength)
    // Clients look whether they are there; the server's own API does not tell them.
    body.writeStaticString(
      #","bos_token":null,"eos_token":null,"pad_token":null,"chat_template":null}"#
    )
  }
}
