import Foundation
import NIOCore

@testable import LlamaGeneration

/// llama.cpp's chat templates, rendered with a vocabulary that has no model.
struct ChatTemplates: Sendable {
  static let all: [ChatTemplate] = {
    guard let libraries = ProcessInfo.processInfo.environment["LLAMA_LIBRARIES"] else { return [] }
    let folder = libraries + "/../share/llama.cpp"
    let vocabulary = folder + "/ggml-vocab-llama-spm.gguf"
    guard
      let model = try? LlamaModel(path: vocabulary, gpuLayers: 0, vocabularyOnly: true),
      let names = try? FileManager.default.contentsOfDirectory(atPath: folder + "/templates")
    else { return [] }
    return names.sorted().compactMap { name in
      let file = URL(fileURLWithPath: "\(folder)/templates/\(name)")
      let source = try? String(contentsOf: file, encoding: .utf8)
      return source.flatMap { try? ChatTemplate(model.pointer, source: $0) }
    }
  }()

  static let tool = #"""
    [{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object",\#
    "properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]}}}]
    """#

  static func request(_ messages: String, tools: String = "[]", continues: Bool = false) -> String {
    """
    {"messages":\(messages),"tools":\(tools),"tool_choice":"auto","parallel_tool_calls":true,\
    "reasoning":true,"continues":\(continues),"describes_tools":true}
    """
  }
}

/// Requests to llama_chat_render: the number of a template, and JSON.
struct ChatTarget: FuzzTarget {
  let seeds = [
    ChatTemplates.request(#"[{"role":"user","content":"Hi"}]"#),
    ChatTemplates.request(#"[{"role":"user","content":"Hi"}]"#, tools: ChatTemplates.tool),
    ChatTemplates.request(
      #"[{"role":"user","content":""},{"role":"assistant","content":"a"}]"#,
      continues: true
    ),
    ChatTemplates.request(
      #"""
      [{"role":"system","content":"s"},{"role":"assistant","content":"","reasoning_content":"r",\#
      "tool_calls":[{"type":"function","id":"1","function":{"name":"f","arguments":"{}"}}]},\#
      {"role":"tool","tool_call_id":"1","content":"x"}]
      """#
    ),
  ].flatMap { request in (0 ..< 70).map { ByteBuffer(bytes: [UInt8($0)] + request.utf8) } }

  func run(_ input: ByteBuffer) {
    let bytes = Array(input.readableBytesView)
    let templates = ChatTemplates.all
    guard let first = bytes.first, !templates.isEmpty else { return }
    let template = templates[Int(first) % templates.count]
    if let rendered = try? template.render(Array(bytes.dropFirst())) {
      _ = try? AnswerParser(rendered)
    }
  }
}

/// Texts of models: the number of a template, and an answer to a request with a tool.
struct AnswerTarget: FuzzTarget {
  private static let parsers: [AnswerParser] = ChatTemplates.all.compactMap { template in
    let request = ChatTemplates.request(
      #"[{"role":"user","content":"Hi"}]"#,
      tools: ChatTemplates.tool
    )
    return (try? template.render(Array(request.utf8))).flatMap { try? AnswerParser($0) }
  }

  let seeds = [
    #"<think>a</think><tool_call>{"name":"f","arguments":{"a":"x","b":1}}</tool_call>"#,
    "<tool_call>\n<function=f>\n<parameter=a>\nx\n</parameter>\n</function>\n</tool_call>",
    #"[TOOL_CALLS]f[ARGS]{"a":"x"}"#,
    #"<|channel|>analysis<|message|>t<|end|><|start|>assistant<|channel|>final<|message|>x"#,
    #"{"name":"f","parameters":{"a":[[[[[[[["#,
    #"<|tool_call>call:f{a:<|"|>x<|"|>,b:1}<tool_call|>"#,
    "<tool_call>f<arg_key>a</arg_key><arg_value>x</arg_value></tool_call>",
  ].flatMap { text in (0 ..< 70).map { ByteBuffer(bytes: [UInt8($0)] + text.utf8) } }

  func run(_ input: ByteBuffer) {
    let bytes = Array(input.readableBytesView)
    guard let first = bytes.first, !Self.parsers.isEmpty else { return }
    let parser = Self.parsers[Int(first) % Self.parsers.count]
    let text = Array(bytes.dropFirst())
    let whole = try? parser.answer(in: text, as: .whole)
    let partial = try? parser.answer(in: text, as: .anything)
    fail("A text that ends can also be one that does not", unless: whole == nil || partial != nil)
  }
}
