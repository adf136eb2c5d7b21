#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// The environment variables in which a service manager tells a process what it offers to it.
public struct ServiceVariables: Sendable {
  /// Where the manager takes notices: NOTIFY_SOCKET.
  public var notifySocket: String?
  /// The interval of the watchdog in microseconds, and the process it is for: WATCHDOG_USEC and
  /// WATCHDOG_PID.
  public var watchdogMicroseconds: String?
  /// See `watchdogMicroseconds`.
  public var watchdogProcess: String?
  /// How many sockets were handed over, their names, and the process they are for: LISTEN_FDS,
  /// LISTEN_FDNAMES and LISTEN_PID.
  public var listenDescriptors: String?
  /// See `listenDescriptors`.
  public var listenNames: String?
  /// See `listenDescriptors`.
  public var listenProcess: String?

  /// Creates variables of which none is set.
  public init() {}

  /// Those of this process.
  public static var current: ServiceVariables {
    var variables = ServiceVariables()
    variables.notifySocket = Self.value(of: "NOTIFY_SOCKET")
    variables.watchdogMicroseconds = Self.value(of: "WATCHDOG_USEC")
    variables.watchdogProcess = Self.value(of: "WATCHDOG_PID")
    variables.listenDescriptors = Self.value(of: "LISTEN_FDS")
    variables.listenNames = Self.value(of: "LISTEN_FDNAMES")
    variables.listenProcess = Self.value(of: "LISTEN_PID")
    return variables
  }

  private static func value(of name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Whether a variable names this process; variables are inherited by processes that they are not
  /// meant for.
  static func isThisProcess(_ text: String) -> Bool { Int32(text) == getpid() }
}
