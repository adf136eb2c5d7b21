import ArgumentParser

/// The bytes of the command line: Swift's strings replace what is not UTF-8.
enum CommandLineBytes {
  /// - Throws: when an argument is not UTF-8.
  static func check() throws {
    var option: String?
    for number in 1 ..< max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[number] else { return }
      guard let text = String(validatingCString: bytes) else {
        throw ValidationError(self.sentence(number, String(cString: bytes), behind: option))
      }
      option = text.utf8.starts(with: "-".utf8) ? text : nil
    }
  }

  private static func sentence(_ number: Int, _ text: String, behind option: String?) -> String {
    var place = "argument \(number)"
    if let option { place += ", behind \(option)," }
    return "\(place) is not UTF-8, which texts and names of files have to be here: \"\(text)\""
  }
}
