internal import Foundation
internal import Identifiers
internal import NIOCore
internal import NIOHPACK
internal import RPC

extension HPACKHeaders {
  /// The header fields before the first message.
  static let response = HPACKHeaders([
    (":status", "200"), ("content-type", ContentType.protobuf),
    ("grpc-accept-encoding", MessageEncoding.names),
  ])

  /// The longest "grpc-message", in bytes. Clients accept 8 KiB for all fields.
  private static let longestMessage = 2048

  /// Adds metadata of a call's responses. As all that is not the same in most calls, it is kept out of
  /// the table of the connection's encoder, which is as large as the client asks for.
  mutating func add(_ metadata: Metadata) {
    for (key, value) in metadata { self.addUnique(name: key.text, value: value) }
  }

  /// Adds a field whose value other calls hardly have: the connection's table of fields is not
  /// filled with it (RFC 7541 section 6.2.2).
  mutating func addUnique(name: String, value: String) {
    self.add(name: name, value: value, indexing: .nonIndexable)
  }

  /// Adds what says how a call ended.
  ///
  /// - Parameter error: nil for success.
  mutating func addStatus(_ error: CallError?) {
    self.add(name: "grpc-status", value: "\(error?.code.rawValue ?? 0)", indexing: .indexable)
    guard let error else { return }
    self.addUnique(name: "grpc-message", value: error.percentEncoded(atMost: Self.longestMessage))
    var short = error
    short.message = String(error.message.unicodeScalars.prefix(Self.longestMessage / 4))
    let message = StatusMessage(short)
    if message.details.isEmpty { return }
    var status = ByteBuffer()
    message.serialize(into: &status)
    let details = Data(status.readableBytesView).base64EncodedString()
    // Without padding, as gRPC's own servers send it.
    self.addUnique(name: "grpc-status-details-bin", value: String(details.prefix { $0 != "=" }))
  }
}

extension CallError {
  /// The message, with other bytes than those from space to "~", and "%" itself, as "%XX". A
  /// character is whole or not there.
  fileprivate func percentEncoded(atMost limit: Int) -> String {
    var encoded: [UInt8] = []
    for scalar in self.message.unicodeScalars {
      let start = encoded.count
      for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
        if 0x20 ... 0x7E ~= byte, byte != UInt8(ascii: "%") {
          encoded.append(byte)
        } else {
          encoded += [UInt8(ascii: "%"), byte.hexDigit(high: true), byte.hexDigit(high: false)]
        }
      }
      if encoded.count > limit {
        encoded.removeSubrange(start...)
        break
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

extension UInt8 {
  fileprivate func hexDigit(high: Bool) -> UInt8 {
    let digits = Array("0123456789ABCDEF".utf8)
    return digits[Int(high ? self >> 4 : self & 0xF)]
  }
}
