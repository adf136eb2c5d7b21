import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// Edits lines with libedit, if it is installed, with a history.
///
/// All calls must come from the thread that loaded it.
struct LineEditor {
  private typealias Finished = @convention(c) (UnsafeMutablePointer<CChar>?) -> Void

  private let install: @convention(c) (UnsafePointer<CChar>, Finished) -> Void
  private let readCharacter: @convention(c) () -> Void
  private let remove: @convention(c) () -> Void
  private let addHistory: @convention(c) (UnsafePointer<CChar>) -> CInt

  /// The library's callback has no context argument, so its result is global.
  private static let finished = Mutex<Line?>(nil)

  enum Line {
    case text(String)
    /// The typed text was discarded.
    case interrupted
    case end
  }

  /// Nil if the library is not installed.
  init?() {
    guard let library = dlopen("libedit.so.2", RTLD_NOW) else { return nil }
    func function<Function>(_ name: String, _ type: Function.Type) -> Function? {
      // Sound, because these are the types in editline/readline.h.
      dlsym(library, name).map { unsafeBitCast($0, to: type) }
    }
    guard
      let install = function(
        "rl_callback_handler_install",
        (@convention(c) (UnsafePointer<CChar>, Finished) -> Void).self
      ),
      let readCharacter = function("rl_callback_read_char", (@convention(c) () -> Void).self),
      let remove = function("rl_callback_handler_remove", (@convention(c) () -> Void).self),
      let addHistory = function(
        "add_history",
        (@convention(c) (UnsafePointer<CChar>) -> CInt).self
      )
    else { return nil }
    self.install = install
    self.readCharacter = readCharacter
    self.remove = remove
    self.addHistory = addHistory
    // The chat handles Ctrl-C itself.
    dlsym(library, "rl_catch_signals")?.assumingMemoryBound(to: CInt.self).pointee = 0
    // libedit decodes input in the locale's encoding.
    if setlocale(LC_CTYPE, "") == nil || String(cString: nl_langinfo(CInt(CODESET))) != "UTF-8" {
      setlocale(LC_CTYPE, "C.UTF-8")
    }
  }

  /// Waits for a line. A byte in `interruptions` discards what was typed so far.
  func readLine(prompt: String, interruptions: CInt) -> Line {
    self.install(prompt, Self.callback)
    defer { self.remove() }
    while true {
      var files = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: interruptions, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&files, nfds_t(files.count), -1) > 0 else {
        if errno == EINTR { continue }
        return .end
      }
      if files[1].revents != 0 {
        var byte: UInt8 = 0
        _ = read(interruptions, &byte, 1)
        StandardOutput.write("\n")
        return .interrupted
      }
      guard files[0].revents != 0 else { continue }
      self.readCharacter()
      guard let line = Self.finished.withLock({ $0.take() }) else { continue }
      if case .text(let text) = line, !text.isEmpty { _ = self.addHistory(text) }
      return line
    }
  }

  private static let callback: Finished = { line in
    let finished: Line = line.map { .text(String(cString: $0)) } ?? .end
    // The callback owns the line (editline/readline.h).
    free(line)
    Self.finished.withLock { $0 = finished }
  }
}
