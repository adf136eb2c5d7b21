import Foundation

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// How long this process has run, to the kernel's clock tick (proc_pid_stat(5)); nil when the system does
/// not tell.
func processAge() -> Duration? {
  var now = timespec()
  let perSecond = sysconf(Int32(_SC_CLK_TCK))
  guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
    let ticks = startTicks(inStatus: status), perSecond > 0,
    clock_gettime(CLOCK_BOOTTIME, &now) == 0
  else { return nil }
  let sinceBoot = Duration.seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  return sinceBoot - .seconds(Double(ticks) / Double(perSecond))
}

/// When a process has started, in clock ticks since the machine has.
///
/// - Parameter status: the line of /proc/PID/stat.
func startTicks(inStatus status: String) -> Int? {
  // The command's name is in parentheses, and may have any character.
  guard let end = status.utf8.lastIndex(of: UInt8(ascii: ")")) else { return nil }
  let fields = status[end...].split(separator: " ")
  // The 22nd field of the line; the name is the second.
  let start = 20
  return fields.count > start ? Int(fields[start]) : nil
}
