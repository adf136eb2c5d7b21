internal import Generation
internal import Identifiers
internal import JSON
internal import NIOHTTP1

extension UpstreamRequest {
  /// A request whose answer is JSON in one piece.
  private init(
    _ path: String,
    isOfServer: Bool = true,
    _ body: [UInt8],
    of model: UpstreamModel
  ) {
    self.path = path
    self.isOfServer = isOfServer
    self.headers = model.headers
    self.headers.add(name: "content-type", value: "application/json")
    self.headers.add(name: "accept", value: "application/json")
    self.body = body
  }

  /// Asks for the number of tokens in Anthropic's form.
  ///
  /// - Throws: `invalidRequest` for a conversation that the form has no place for.
  init(
    countingAsAnthropic input: GenerationInput,
    of model: UpstreamModel,
    _ quirks: UpstreamQuirks
  ) throws(GenerationError) {
    let body = try AnthropicBody(counting: input, of: model, quirks)
    self.init(model.path("messages/count_tokens"), isOfServer: false, body.bytes, of: model)
  }

  /// Asks for the tokens of a conversation, or of a prompt that is sent as its one message, as vLLM
  /// has it.
  ///
  /// - Throws: `invalidRequest` for a schema that is not JSON.
  init(
    tokenizingMessages input: GenerationInput,
    _ task: TokenTask,
    of model: UpstreamModel
  ) throws(GenerationError) {
    var json = JSONWriter(capacity: 4096)
    try OpenAIChatBody.writeConversation(input, of: model, to: &json)
    self.init(tokenizing: &json, task, of: model)
  }

  /// Asks for the tokens of a prompt, as vLLM and SGLang have it.
  init(tokenizing prompt: String, _ task: TokenTask, of model: UpstreamModel) {
    var json = JSONWriter(capacity: 4096)
    json.member("model", model.name)
    json.member("prompt", prompt)
    self.init(tokenizing: &json, task, of: model)
  }

  private init(tokenizing json: inout JSONWriter, _ task: TokenTask, of model: UpstreamModel) {
    // A model there that has no vocabulary may know the number.
    if model.kind == .tokenwire, task == .count { json.member("return_tokens", false) }
    json.end()
    self.init("/tokenize", json.bytes, of: model)
  }

  /// Asks llama-server for the tokens of a text, as it reads that of a prompt or of a template.
  init(tokenizingContent text: String, of model: UpstreamModel) {
    var json = JSONWriter(capacity: 4096)
    json.member("content", text)
    json.member("add_special", true)
    json.member("parse_special", true)
    json.end()
    self.init("/tokenize", json.bytes, of: model)
  }

  /// Asks llama-server for the text that its template makes of a conversation.
  ///
  /// - Throws: `invalidRequest` for a schema that is not JSON.
  init(applyingTemplateTo input: GenerationInput, of model: UpstreamModel) throws(GenerationError) {
    var json = JSONWriter(capacity: 4096)
    try OpenAIChatBody.writeConversation(input, of: model, to: &json)
    json.end()
    self.init("/apply-template", json.bytes, of: model)
  }

  /// Asks for the text of tokens.
  init(textOf tokens: [Int32], _ form: TokenForm, of model: UpstreamModel) {
    var json = JSONWriter(capacity: 4096)
    json.member("model", model.name)
    json.begin("tokens")
    json.array(tokens)
    // Control tokens are text, too, which is the others' default.
    if form == .sglang { json.member("skip_special_tokens", false) }
    json.end()
    self.init("/detokenize", json.bytes, of: model)
  }
}
