internal import Identifiers
internal import RPC

extension Metadata {
  /// Checks that ttrpc can carry the metadata.
  ///
  /// - Throws: `invalidArgument` for a key that ends in "-bin": gRPC uses such keys for binary
  ///   values, ttrpc has text only.
  func checkForTextOnly() throws(CallError) {
    guard let key = self.firstKey(where: { $0.utf8.suffix(4).elementsEqual("-bin".utf8) }) else {
      return
    }
    throw CallError(
      .invalidArgument,
      "The metadata key \"\(key)\" is for binary values, which ttrpc does not carry: encode the value "
        + "as text, under a key that does not end in \"-bin\""
    )
  }
}
