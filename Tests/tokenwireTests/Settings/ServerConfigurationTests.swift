import Foundation
import HTTPTransport
import Identifiers
import Listening
import LlamaGeneration
import RPC
import RequestLog
import Testing
import TokenwireServer

@testable import tokenwire

@Suite struct ServerConfigurationTests {
  @Test func `flags win over the environment, that over the file, that over defaults`() throws {
    try withFile(#"{"model": "file", "parallel": 2, "context": 64, "threads": 1}"#) { path in
      let configuration = try ServerConfiguration(
        flags: ["model": "flag"],
        environment: ["TOKENWIRE_MODEL": "environment", "TOKENWIRE_PARALLEL": "3"],
        file: path
      )
      #expect(
        configuration
          == ServerConfiguration(
            listen: Endpoint(host: "127.0.0.1", port: 7437),
            generator: .llama(
              [LlamaConfiguration(modelPath: "flag", parallel: 3, contextLength: 64, threads: 1)],
              ModelLoading()
            )
          )
      )
    }
  }

  @Test func `a chat template is read from its file, for all models`() throws {
    try withFile("{{ messages[0].content }}\n") { path in
      let configuration = try ServerConfiguration(
        flags: ["chatTemplate": path, "threads": "1"],
        environment: ["TOKENWIRE_MODEL": "a,b"],
        file: nil
      )
      guard case .llama(let models, _) = configuration.generator else {
        Issue.record("it is another generator")
        return
      }
      let template = "{{ messages[0].content }}"
      #expect(models.map(\.chatTemplate) == [template, template])
    }
  }

  @Test func `a draft model is for all models`() throws {
    let configuration = try ServerConfiguration(
      flags: ["draftModel": "small.gguf", "threads": "1"],
      environment: ["TOKENWIRE_MODEL": "a,b"],
      file: nil
    )
    guard case .llama(let models, _) = configuration.generator else {
      Issue.record("it is another generator")
      return
    }
    #expect(models.map(\.draftModelPath) == ["small.gguf", "small.gguf"])
  }

  @Test func `HTTP and gRPC are on, with limits and origins, unless they are switched off`() throws
  {
    let configured = { (settings: [Identifier: String]) in
      try ServerConfiguration(
        flags: settings.merging(["generator": "scripted"]) { first, _ in first },
        environment: [:],
        file: nil
      ).http
    }
    #expect(try configured([:]) == ServerConfiguration.HTTP())
    let grpc = try configured(["http": "off"])
    #expect(grpc?.hasRoutes == false && grpc?.hasGRPC == true)
    #expect(try configured(["grpc": "off"])?.hasGRPC == false)
    #expect(try configured(["http": "off", "grpc": "off"]) == nil)
    let set = try configured([
      "corsOrigin": "https://a.example,http://localhost:3000", "maxHeaderSize": "1KiB",
      "maxMessageSize": "64KiB",
    ])
    #expect(set?.crossOrigin.origins == ["https://a.example", "http://localhost:3000"])
    #expect(set?.limits.headerSize == 1024 && set?.limits.contentSize == 65_536)
    #expect(try configured(["corsOrigin": "*"])?.crossOrigin.origins == ["*"])
    for wrong in ["a.example", "https://a.example/", "https://a.example, https://b.example", ""] {
      #expect(throws: ConfigurationError.self) { try configured(["corsOrigin": wrong]) }
    }
  }

  @Test func `limits and timeouts are settings, with units`() throws {
    let configuration = try ServerConfiguration(
      flags: [
        "generator": "scripted", "maxConnections": "7", "maxConnectionsPerAddress": "6",
        "maxStreamsPerConnection": "5", "maxCalls": "4", "maxMessageSize": "64KiB",
        "maxMetadataSize": "100", "maxMemory": "2GiB", "firstFrameTimeout": "1s",
        "idleTimeout": "2m", "keepaliveInterval": "3h", "keepaliveTimeout": "4ms",
        "writeStallTimeout": "5us", "minPingInterval": "6ns", "shutdownGracePeriod": "0s",
      ],
      environment: [:],
      file: nil
    )
    #expect(
      configuration.limits
        == CallLimits(
          callsPerConnection: 5,
          calls: 4,
          messageSize: 65_536,
          metadataSize: 100,
          memory: 2 << 30
        )
    )
    #expect(
      configuration.connectionLimits
        == ConnectionLimits(connections: 7, connectionsPerAddress: 6)
    )
    #expect(
      configuration.timeouts
        == ConnectionTimeouts(
          firstRequest: .seconds(1),
          idle: .seconds(120),
          keepaliveInterval: .seconds(10_800),
          keepalive: .milliseconds(4),
          writeStall: .microseconds(5),
          minimumPingInterval: .nanoseconds(6)
        )
    )
    #expect(configuration.shutdownGracePeriod == .zero)
  }

  @Test(
    arguments: [
      (["TOKENWIRE_MODEL": "small=/s.gguf,/folder/a=b.gguf"], "{}"),
      ([:], #"{"model": ["small=/s.gguf", "/folder/a=b.gguf"]}"#),
    ] as [([Identifier: String], String)]
  )
  func `several models have names, given or their files'`(
    environment: [Identifier: String],
    content: String
  ) throws {
    try withFile(content) { path in
      let configuration = try ServerConfiguration(
        flags: [
          "threads": "1", "modelLoading": "demand", "modelIdleTimeout": "5m", "gpuLayers": "7",
        ],
        environment: environment,
        file: path
      )
      let models = [
        LlamaConfiguration(modelPath: "/s.gguf", modelID: "small", threads: 1, gpuLayers: 7),
        LlamaConfiguration(modelPath: "/folder/a=b.gguf", modelID: "a=b", threads: 1, gpuLayers: 7),
      ]
      let loading = ModelLoading(begin: .demand, idleTimeout: .seconds(300))
      #expect(configuration.generator == .llama(models, loading))
    }
  }

  @Test func `access and the log are settings`() throws {
    let configuration = try ServerConfiguration(
      flags: [
        "generator": "scripted", "keyFile": "k", "tokenIssuer": "i", "tokenAudience": "a",
        "tokenLeeway": "5s", "tokenRequireExpiry": "false", "anonymous": "false",
        "userStreams": "7",
        "anonymousStreams": "3",
        "logFile": "l", "logContent": "hash", "logMaxAge": "90d", "logMaxSize": "1GiB",
        "logPruneInterval": "5m", "logMaxPromptSize": "2MiB", "logMaxResponseSize": "3KiB",
        "logMaxMetadataKeys": "5", "logMaxMetadataSize": "6", "logMaxWaitingEntries": "7",
        "logMaxWaitingSize": "8KiB",
      ],
      environment: ["TOKENWIRE_REVOCATION_FILE": "r"],
      file: nil
    )
    var access = ServerConfiguration.Access(
      keyFile: "k",
      revocationFile: "r",
      issuer: "i",
      audience: "a",
      leeway: .seconds(5),
      requiresExpiry: false,
      allowsAnonymous: false
    )
    access.userLimits.streams = 7
    access.anonymousLimits.streams = 3
    #expect(configuration.access == access)
    #expect(
      configuration.log
        == .init(
          place: .file("l"),
          content: .hash,
          maximumAge: .seconds(90 * 86_400),
          maximumSize: 1 << 30,
          pruneInterval: .seconds(300),
          limits: EntryLimits(
            prompt: 2 << 20,
            response: 3 << 10,
            metadataCount: 5,
            metadata: 6
          ),
          waitingEntries: 7,
          waitingSize: 8 << 10
        )
    )
  }

  static let malformed: [([Identifier: String], String)] = [
    (
      ["listen": "7437"],
      """
      --listen (TOKENWIRE_LISTEN, or "listen" in the file) is "7437", but must be "host:port" or \
      "unix:/path", such as "127.0.0.1:7437", or "systemd"
      """
    ),
    (
      ["insecure": "perhaps"],
      """
      --insecure (TOKENWIRE_INSECURE, or "insecure" in the file) must be true or false
      """
    ),
    (
      ["tlsCertificate": "server.pem"],
      """
      --tls-certificate (TOKENWIRE_TLS_CERTIFICATE, or "tlsCertificate" in the file) is given \
      without --tls-key (TOKENWIRE_TLS_KEY, or "tlsKey" in the file), which it needs
      """
    ),
    (
      ["tlsKey": "server.key"],
      """
      --tls-key (TOKENWIRE_TLS_KEY, or "tlsKey" in the file) is given without --tls-certificate \
      (TOKENWIRE_TLS_CERTIFICATE, or "tlsCertificate" in the file), which it needs
      """
    ),
    (
      ["tlsClientCa": "ca.pem"],
      """
      --tls-client-ca (TOKENWIRE_TLS_CLIENT_CA, or "tlsClientCa" in the file) is given without \
      --tls-certificate (TOKENWIRE_TLS_CERTIFICATE, or "tlsCertificate" in the file) and --tls-key \
      (TOKENWIRE_TLS_KEY, or "tlsKey" in the file), which it needs
      """
    ),
    (
      ["parallel": "0"],
      """
      --parallel (TOKENWIRE_PARALLEL, or "parallel" in the file) is 0, but must be a whole number \
      from 1 to 256
      """
    ),
    (
      ["parallel": "many"],
      """
      --parallel (TOKENWIRE_PARALLEL, or "parallel" in the file) must be a whole number from 1 to 256
      """
    ),
    (
      ["model": "/a/m.gguf,/b/m.gguf"],
      """
      --model (TOKENWIRE_MODEL, or "model" in the file) names two models "m": give one of them \
      another name, such as "other=/b/m.gguf"
      """
    ),
    (
      ["modelLoading": "never"],
      """
      --model-loading (TOKENWIRE_MODEL_LOADING, or "modelLoading" in the file) is "never", but must \
      be "start" or "demand"
      """
    ),
    (
      ["gpuLayers": "-2"],
      """
      --gpu-layers (TOKENWIRE_GPU_LAYERS, or "gpuLayers" in the file) is -2, but must be a whole \
      number from -1 to 10000
      """
    ),
    (
      ["generator": "gpt"],
      """
      --generator (TOKENWIRE_GENERATOR, or "generator" in the file) is "gpt", but must be \
      "llama", "scripted" or "recording:FILE"
      """
    ),
    (
      ["generator": "scripted", "scriptedPace": "fast"],
      """
      --scripted-pace (TOKENWIRE_SCRIPTED_PACE, or "scriptedPace" in the file) is "fast", but must \
      be a time, such as "20ms", "5" (seconds) or "1m"
      """
    ),
    (
      ["maxCalls": "0"],
      """
      --max-calls (TOKENWIRE_MAX_CALLS, or "maxCalls" in the file) is 0, but must be a whole number \
      from 1 to 1000000
      """
    ),
    (
      ["maxMessageSize": "5MiB"],
      """
      --max-message-size (TOKENWIRE_MAX_MESSAGE_SIZE, or "maxMessageSize" in the file) is "5MiB", \
      but must be a size from 1 to 4MiB, such as "4096", "64KiB" or "1MiB"
      """
    ),
    (
      ["generator": "scripted", "logFile": "l", "logMaxPromptSize": "5MiB"],
      """
      --log-max-prompt-size (TOKENWIRE_LOG_MAX_PROMPT_SIZE, or "logMaxPromptSize" in the file) is \
      "5MiB", but must be a size from 1 to 4MiB, such as "4096", "64KiB" or "1MiB"
      """
    ),
    (
      ["generator": "scripted", "logFile": "l", "logMaxWaitingEntries": "0"],
      """
      --log-max-waiting-entries (TOKENWIRE_LOG_MAX_WAITING_ENTRIES, or "logMaxWaitingEntries" in the \
      file) is 0, but must be a whole number from 1 to 1048576
      """
    ),
    (
      ["idleTimeout": "0s"],
      """
      --idle-timeout (TOKENWIRE_IDLE_TIMEOUT, or "idleTimeout" in the file) is "0s", but must be a \
      time above zero, such as "20ms", "5" (seconds) or "1m"
      """
    ),
    (
      ["keepaliveInterval": "9999999999999999999h"],
      """
      --keepalive-interval (TOKENWIRE_KEEPALIVE_INTERVAL, or "keepaliveInterval" in the file) is \
      "9999999999999999999h", but must be a time above zero, such as "20ms", "5" (seconds) or "1m"
      """
    ),
    (
      ["logFile": "l", "logMaxSize": "1023KiB"],
      """
      --log-max-size (TOKENWIRE_LOG_MAX_SIZE, or "logMaxSize" in the file) is "1023KiB", but must be \
      "0", or a size from 1MiB to 1048576GiB
      """
    ),
    (
      ["tokenLeeway": "61s"],
      """
      --token-leeway (TOKENWIRE_TOKEN_LEEWAY, or "tokenLeeway" in the file) is "61s", but must be a \
      time of at most 60s, such as "30s"
      """
    ),
    (
      ["logFile": "l", "logContent": "some"],
      """
      --log-content (TOKENWIRE_LOG_CONTENT, or "logContent" in the file) is "some", but must be one \
      of "full", "metadata", "hash"
      """
    ),
    (
      ["logLevel": "loud"],
      """
      --log-level (TOKENWIRE_LOG_LEVEL, or "logLevel" in the file) is "loud", but must be trace, \
      debug, info, notice, warning, error, critical
      """
    ),
  ]

  @Test(arguments: malformed)
  func `a malformed value is refused`(flags: [Identifier: String], message: String) throws {
    let flags = flags.merging(["model": "m"]) { given, _ in given }
    let error = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(flags: flags, environment: [:], file: nil)
    }
    #expect(error?.message == message)
  }

  @Test func `a server without a model says what to do`() throws {
    let error = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(flags: [:], environment: [:], file: nil)
    }
    #expect(error?.message.contains("--model") == true)
  }

  @Test func `a file that is not there, no JSON, or has a wrong key is refused`() throws {
    let missing = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(flags: [:], environment: [:], file: "/nowhere.json")
    }
    #expect(
      missing?.message
        == "The configuration file /nowhere.json cannot be read: No such file or directory"
    )
    let folder = #expect(throws: ConfigurationError.self) {
      try ServerConfiguration(flags: [:], environment: [:], file: "/tmp")
    }
    #expect(folder?.message == "The configuration file /tmp cannot be read: Is a directory")
    try withFile("listen = 1") { path in
      let error = #expect(throws: ConfigurationError.self) {
        try ServerConfiguration(flags: [:], environment: [:], file: path)
      }
      #expect(
        error?.message
          == "The configuration file \(path) is not a JSON object: line 1: \"listen = 1\" cannot be there"
      )
    }
  }

  static let wrongFiles: [(content: String, message: String)] = [
    (#"{"paralel": 4}"#, #""paralel" in FILE is not a setting: did you mean "parallel"?"#),
    (#"{"colour": 4}"#, #""colour" in FILE is not a setting; the settings are listen, "#),
    (
      "{\n\"parallel\": 4,\n\"parallel\": 5}",
      #"The configuration file FILE is not a JSON object: line 3: the name at ""parallel": 5}""#
        + " is a duplicate"
    ),
    (
      "{\"parallel\": 4,\n}",
      #"The configuration file FILE is not a JSON object: line 2: "}" cannot be there"#
    ),
    ("[]", "The configuration file FILE is not a JSON object"),
    (#"{"parallel": {"a": 1}}"#, #""parallel" in FILE must be text, a number, true or false"#),
    (#"{"parallel": null}"#, #""parallel" in FILE must be text, a number, true or false"#),
    (#"{"parallel": 4"#, "The configuration file FILE is not a JSON object: it ends too early"),
  ]

  @Test(arguments: wrongFiles)
  func `a file is read strictly`(content: String, message: String) throws {
    try withFile(content) { path in
      let error = #expect(throws: ConfigurationError.self) {
        try ServerConfiguration(flags: ["model": "m"], environment: [:], file: path)
      }
      let expected = message.replacing("FILE", with: path)
      #expect(error?.message.hasPrefix(expected) == true, "\(error?.message ?? "")")
    }
  }

  @Test func `values in a file are as they are on the command line`() throws {
    // With a byte-order mark.
    let content =
      "\u{FEFF}" + #"{"model": ["a,b.gguf"], "threads": 1, "idleTimeout": 90, "insecure": true}"#
    try withFile(content) { path in
      let configuration = try ServerConfiguration(flags: [:], environment: [:], file: path)
      #expect(configuration.timeouts.idle == .seconds(90))
      let model = LlamaConfiguration(modelPath: "a,b.gguf", threads: 1)
      #expect(configuration.generator == .llama([model], ModelLoading()))
    }
  }

  @Test(arguments: [
    ("5", Duration.seconds(5)), ("0.25", .milliseconds(250)), ("1.5m", .seconds(90)),
    ("100000d", .seconds(8_640_000_000)), ("7ns", .nanoseconds(7)), ("0", .zero),
  ])
  func `times have one form`(text: String, duration: Duration) {
    #expect(Duration(setting: text) == duration)
  }

  @Test(arguments: ["", ".", "5.", ".5", "s", "-1s", "1 s", "1min", "1e3", "٣s", "1.0000000001s"])
  func `other times are refused`(text: String) {
    #expect(Duration(setting: text) == nil)
  }

  @Test func `settings that have no effect are told`() throws {
    let flags: [Identifier: String] = ["generator": "scripted", "model": "m", "anonymous": "false"]
    let environment: [Identifier: String] = [
      "TOKENWIRE_LOG_MAX_AGE": "1d", "TOKENWIRE_SCRIPTED_PACE": "1ms",
    ]
    let configuration = try ServerConfiguration(
      flags: flags,
      environment: environment,
      file: nil
    )
    let notes = try configuration.settingsWithoutEffect(
      flags: flags,
      environment: environment,
      file: nil
    )
    #expect(
      notes == [
        "--model has no effect with the scripted generator",
        "--anonymous is false, but without --key-file no token is good: nobody can call",
        "--log-max-age has no effect without --log-store",
      ]
    )
  }

  @Test(
    arguments: [
      "keyFile", "tlsClientCa", "tokenAudience", "logFile", "logOutbox", "upstreams",
      "metricsListen",
    ]
  )
  func `an empty value is refused, wherever it is given`(name: Identifier) throws {
    let setting = try #require(Settings.all.first { Identifier($0.name) == name })
    let flags: [Identifier: String] = ["generator": "scripted"]
    for (flags, environment) in [
      (flags.merging([name: ""]) { $1 }, [:]), (flags, [Identifier(setting.variable): ""]),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try ServerConfiguration(flags: flags, environment: environment, file: nil)
      }
      #expect(error?.description.contains("is empty: leave it out, or give a value") == true)
    }
  }

  @Test(arguments: [("0", nil), ("90d", 7_776_000), ("2h", 7200)] as [(String, Int?)])
  func `the age of entries has a unit`(text: String, seconds: Int?) throws {
    func age(_ text: String) throws -> Duration? {
      try ServerConfiguration(
        flags: ["generator": "scripted", "logFile": "l", "logMaxAge": text],
        environment: [:],
        file: nil
      ).log?.maximumAge
    }
    #expect(try age(text) == seconds.map { .seconds($0) })
    let error = #expect(throws: ConfigurationError.self) { try age("90") }
    #expect(error?.description.contains("a time with its unit, such as \"90d\"") == true)
  }

  @Test func `without a model of its own, a server uses none of what models need`() throws {
    let flags: [Identifier: String] = ["parallel": "3", "upstreams": "u.json"]
    let configuration = ServerConfiguration(
      listen: Endpoint(host: "127.0.0.1", port: 0),
      generator: .llama([], ModelLoading())
    )
    let notes = try configuration.settingsWithoutEffect(flags: flags, environment: [:], file: nil)
    #expect(notes == ["--parallel has no effect without --model"])
  }

  @Test func `an outbox has a size, is never a function's, and its size has no effect without it`()
    throws
  {
    let database = "postgresql://h/d"
    func configuration(
      _ flags: [Identifier: String]
    ) throws(ConfigurationError) -> ServerConfiguration {
      let all = flags.merging(["generator": "scripted"]) { given, _ in given }
      return try ServerConfiguration(flags: all, environment: [:], file: nil)
    }
    let log = try configuration(["logStore": database, "logOutbox": "o.db"]).log
    #expect(log?.outbox == .init(path: "o.db", maximumSize: 1 << 30))
    let larger: [Identifier: String] = ["logStore": database, "logOutboxMaxSize": "2MiB"]
    #expect(try configuration(larger).log?.outbox == nil)
    let notes = try configuration(larger)
      .settingsWithoutEffect(flags: larger, environment: [:], file: nil)
    #expect(notes == ["--log-outbox-max-size has no effect without --log-outbox"])
    let function = try configuration(["logStore": database, "logOutbox": "/tmp/o.db"])
    let error = #expect(throws: ConfigurationError.self) {
      _ = try function.onLambda(in: "/tmp/f")
    }
    #expect(error?.description.contains("What is in the outbox /tmp/o.db would be lost") == true)
    _ = try configuration(["logStore": database]).onLambda(in: "/tmp/f")
  }

  private func withFile(
    _ content: String,
    _ body: (String) throws -> Void
  ) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).json")
    try Data(content.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }
}
