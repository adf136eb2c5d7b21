internal import AccessTokens
internal import Concurrency
internal import Listening
internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reloads the TLS files, the access tokens' keys and the models elsewhere at each SIGHUP.
struct ReloadService: Service {
  private let files: Files
  private let hangups: UnixSignalsSequence

  /// From now on SIGHUP does not end the process.
  ///
  /// - Parameter models: reads the models elsewhere; nil when there are none.
  init(
    tls: ServerTLS?,
    keys: KeyRing?,
    models: (@Sendable () throws -> Void)? = nil,
    logger: Logger
  ) async {
    self.files = Files(tls: tls, keys: keys, models: models, logger: logger)
    self.hangups = await UnixSignalsSequence(trapping: .sighup)
  }

  func run() async {
    for await _ in self.hangups.cancelOnGracefulShutdown() {
      await self.files.reload()
    }
  }
}

/// Reads files on a thread of its own, because a disk may not respond.
private actor Files {
  private let executor = ThreadExecutor(name: "tokenwire-files")
  private let tls: ServerTLS?
  private let keys: KeyRing?
  private let models: (@Sendable () throws -> Void)?
  private let logger: Logger

  init(
    tls: ServerTLS?,
    keys: KeyRing?,
    models: (@Sendable () throws -> Void)?,
    logger: Logger
  ) {
    self.tls = tls
    self.keys = keys
    self.models = models
    self.logger = logger
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  func reload() {
    if self.tls == nil && self.keys == nil && self.models == nil {
      self.logger.notice(
        "SIGHUP: there is nothing to reload: the server has no TLS, no keys and no models elsewhere"
      )
    }
    if let models {
      do {
        try models()
        self.logger.notice("SIGHUP: new calls get the models elsewhere that were read now")
      } catch {
        self.logger.error("SIGHUP: the old models elsewhere stay: \(error)")
      }
    }
    if let tls {
      do throws(TLSError) {
        try tls.reload()
        self.logger.notice("SIGHUP: new connections get the certificate that was read now")
      } catch {
        self.logger.error("SIGHUP: the old certificate stays: \(error)")
      }
    }
    if let keys {
      do throws(KeyError) {
        try keys.reload()
        self.logger.notice("SIGHUP: tokens are verified with the keys that were read now")
        for notice in keys.notices { self.logger.notice("\(notice)") }
      } catch {
        self.logger.error("SIGHUP: the old keys stay: \(error)")
      }
    }
  }
}
