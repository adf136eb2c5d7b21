internal import CLlama

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

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

  /// Where libllama is.
  private static let folder: String? = {
    var place = Dl_info()
    guard
      let symbol = dlsym(nil, "llama_backend_init"), dladdr(symbol, &place) != 0,
      let path = place.dli_fname.map({ String(cString: $0) }),
      let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
    else { return nil }
    return String(path[..<slash])
  }()
}
