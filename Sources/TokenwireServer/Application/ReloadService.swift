internal import FrameRPC
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads the files of TLS again at each SIGHUP.
struct ReloadService: Service {
  private let tls: ServerTLS?
  private let logger: Logger
  private let hangups: UnixSignalsSequence

  /// From here on SIGHUP does not end the process.
  init(tls: ServerTLS?, logger: Logger) async {
    self.tls = tls
    self.logger = logger
    self.hangups = await UnixSignalsSequence(trapping: .sighup)
  }

  func run() async {
    for await _ in self.hangups.cancelOnGracefulShutdown() {
      self.reload()
    }
  }

  private func reload() {
    guard let tls else {
      self.logger.notice("SIGHUP: there is nothing to reload, because the server has no TLS")
      return
    }
    do throws(TLSError) {
      try tls.reload()
      self.logger.notice("SIGHUP: new connections get the certificate that was read now")
    } catch {
      self.logger.error("SIGHUP: the old certificate stays: \(error)")
    }
  }
}
