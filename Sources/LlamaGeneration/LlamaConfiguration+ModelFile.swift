internal import Foundation

extension LlamaConfiguration {
  /// Checks quickly whether the file can be a model, and that of the draft model, without loading
  /// them.
  ///
  /// - Throws: with a sentence that says what is wrong with a file.
  public func checkModelFile() throws(LlamaLoadError) {
    try Self.checkModelFile(self.modelPath)
    if let draftModelPath { try Self.checkModelFile(draftModelPath) }
  }

  private static func checkModelFile(_ path: String) throws(LlamaLoadError) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw LlamaLoadError("The model \(path) does not exist")
    }
    guard !isFolder.boolValue else {
      throw LlamaLoadError("The model \(path) is a folder, not a GGUF file")
    }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw LlamaLoadError("The model \(path) cannot be opened for reading")
    }
    guard let magic = try? file.read(upToCount: 4), magic == Data("GGUF".utf8) else {
      throw LlamaLoadError("The model \(path) is not a GGUF file")
    }
  }
}
