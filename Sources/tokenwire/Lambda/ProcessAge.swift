import Foundation

/// How long this process has run, to the kernel's clock tick (proc_pid_stat(5)); nil when the system does not
/// tell.
func processAge() -> Duration? {
  guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
    // The command's name is in parentheses, and may have any character.
    let end = status.utf8.lastIndex(of: UInt8(ascii: ")"))
  else { return nil }
  let fields = status[end...].split(separator: " ")
  let startTime = 20
  var now = timespec()
  guard fields.count > startTime, let ticks = Int(fields[startTime]),
    clock_gettime(CLOCK_BOOTTIME, &now) == 0
  else { return nil }
  let perSecond = sysconf(Int32(_SC_CLK_TCK))
  guard perSecond > 0 else { return nil }
  let sinceBoot = Duration.seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
  return sinceBoot - .seconds(Double(ticks) / Double(perSecond))
}
