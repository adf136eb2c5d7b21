import CLibFuzzer
import Foundation
import NIOCore

/// `Fuzz TARGET [FLAGS]`: gives one target the inputs that libFuzzer makes, until one fails or the
/// time is over. The flags are libFuzzer's (https://llvm.org/docs/LibFuzzer.html#options); the last
/// one is the folder that keeps the inputs which reached something new.
@main
enum Fuzz {
  /// By their names on the command line.
  private static let targets: [String: any FuzzTarget] = [
    "decoder": DecoderTarget(),
    "envelopes": EnvelopeTarget(),
    "extension": ExtensionTarget(),
    "messages": MessagesTarget(),
    "server": ServerTarget(),
    "http": HTTPTarget(),
    "grpc": GRPCTarget(),
    "client": ClientTarget(),
    "schemas": SchemaTarget(),
    "grammars": GrammarTarget(),
    "chats": ChatTarget(),
    "answers": AnswerTarget(),
    "upstream": UpstreamTarget(),
  ]

  private static let target: any FuzzTarget = {
    guard let name = CommandLine.arguments.dropFirst().first, let target = Self.targets[name] else {
      let names = Self.targets.keys.sorted().joined(separator: ", ")
      FileHandle.standardError.write(
        Data("Usage: Fuzz TARGET [FLAGS], a TARGET of \(names)\n".utf8)
      )
      exit(64)
    }
    return target
  }()

  static func main() {
    Self.writeSeeds(of: Self.target)
    // The program's name and the flags behind the target's name.
    var flags = CommandLine.arguments.map { strdup($0) }
    flags.remove(at: 1)
    flags.append(nil)
    var count = CInt(flags.count - 1)
    let status = flags.withUnsafeMutableBufferPointer { flags in
      var start = flags.baseAddress
      return LLVMFuzzerRunDriver(&count, &start) { Fuzz.run($0, $1) }
    }
    exit(status)
  }

  /// Puts the target's own inputs into the folder, so that libFuzzer need not guess the format.
  private static func writeSeeds(of target: any FuzzTarget) {
    guard let folder = CommandLine.arguments.dropFirst(2).last, !folder.hasPrefix("-") else {
      return
    }
    for (index, seed) in target.seeds.enumerated() {
      let file = URL(fileURLWithPath: folder).appendingPathComponent("seed-\(index)")
      // What is given may be one input instead of a folder: there is no seed to write then.
      try? Data(seed.readableBytesView).write(to: file)
    }
  }

  fileprivate static func run(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    self.target.run(ByteBuffer(bytes: UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
}

/// libFuzzer's own main function, which is linked and not used, calls this.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  Fuzz.run(bytes, count)
}
