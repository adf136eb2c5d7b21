import ArgumentParser
import TokenwireServer

/// Where a server listens, and what it serves.
struct ServedFlags: ParsableArguments {
  @Option(
    help: """
      Where to listen: host:port, where port 0 takes any free port, or unix:/path. (default: \
      127.0.0.1:7437)
      """
  )
  var listen: String?

  @Option(
    help: ArgumentHelp(
      """
      A model to serve, a GGUF file; its name is the file's when none is given. May be given several \
      times: the first is used when a request names none.
      """,
      valueName: "name=file"
    ),
    completion: .file(extensions: ["gguf"])
  )
  var model: [String] = []

  @Option(
    help: "The server's certificate and its chain, a PEM file, read again at SIGHUP.",
    completion: .file()
  )
  var tlsCertificate: String?

  @Option(help: "The private key of the certificate, a PEM file.", completion: .file())
  var tlsKey: String?

  @Option(
    help: "Let only clients connect whose certificate is by an authority in this PEM file.",
    completion: .file()
  )
  var tlsClientCa: String?

  @Flag(help: "Listen without TLS even where other machines reach the server.")
  var insecure = false

  @Option(
    help: "When models are loaded: at the start, or on demand of a request. (default: start)"
  )
  var modelLoading: String?

  @Option(
    help: "Unload a model that had no requests for so long; 0s keeps it. (default: 0s)"
  )
  var modelIdleTimeout: String?

  @Option(
    parsing: .unconditional,
    help: "How many layers of a model a GPU takes, if there is one; -1 is all. (default: -1)"
  )
  var gpuLayers: String?

  var values: [Setting: String?] {
    [
      .listen: self.listen,
      .model: self.model.isEmpty ? nil : self.model.joined(separator: ","),
      .tlsCertificate: self.tlsCertificate,
      .tlsKey: self.tlsKey,
      .tlsClientCa: self.tlsClientCa,
      .insecure: self.insecure ? "true" : nil,
      .modelLoading: self.modelLoading,
      .modelIdleTimeout: self.modelIdleTimeout,
      .gpuLayers: self.gpuLayers,
    ]
  }
}
