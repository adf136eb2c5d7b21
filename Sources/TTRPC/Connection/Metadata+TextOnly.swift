internal import Identifiers
internal import RPC

extension Metadata {
  /// Why ttrpc cannot carry the metadata; nil when it can.
  ///
  /// A key that ends in "-bin" is the reason: gRPC has binary values under such keys, ttrpc has text
  /// only.
  var textOnlyRefusal: CallError? {
    self.firstKey { $0.utf8.suffix(4).elementsEqual("-bin".utf8) }.map { key in
      CallError(
        .invalidArgument,
        "The metadata key \"\(key)\" is for binary values, which ttrpc does not carry: encode the "
          + "value as text, under a key that does not end in \"-bin\""
      )
    }
  }
}
