internal import CMalloc
internal import Concurrency
internal import ServiceLifecycle

/// Returns free memory to the system after a peak. By itself, glibc returns only the memory above
/// all that is in use.
struct MemoryService: Service {
  private static let interval = Duration.seconds(10)
  /// Allocations of at least this size, in bytes, get their own pages. It is more than a connection
  /// writes at once, so that only large messages have that cost.
  private static let largeAllocation: Int32 = 256 << 10

  func run() async {
    malloc_set_thresholds(Self.largeAllocation)
    let allocator = Allocator()
    await cancelWhenGracefulShutdown {
      while (try? await Task.sleep(for: Self.interval)) != nil {
        await allocator.giveBack()
      }
    }
  }
}

/// Runs on a thread of its own, because trimming gigabytes takes long.
private actor Allocator {
  private let executor = ThreadExecutor(name: "tokenwire-free")

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  func giveBack() {
    malloc_give_back()
  }
}
