import Foundation

/// How long this process has run, to a hundredth of a second; nil when the system does not tell
/// (proc_pid_stat(5), proc_uptime(5)).
func processAge() -> Duration? {
  let perSecond = sysconf(Int32(_SC_CLK_TCK))
  guard let status = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
    let ticks = startTicks(inStatus: status), perSecond > 0,
    let times = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
    let sinceBoot = times.split(separator: " ").first.flatMap({ Double($0) })
  else { return nil }
  return .seconds(sinceBoot - Double(ticks) / Double(perSecond))
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
