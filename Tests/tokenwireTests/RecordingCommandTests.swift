import Foundation
import Listening
import NIOCore
import RPC
import Subprocess
import SystemPackage
import TestCertificates
import Testing

@Suite struct RecordingCommandTests {
  @Test func `calls are recorded, shown, and played again`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        let recorded = try await Command.record(to: server, in: file) { address in
          let outcome = try await Command.run(Self.generate(from: address))
          #expect(outcome.output == "The quick\n")
        }
        #expect(recorded.status == .exited(0))
        #expect(recorded.errors.hasSuffix("frames of 1 connection in \(file)]\n"))

        let shown = try await Command.run(["frames", file])
        #expect(shown.output.contains("→ ▼ REQUEST 1  RC|EXT  tokenwire.v1.Tokenwire/Generate"))
        #expect(shown.output.contains(#"delta:{text:" quick",token_ids:[1]}"#))
        #expect(!shown.output.contains("\u{1B}"))

        for speed in ["1", "2", "max"] {
          let replayed = try await Command.run(
            ["replay", file, "--to", server, "--speed", speed]
          )
          #expect(replayed.status == .exited(0))
          #expect(replayed.output == "")
          #expect(replayed.errors == "[1 call, 0 differences]\n")
        }
      }
    }
  }

  @Test func `a server that says another word is told from the recorded one`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        _ = try await Command.record(to: server, in: file) { address in
          _ = try await Command.run(Self.generate(from: address))
        }
      }
      try await Command.serve(environment: ["TOKENWIRE_SCRIPTED_TEXT": "The slow"]) { _, server in
        let replayed = try await Command.run(["replay", file, "--to", server])
        #expect(replayed.status == .exited(1))
        #expect(
          replayed.output == """
            connection 1, stream 1, Generate
              text, from its character 5 on
              - "The quick"
              + "The slow"

            """
        )
        #expect(replayed.errors == "[1 call, 1 difference]\n")
      }
    }
  }

  @Test func `as load, a recording makes a table of latencies`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        _ = try await Command.record(to: server, in: file) { address in
          _ = try await Command.run(Self.generate(from: address))
        }
        let outcome = try await Command.run(
          ["replay", file, "--to", server, "--connections", "3", "--loop", "2"]
        )
        #expect(outcome.status == .exited(0))
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("method"))
        #expect(lines[1].contains("first message") && lines[1].contains("  6  "))
        #expect(lines[2].contains("whole call"))
        #expect(lines[3].hasPrefix("6 replays in ") && lines[3].hasSuffix("; 0 differ"))
      }
    }
  }

  @Test func `it records between TLS and a socket file`() async throws {
    try await Certificates.withFolder { certificates in
      let environment: [Environment.Key: String?] = [
        "TOKENWIRE_TLS_CERTIFICATE": certificates.server.certificate,
        "TOKENWIRE_TLS_KEY": certificates.server.key,
      ]
      try await Command.serve(environment: environment) { _, server in
        let file = certificates.path("calls.frames.jsonl")
        let port = try #require(server.split(separator: ":").last)
        let socket = "unix:" + certificates.path("record.sock")
        let toServer = ["--tls-ca", certificates.ca, "--tls-server-name", "localhost"]
        let recorded = try await Command.record(
          on: socket,
          to: "localhost:\(port)",
          in: file,
          toServer
        ) { address in
          #expect(address == socket)
          let outcome = try await Command.run(Self.generate(from: address))
          #expect(outcome.output == "The quick\n")
        }
        #expect(recorded.status == .exited(0))
        let replayed = try await Command.run(["replay", file, "--to", server] + toServer)
        #expect(replayed.status == .exited(0))
      }
    }
  }

  @Test func `clients may connect to it with TLS`() async throws {
    try await Certificates.withFolder { certificates in
      try await Command.serve { _, server in
        let file = certificates.path("calls.frames.jsonl")
        let identity = [
          "--listen-tls-certificate", certificates.server.certificate,
          "--listen-tls-key", certificates.server.key,
        ]
        _ = try await Command.record(to: server, in: file, identity) { address in
          let trust = ["--tls-ca", certificates.ca, "--tls-server-name", "localhost"]
          let outcome = try await Command.run(Self.generate(from: address) + trust)
          #expect(outcome.output == "The quick\n")
        }
        let replayed = try await Command.run(["replay", file, "--to", server])
        #expect(replayed.errors == "[1 call, 0 differences]\n")
      }
    }
  }

  @Test func `a recorder that is killed leaves what it has recorded`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        let outcome = try await Command.record(to: server, in: file, endingWith: .kill) { address in
          _ = try await Command.run(Self.generate(from: address))
        }
        #expect(outcome.status == .signaled(SIGKILL))
        let shown = try await Command.run(["frames", file])
        #expect(shown.status == .exited(0))
        #expect(shown.output.contains("RC|ND  OK"))
      }
    }
  }

  @Test func `a file that takes no more ends the recording with an error`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        // Files of at most 2 KiB; without the trap, the signal for that would end the command.
        let outcome = try await Command.run(
          [
            "-c", "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\"", Command.executable.string,
            "record", "--listen", "127.0.0.1:0", "--to", server, "-o", file,
          ],
          executable: "/bin/bash"
        ) { recorder in
          let address = try await recorder.recordingAddress
          let client = try await Command.run(Self.generate(from: address))
          #expect(client.status == .exited(1))
        }
        #expect(outcome.status == .exited(1))
        #expect(
          outcome.errors
            == "Error: The recording ends, because \(file) cannot be written: File too large\n"
        )
        let shown = try await Command.run(["frames", file])
        #expect(shown.status == .exited(0))
        #expect(shown.errors.contains("was cut off; it is left out"))
      }
    }
  }

  @Test func `clients that connect when the file takes no more are not kept`() async throws {
    try await withFolder { folder in
      let file = folder + "/calls.frames.jsonl"
      try await Command.serve { _, server in
        // Files of at most 1 KiB, in which there is no place for 32 connections.
        let outcome = try await Command.run(
          [
            "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", Command.executable.string,
            "record", "--listen", "127.0.0.1:0", "--to", server, "-o", file,
          ],
          executable: "/bin/bash"
        ) { recorder in
          let endpoint = try #require(Endpoint(try await recorder.recordingAddress))
          await withTaskGroup { clients in
            for _ in 0 ..< 32 {
              clients.addTask {
                // Those after the end are refused.
                try? await endpoint.connectForBytes(tls: nil).executeThenClose { fromProxy, _ in
                  for try await _ in fromProxy {}
                }
              }
            }
          }
        }
        #expect(outcome.status == .exited(1))
        #expect(outcome.errors.contains("cannot be written: File too large"))
      }
    }
  }

  @Test func `what is wrong with the flags is told`() async throws {
    let far = try await Command.run(
      ["record", "--listen", "0.0.0.0:0", "--to", "127.0.0.1:1", "-o", "/dev/null"]
    )
    #expect(far.errors.contains("give --listen-tls-certificate and --listen-tls-key"))
    for flags in [["--speed", "0"], ["--match", "some"], ["--connections", "0"]] {
      let outcome = try await Command.run(["replay", "file", "--to", "127.0.0.1:1"] + flags)
      #expect(outcome.status == .exited(64))
    }
    let missing = try await Command.run(["replay", "/nowhere", "--to", "127.0.0.1:1"])
    #expect(
      missing.errors == "Error: The recording /nowhere cannot be read: No such file or directory\n"
    )
  }

  private static func generate(from address: String) -> [String] {
    ["generate", "--server", address, "--max-tokens", "2", "go"]
  }
}

/// Has a folder there while `body` runs.
func withFolder<Result>(_ body: (String) async throws -> Result) async throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder.path)
}

extension Command {
  /// Records what `body` says to a server, until `body` ends.
  fileprivate static func record(
    on listen: String = "127.0.0.1:0",
    to server: String,
    in file: String,
    _ flags: [String] = [],
    endingWith signal: Signal = .interrupt,
    _ body: (_ address: String) async throws -> Void
  ) async throws -> Outcome {
    try await Self.run(
      ["record", "--listen", listen, "--to", server, "-o", file] + flags
    ) { recorder in
      try await body(try await recorder.recordingAddress)
      try recorder.send(signal)
    }
  }

  fileprivate var recordingAddress: String {
    get async throws {
      try await self.waitForOutput("\n")
      let line = try #require(
        self.output.firstMatch(of: /^tokenwire records on (\S+) for/)
      )
      return String(line.1)
    }
  }
}
