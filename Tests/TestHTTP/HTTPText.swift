extension String {
  /// A request of this server.
  package static func request(
    _ line: String,
    _ fields: [String] = [],
    body: String? = nil,
    close: Bool = true
  ) -> String {
    var lines = ["\(line) HTTP/1.1", "Host: test"] + fields
    if close { lines.append("Connection: close") }
    if let body {
      lines += ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]
    }
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")
  }

  /// The status of a response.
  package var status: String { String(self.split(separator: " ").dropFirst().first ?? "") }

  /// What follows the head of a response.
  package var content: String {
    guard let end = self.firstRange(of: "\r\n\r\n") else { return "" }
    return String(self[end.upperBound...])
  }

  /// The value of a header field of a response; nil without it.
  package func field(_ name: String) -> String? {
    for line in self.split(separator: "\r\n").dropFirst() {
      let parts = line.split(separator: ": ", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name.lowercased() { return String(parts[1]) }
    }
    return nil
  }
}
