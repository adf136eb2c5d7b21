import ArgumentParser
import Listening
import Recording
import TTRPC
import UnixSignals

struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Stand between clients and a server, and record every frame.",
    discussion: """
      Clients connect to --listen, and are passed on to --to. Each frame becomes a line of JSON in \
      the file, access tokens replaced; `tokenwire frames` shows it, `tokenwire replay` plays it \
      again. Ends with Ctrl-C.
      """
  )

  @Option(
    help: "Where clients connect: host:port, where port 0 is any free port, or unix:/path.",
    transform: { try Endpoint(flag: $0) }
  )
  var listen: Endpoint

  @Option(
    help: "Where the server listens, host:port or unix:/path.",
    transform: { try Endpoint(flag: $0) }
  )
  var to: Endpoint

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: "The file to write, such as calls.frames.jsonl.",
    completion: .file()
  )
  var output: String

  @Flag(help: "Write access tokens as they are: anybody who reads the file can use them.")
  var keepTokens = false

  @Option(help: "The certificate that clients see, a PEM file.", completion: .file())
  var listenTlsCertificate: String?

  @Option(help: "The private key of that certificate, a PEM file.", completion: .file())
  var listenTlsKey: String?

  @Option(
    help: "Require clients to have a certificate of an authority in this PEM file.",
    completion: .file()
  )
  var listenTlsClientCa: String?

  @Flag(help: "Listen without TLS even where other machines reach --listen.")
  var insecure = false

  @OptionGroup(title: "TLS options for --to")
  var tls: TLSFlags

  func validate() throws {
    if (self.listenTlsCertificate == nil) != (self.listenTlsKey == nil) {
      throw ValidationError(
        "--listen-tls-certificate and --listen-tls-key belong together: give both or neither"
      )
    }
    if self.listenTlsClientCa != nil && self.listenTlsCertificate == nil {
      throw ValidationError("--listen-tls-client-ca needs --listen-tls-certificate")
    }
    if self.listenTlsCertificate == nil && !self.listen.isLoopback && !self.insecure {
      throw ValidationError(
        """
        Other machines reach \(self.listen), and whoever is on the way could read what they send: \
        give --listen-tls-certificate and --listen-tls-key, or --insecure
        """
      )
    }
  }

  func run() async throws {
    FileLimit.raise()
    let recorder = try Recorder(path: self.output, redactsTokens: !self.keepTokens)
    let proxy = RecordingProxy(
      listen: self.listen,
      tls: try self.serverTLS(),
      to: self.to,
      tls: try self.tls.clientTLS(),
      recorder: recorder
    )
    let stops = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    try await withThrowingTaskGroup { group in
      group.addTask {
        try await proxy.run { address in
          StandardOutput.write("tokenwire records on \(address) for \(self.to)\n")
        } onFailure: {
          StandardOutput.writeNote("\($0)\n")
        }
      }
      group.addTask {
        for await _ in stops { return }
      }
      try await group.next()
      group.cancelAll()
      // After a stop the proxy's errors are expected, except a failure of the file.
      do {
        try await group.waitForAll()
      } catch is CancellationError {}
    }
    let summary = await recorder.summary
    let connections =
      summary.connections == 1 ? "1 connection" : "\(summary.connections) connections"
    StandardOutput.writeNote("[\(summary.frames) frames of \(connections) in \(self.output)]\n")
  }

  private func serverTLS() throws(TLSError) -> ServerTLS? {
    guard let certificate = self.listenTlsCertificate, let key = self.listenTlsKey else {
      return nil
    }
    return try ServerTLS(
      identity: TLSIdentity(certificate: certificate, key: key),
      clientCA: self.listenTlsClientCa
    )
  }
}

extension Endpoint {
  /// Parses the value of a flag.
  init(flag text: String) throws {
    guard let endpoint = Endpoint(text) else {
      throw ValidationError("must be host:port, such as 127.0.0.1:7437, or unix:/path")
    }
    self = endpoint
  }
}
