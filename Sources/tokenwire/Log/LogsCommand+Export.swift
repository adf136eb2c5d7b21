import ArgumentParser
import Foundation
import RequestLog
import SystemPackage

extension LogsCommand {
  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write all entries of a log to a file of JSON lines.",
      discussion: """
        It contains everything: tokenwire logs import restores the same entries. A server may write \
        to the log meanwhile; entries that it adds are left out.
        """
    )

    @Argument(
      help: "The new file, which only its owner can read; - is standard output.",
      completion: .file()
    )
    var file: String

    @OptionGroup
    var log: LogStoreFlags

    func run() async throws {
      try await withInterruption {
        try await self.log.withReading { log in try await self.export(log) }
      }
    }

    private func export(_ log: any ExportableLog) async throws {
      let target = try ExportTarget(self.file)
      let progress = ProgressLine()
      do throws(LogError) {
        let total = try await log.stats(of: nil).total.entries
        let show = { (count: Int) in
          progress.show("\(count.percent(of: total))  \(count) of \(total.entryText)")
        }
        let count =
          switch target.place {
          case .newFile: try await log.export(to: self.file, progress: show)
          case .open(let file):
            try await log.export(toDescriptor: file.rawValue, progress: show)
          }
        progress.clear()
        StandardOutput.writeNote("Exported \(count.entryText) to \(target.name).\n")
      } catch {
        progress.clear()
        throw CommandFailure(target.name, error)
      }
    }
  }
}

/// The target of an export: a new file, or standard output, a pipe or a device.
private struct ExportTarget {
  enum Place {
    case newFile
    case open(FileDescriptor)
  }

  let name: String
  let place: Place

  /// - Throws: `CommandFailure` when a pipe cannot be opened.
  init(_ path: String) throws {
    if let descriptor = Self.descriptor(of: path) {
      self.name = descriptor == 1 ? "standard output" : path
      self.place = .open(FileDescriptor(rawValue: descriptor))
      return
    }
    self.name = path
    var status = stat()
    guard stat(path, &status) == 0, [S_IFIFO, S_IFCHR].contains(status.st_mode & S_IFMT) else {
      self.place = .newFile
      return
    }
    do {
      self.place = .open(try FileDescriptor.open(path, .writeOnly, options: .closeOnExec))
    } catch {
      throw CommandFailure("\(path) cannot be written: \(error)")
    }
  }

  /// The descriptor that a path names.
  private static func descriptor(of path: String) -> CInt? {
    let names = [("-", CInt(1)), ("/dev/stdout", 1), ("/dev/stderr", 2)]
    if let known = names.first(where: { path.utf8.elementsEqual($0.0.utf8) }) { return known.1 }
    for folder in ["/dev/fd/", "/proc/self/fd/"] where path.utf8.starts(with: folder.utf8) {
      return CInt(path.utf8.dropFirst(folder.utf8.count).map { String(UnicodeScalar($0)) }.joined())
    }
    return nil
  }
}
