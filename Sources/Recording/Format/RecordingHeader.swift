public import Foundation
internal import Identifiers

/// The first line of a recording.
public struct RecordingHeader: Hashable, Sendable {
  /// The name of the format, with which every recording begins.
  static let format: Identifier = "tokenwire-frames"
  /// The version that is written, and the only one that is read.
  static let version = 1

  /// When the recording began.
  public var recorded: Date
  /// Whether access tokens were replaced.
  public var redactsTokens: Bool

  init(recorded: Date, redactsTokens: Bool) {
    self.recorded = recorded
    self.redactsTokens = redactsTokens
  }
}

extension RecordingHeader {
  private struct Line: Codable {
    var format: String
    var version: Int
    var recorded: Date?
    var tokens: String?
  }

  private static let redacted: Identifier = "redacted"
  private static let kept: Identifier = "kept"

  /// The line, without a line end.
  func line() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(
      Line(
        format: Self.format.text,
        version: Self.version,
        recorded: self.recorded,
        tokens: (self.redactsTokens ? Self.redacted : Self.kept).text
      )
    )
  }

  /// - Parameter file: the file's name in errors.
  init(line: Data, of file: String) throws(RecordingError) {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    guard let line = try? decoder.decode(Line.self, from: line),
      Identifier(line.format) == Self.format
    else {
      throw RecordingError(
        "\(file) is not a recording: its first line is not {\"format\":\"\(Self.format)\",...}"
      )
    }
    guard line.version == Self.version else {
      throw RecordingError(
        """
        \(file) has version \(line.version) of the format, and this tokenwire reads version \
        \(Self.version): use the one that has recorded it
        """
      )
    }
    guard let recorded = line.recorded, let tokens = line.tokens.map({ Identifier($0) }),
      tokens == Self.redacted || tokens == Self.kept
    else {
      throw RecordingError(
        """
        The first line of \(file) must say when it was recorded, and whether tokens are \
        "\(Self.redacted)" or "\(Self.kept)"
        """
      )
    }
    self.init(recorded: recorded, redactsTokens: tokens == Self.redacted)
  }
}
