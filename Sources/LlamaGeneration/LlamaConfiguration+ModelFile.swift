internal import Foundation

extension LlamaConfiguration {
  /// Checks quickly whether the file can be a model, without loading it.
  ///
  /// - Throws: with a sentence that says what is wrong with the file.
  public func checkModelFile() throws(LlamaLoadError) {
    let path = self.modelPath
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
