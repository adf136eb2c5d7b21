internal import Generation
internal import Identifiers

/// A conversation, ready to be tokenized and answered.
struct Chat: Sendable {
  /// The text for `echo`.
  var text: String
  var marked: MarkedText
  /// What the answer must look like; nil is plain text.
  var form: AnswerForm?
}

/// What a model's answer looks like.
struct AnswerForm: Sendable {
  var parser: AnswerParser
  /// How the model marks what it thinks; nil when it does not think.
  var thinking: ThinkingForm?
  /// How many tokens the model may think.
  var maximumThinking = Int.max
  /// The calls that the answer may or must have; nil without tools.
  var calls: CallGrammar?
  /// The texts of control tokens that are part of the answer's text.
  var keptTokens: [Int32: [UInt8]]
  /// Texts that end the answer.
  var stops: [String]
}

/// The grammar of the calls of a text.
struct CallGrammar: Sendable {
  /// In GBNF.
  var gbnf: String
  /// The JSON schemas of the tools' arguments, by the literals that stand for them.
  var schemas: [Identifier: String]
  /// The names of the schemas in the request.
  var fields: [Identifier: String]
  /// When the grammar counts.
  var start: ConstraintStart
  /// The texts of control tokens that count.
  var keptTokens: [Int32: [UInt8]]
}

/// When a constraint counts.
enum ConstraintStart: Sendable {
  /// From the beginning on, before which the text has this.
  case atOnce(after: [UInt8])
  /// From the end of what the model thinks on; from the beginning on if the prompt did not begin that.
  case afterThinking
  /// From the first of these on that is not within what the model thinks.
  case with([Trigger])
}

extension ChatTemplate {
  /// Renders a conversation.
  ///
  /// - Throws: `invalidRequest` with the template's own words.
  func chat(
    _ conversation: Conversation,
    _ controls: ControlTexts,
    controlTokens: [[UInt8]: Int32]
  ) throws(GenerationError) -> Chat {
    let request = try ChatRequest(conversation, self.abilities)
    let plain = request.json(nil)
    let marks = try TextMarks(controls, in: plain)
    let reusesForm = !self.abilities.hasOwnParser && !request.continues
    let rendered = try self.rendered(request.json(marks, onlyPrompts: reusesForm))
    let marked = MarkedText(rendered.prompt, without: marks)
    let newForm = { () throws(GenerationError) in
      try self.form(try self.renderedForm(request, plain), request, controlTokens)
    }
    var form =
      reusesForm
      ? try self.forms.form(request.form + rendered.generationPrompt.utf8, newForm)
      : try newForm()
    form?.maximumThinking = request.maximumThinking
    return Chat(
      text: String(decoding: marked.bytes, as: UTF8.self),
      marked: marked,
      form: form
    )
  }

  /// - Parameter plain: the request without marks.
  private func renderedForm(
    _ request: ChatRequest,
    _ plain: [UInt8]
  ) throws(GenerationError) -> RenderedChat {
    if request.callable.isEmpty { return try self.rendered(plain) }
    let rendered = try self.rendered(request.json(nil, placeholders: true))
    let grammar = Array(rendered.grammar.utf8)
    let isJSON = request.callable.allSatisfy { index, _ in
      grammar.firstRange(of: Array(ChatRequest.placeholder(index).utf8)) != nil
    }
    // Arguments that are not written as JSON need a grammar of their own.
    return isJSON || rendered.grammar.isEmpty ? rendered : try self.rendered(plain)
  }

  private func rendered(_ request: [UInt8]) throws(GenerationError) -> RenderedChat {
    do throws(ChatTemplateError) {
      return try self.render(request)
    } catch {
      throw GenerationError(
        .invalidRequest,
        "messages: the model's chat template refuses them: \(error.message)"
      )
    }
  }

  /// - Returns: nil when the answer is plain text.
  private func form(
    _ rendered: RenderedChat,
    _ request: ChatRequest,
    _ controlTokens: [[UInt8]: Int32]
  ) throws(GenerationError) -> AnswerForm? {
    let callable = request.callable
    let isPlain =
      callable.isEmpty && rendered.thinkingStart.isEmpty && rendered.thinkingEnds.isEmpty
      && rendered.keptTokens.isEmpty && rendered.stops.isEmpty
    if isPlain { return nil }
    let keptTokens = rendered.keptTokens.reduce(into: [Int32: [UInt8]]()) { kept, text in
      let bytes = Array(text.utf8)
      if let token = controlTokens[bytes] { kept[token] = bytes }
    }
    do throws(ChatTemplateError) {
      return AnswerForm(
        parser: try AnswerParser(rendered),
        thinking: ThinkingForm(
          start: rendered.thinkingStart,
          ends: rendered.thinkingEnds,
          prompt: rendered.generationPrompt
        ),
        calls: self.calls(rendered, callable, keptTokens),
        keptTokens: keptTokens,
        stops: rendered.stops
      )
    } catch {
      throw GenerationError(.internal, "the model's answers cannot be parsed: \(error.message)")
    }
  }

  private static let noArguments = #"{"type": "object", "maxProperties": 0}"#

  private func calls(
    _ rendered: RenderedChat,
    _ callable: [(index: Int, tool: Tool)],
    _ keptTokens: [Int32: [UInt8]]
  ) -> CallGrammar? {
    if rendered.grammar.isEmpty || callable.isEmpty { return nil }
    let triggers = rendered.triggers.map { trigger in
      trigger.isPattern ? Trigger.pattern(trigger.text) : .text(Array(trigger.text.utf8))
    }
    if rendered.isLazy && triggers.isEmpty { return nil }
    let literals = callable.map { index, tool in
      (Identifier("\"\(ChatRequest.placeholder(index))\""), index, tool)
    }
    return CallGrammar(
      gbnf: rendered.isLazy ? rendered.grammar : CallGrammar.withoutText(rendered.grammar),
      schemas: Dictionary(
        uniqueKeysWithValues: literals.map { literal, _, tool in
          (literal, tool.parameters.isEmpty ? Self.noArguments : tool.parameters)
        }
      ),
      fields: Dictionary(
        uniqueKeysWithValues: literals.map { ($0.0, "tools[\($0.1)].parameters") }
      ),
      start: rendered.isLazy
        ? .with(triggers) : .atOnce(after: Array(rendered.generationPrompt.utf8)),
      keptTokens: keptTokens
    )
  }
}
