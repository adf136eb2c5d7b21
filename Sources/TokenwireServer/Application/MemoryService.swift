internal import CMalloc
internal import Concurrency
internal import ServiceLifecycle

/// Gives memory back that the allocator keeps after a rush. glibc returns by itself only what lies
/// above all that is in use; the rest would stay with the server for ever.
struct MemoryService: Service {
  private static let interval = Duration.seconds(10)
  /// Allocations from this size on, in bytes, have pages of their own. More than what a connection
  /// writes at once, so that only large messages pay for theirs.
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

/// Works on a thread of its own: to look through gigabytes takes a while.
private actor Allocator {
  private let executor = ThreadExecutor(name: "tokenwire-free")

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    self.executor.asUnownedSerialExecutor()
  }

  func giveBack() {
    malloc_give_back()
  }
}
