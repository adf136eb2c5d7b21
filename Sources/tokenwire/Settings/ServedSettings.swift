import Listening
import TokenwireServer

/// Where a server listens, and what it serves.
struct ServedSettings: SettingGroup {
  static let title = "Address and models"

  let listen = Setting(
    "listen",
    .parsed("\"host:port\" or \"unix:/path\", such as \"127.0.0.1:7437\", or \"systemd\"") {
      ListenAddress($0)
    },
    default: "127.0.0.1:7437",
    """
    Where to listen: host:port, where port 0 takes any free port; unix:/path; or systemd, the socket \
    that systemd hands over, of several that of systemd/NAME.
    """
  )
  /// In the file, one text or an array of them; elsewhere with commas between them.
  let model = Setting(
    "model",
    .paths("files, each with or without a name: \"name=file\"", extensions: ["gguf"]),
    default: .required,
    valueName: "name=file",
    needs: .languageModel,
    """
    A model to serve, a GGUF file; its name is the file's when none is given. May be given several \
    times: the first is used when a request names none.
    """
  )
  let upstreams = Setting(
    "upstreams",
    .path,
    default: .absent(),
    "A JSON file of models that other servers have (docs/upstreams.md), reloaded at SIGHUP."
  )
  let chatTemplate = Setting(
    "chatTemplate",
    .path,
    default: .absent(),
    needs: .languageModel,
    "A Jinja template for conversations, in place of that of each model."
  )
  let tlsCertificate = Setting(
    "tlsCertificate",
    .path,
    default: .absent(),
    "The server's certificate and its chain, a PEM file, reloaded at SIGHUP."
  )
  let tlsKey = Setting(
    "tlsKey",
    .path,
    default: .absent(),
    "The private key of the certificate, a PEM file."
  )
  let tlsClientCa = Setting(
    "tlsClientCa",
    .path,
    default: .absent(),
    "Accept only clients with a certificate from an authority in this PEM file."
  )
  let insecure = Setting(
    "insecure",
    .toggle,
    default: "false",
    "Listen without TLS even where other machines reach the server."
  )
  let modelLoading = Setting(
    "modelLoading",
    .word(of: ModelLoading.Begin.self) { $0.map { "\"\($0)\"" }.joined(separator: " or ") },
    default: "start",
    needs: .languageModel,
    "When models are loaded: at the start, or when a request needs them."
  )
  let modelIdleTimeout = Setting(
    "modelIdleTimeout",
    .timeOrZero,
    default: "0s",
    needs: .languageModel,
    "Unload a model after this time without requests; 0s keeps it."
  )
  let gpuLayers = Setting(
    "gpuLayers",
    .count(-1 ... 10_000, of: "layers"),
    default: "-1",
    needs: .languageModel,
    "How many layers of a model a GPU takes, if there is one; -1 is all."
  )
}
