public import Listening

extension ServerTLS {
  /// Reads the files, for a server that speaks ttrpc.
  ///
  /// - Parameter clientCA: the path of a PEM file with authorities: every client must then have a
  ///   certificate of one of them (mutual TLS). Nil asks for none.
  /// - Throws: `TLSError` for a file that cannot be used, and for a key that all users can read.
  public convenience init(identity: TLSIdentity, clientCA: String? = nil) throws(TLSError) {
    try self.init(
      identity: identity,
      clientCA: clientCA,
      applicationProtocols: TTRPCTransport.applicationProtocols
    )
  }
}

extension ClientTLS {
  /// Reads the files, for a client that speaks ttrpc.
  ///
  /// - Parameters:
  ///   - ca: the path of a PEM file with the authorities to trust; nil trusts the machine's.
  ///   - identity: the client's own certificate, for a server that requires one.
  ///   - serverName: the name that the server's certificate must be for, if it is not the host of
  ///     the endpoint.
  /// - Throws: `TLSError` for a file or a name that cannot be used.
  public init(
    ca: String? = nil,
    identity: TLSIdentity? = nil,
    serverName: String? = nil
  ) throws(TLSError) {
    try self.init(
      ca: ca,
      identity: identity,
      serverName: serverName,
      applicationProtocols: TTRPCTransport.applicationProtocols
    )
  }
}
