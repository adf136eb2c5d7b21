internal import CLlama

/// The code with which ggml computes. A libllama that was built for one machine has it inside. One for
/// many has a library for each kind of processor beside it, of which the best that this one can run is
/// to be loaded.
enum ComputeBackends {
  /// Loads what is missing, once.
  ///
  /// - Throws: when there is no code that this processor can run.
  static func load() throws(LlamaLoadError) {
    guard !Self.isLoaded else { return }
    throw LlamaLoadError(
      "libllama has no code for this processor: there is no libggml-cpu-*.so that it can run in "
        + (Self.folder ?? "its folder"),
      .debugLog
    )
  }

  private static let isLoaded: Bool = {
    if Self.canCompute { return true }
    // This folder alone: ggml by itself would also take libraries from the working directory.
    if let folder = Self.folder { ggml_backend_load_all_from_path(folder) }
    return Self.canCompute
  }()

  private static var canCompute: Bool {
    ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) != nil
  }

  /// Where libllama is: the folder of the file that is mapped. (dladdr is not among the functions that
  /// Swift sees of glibc.)
  private static let folder: String? = {
    let maps = SystemFile.text("/proc/self/maps") ?? ""
    let library = Array("/libllama.so".utf8)
    for line in maps.utf8.split(separator: UInt8(ascii: "\n")) {
      guard
        let path = line.firstIndex(of: UInt8(ascii: "/")),
        let slash = line.lastIndex(of: UInt8(ascii: "/")), line[slash...].starts(with: library)
      else { continue }
      return String(decoding: line[path ..< slash], as: UTF8.self)
    }
    return nil
  }()
}
