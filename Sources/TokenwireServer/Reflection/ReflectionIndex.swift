internal import Identifiers
internal import NIOCore
internal import Protobuf
internal import TokenwireAPI

/// The proto files that a server tells of, by their names and by what they define.
struct ReflectionIndex: Sendable {
  /// A file, for as long as this index is used.
  struct FileID: Hashable, Sendable {
    fileprivate let index: Int
  }

  private let files: [ProtoFile]
  private let names: [Identifier: FileID]
  private let symbols: [Identifier: FileID]

  /// - Parameter files: with different names, and without a symbol that two of them define.
  init(_ files: [ProtoFile] = ProtoFile.all) {
    self.files = files
    var names: [Identifier: FileID] = [:]
    var symbols: [Identifier: FileID] = [:]
    for (index, file) in files.enumerated() {
      names[file.name] = FileID(index: index)
      for symbol in file.symbols { symbols[symbol] = FileID(index: index) }
    }
    self.names = names
    self.symbols = symbols
  }

  /// The file with a name, such as "grpc/health/v1/health.proto"; nil for an unknown one.
  func file(named name: Identifier) -> FileID? { self.names[name] }

  /// The file that defines what has this full name, such as "grpc.health.v1.Health"; nil when none
  /// does.
  func file(defining symbol: Identifier) -> FileID? { self.symbols[symbol] }

  /// The descriptors of a file and of all that it imports, also through others.
  ///
  /// As in gRPC's own servers, the file itself is always there, and those that it imports are when
  /// they were not sent before.
  ///
  /// - Parameter sent: the files that the caller has; those that are returned are added.
  func descriptors(of file: FileID, sent: inout Set<FileID>) -> [ByteBuffer] {
    sent.insert(file)
    var found = [file]
    var next = 0
    while next < found.count {
      for name in self.files[found[next].index].imports {
        guard let imported = self.names[name], sent.insert(imported).inserted else { continue }
        found.append(imported)
      }
      next += 1
    }
    return found.map { self.files[$0.index].descriptor }
  }
}
