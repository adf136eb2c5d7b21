#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// What this process uses, under the names that Prometheus's libraries have for it
/// (https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics).
enum ProcessUsage {
  static func write(to exposition: inout Exposition) {
    func write(_ name: String, _ kind: Exposition.Kind, _ value: Double?) {
      guard let value else { return }
      let name = SeriesName(name, [])
      exposition.begin(name.metric, kind)
      exposition.write(value, name)
    }
    write("process_cpu_seconds_total", .counter, self.processorSeconds)
    write("process_resident_memory_bytes", .gauge, self.residentBytes)
    write("process_open_fds", .gauge, self.openFiles)
    write("process_max_fds", .gauge, self.maximumFiles)
  }

  private static var processorSeconds: Double? {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    return [usage.ru_utime, usage.ru_stime].reduce(0) { seconds, time in
      seconds + Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
  }

  private static var residentBytes: Double? {
    guard let file = fopen("/proc/self/statm", "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    let fields = line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      .split(separator: UInt8(ascii: " "))
    guard fields.count > 1, let pages = Double(String(decoding: fields[1], as: UTF8.self)) else {
      return nil
    }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static var openFiles: Double? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // Without ".", ".." and this folder itself.
    return Double(count - 3)
  }

  private static var maximumFiles: Double? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
    return limit.rlim_cur == .max ? nil : Double(limit.rlim_cur)
  }
}
