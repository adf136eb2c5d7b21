import Foundation
import Identifiers
import Testing

@testable import ConformanceDriver

/// A case of Tests/Conformance/cases.json that concerns nothing but texts.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// What the server is started with: see `servers` in the file.
  let server: String
  let calls: [ExpectedCall]

  struct ExpectedCall: Sendable {
    var call: Call
    /// The members of the outcome that are looked at, as JSON.
    var expected: Data
  }

  var testDescription: String { self.name }

  /// The cases whose calls are all for texts, on servers without keys, TLS and a log.
  static let ofGenerate: [ConformanceCase] = {
    do {
      let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Conformance/cases.json")
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
      let cases = (object as? [String: Any])?["cases"] as? [[String: Any]] ?? []
      return try cases.compactMap { try ConformanceCase($0) }
    } catch {
      fatalError("The cases cannot be read: \(error)")
    }
  }()

  private init?(_ object: [String: Any]) throws {
    let server = object["server"] as? String ?? "plain"
    guard
      let name = object["name"] as? String, let calls = object["calls"] as? [[String: Any]],
      Self.texts[Identifier(server)] != nil, object["token"] == nil, object["tls"] == nil,
      calls.contains(where: { $0["call"] as? String == "generate" }),
      calls.allSatisfy({ ["generate", "text", "abort"].contains($0["call"] as? String) })
    else { return nil }
    self.name = name
    self.server = server
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    self.calls = try calls.map { call in
      let call = Self.expand(call) as? [String: Any] ?? [:]
      return ExpectedCall(
        call: try decoder.decode(Call.self, from: JSONSerialization.data(withJSONObject: call)),
        expected: try JSONSerialization.data(withJSONObject: call["expect"] ?? [String: Any]())
      )
    }
  }

  /// Writes out {"repeat": [text or list, count]}.
  private static func expand(_ value: Any) -> Any {
    switch value {
    case let members as [String: Any]:
      if let parts = members["repeat"] as? [Any], let count = parts.last as? Int {
        if let text = parts.first as? String { return String(repeating: text, count: count) }
        let items = parts.first as? [Any] ?? []
        return Array(repeating: items, count: count).flatMap(\.self)
      }
      return members.mapValues { Self.expand($0) }
    case let items as [Any]:
      return items.map { Self.expand($0) }
    default:
      return value
    }
  }

  /// What each server says, and how fast.
  static let texts: [Identifier: (text: String, pace: Duration)] = [
    "plain": ("The quick brown fox jumps over the lazy dog. ", .zero),
    "slow": ("The quick brown fox jumps over the lazy dog. ", .milliseconds(5)),
    "unicode": ("Naïve café 日本語 👩‍👩‍👧‍👦 e\u{301} ∑ end. ", .zero),
    "caller": (
      #"<think>Let me see.</think>I look. <tool_call>{"name": "look", "arguments": "#
        + #"{"at": [1, "Zürich}"]}}</tool_call><tool_call>{"name": "go", "arguments": {}}</tool_call>"#,
      .zero
    ),
  ]
}
