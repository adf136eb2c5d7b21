/// The watchdog of a service manager, which restarts a process that is silent for too long.
public enum Watchdog {
  /// How often this process has to send `ServiceState.watchdog`: half of the time after which it is
  /// taken for dead. Nil: there is no watchdog.
  public static func interval(_ variables: ServiceVariables = .current) -> Duration? {
    guard
      let microseconds = variables.watchdogMicroseconds.flatMap({ Int64($0) }), microseconds > 0,
      variables.watchdogProcess.map({ ServiceVariables.isThisProcess($0) }) != false
    else { return nil }
    return .microseconds(microseconds) / 2
  }
}
