import Identifiers
import NIOCore
import Protobuf
import Testing
import TokenwireAPI

@testable import TokenwireServer

@Suite struct ReflectionIndexTests {
  /// "top" imports "left" and "right", which both import "base".
  private static let diamond = ReflectionIndex([
    ProtoFile("base", imports: [], symbols: "p.Base", base64: "AA=="),
    ProtoFile("left", imports: ["base"], symbols: "p.Left", base64: "AQ=="),
    ProtoFile("right", imports: ["base", "elsewhere"], symbols: "p.Right", base64: "Ag=="),
    ProtoFile("top", imports: ["left", "right"], symbols: "p.Top\np.Top.field", base64: "Aw=="),
  ])

  private func descriptors(
    of names: Identifier...
  ) throws -> [[UInt8]] {
    var sent: Set<ReflectionIndex.FileID> = []
    return try names.map { name in
      let file = try #require(Self.diamond.file(named: name))
      return Self.diamond.descriptors(of: file, sent: &sent).flatMap { Array($0.readableBytesView) }
    }
  }

  @Test func `a file comes with all that it imports, each once`() throws {
    #expect(try self.descriptors(of: "base") == [[0]])
    #expect(try self.descriptors(of: "left") == [[1, 0]])
    #expect(try self.descriptors(of: "top") == [[3, 1, 2, 0]])
  }

  @Test func `what was sent is not sent again, but for the file itself`() throws {
    #expect(try self.descriptors(of: "left", "top") == [[1, 0], [3, 2]])
    #expect(try self.descriptors(of: "top", "right", "base") == [[3, 1, 2, 0], [2], [0]])
  }

  @Test func `a file is found by what it defines`() {
    let top = Self.diamond.file(named: "top")
    #expect(Self.diamond.file(defining: "p.Top") == top)
    #expect(Self.diamond.file(defining: "p.Top.field") == top)
    #expect(Self.diamond.file(defining: "p.Left") == Self.diamond.file(named: "left"))
    for unknown: Identifier in ["", "p", "Top", "p.Top.", ".p.Top", "p.top"] {
      #expect(Self.diamond.file(defining: unknown) == nil)
    }
    #expect(Self.diamond.file(named: "") == nil)
    #expect(Self.diamond.file(named: "elsewhere") == nil)
  }

  static let definitions: [(Identifier, file: Identifier)] = [
    ("tokenwire.v1.Tokenwire", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.Tokenwire.Generate", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.GenerateRequest", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.GenerateRequest.max_tokens", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.GenerateRequest.input", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.FinishReason", "tokenwire/v1/tokenwire.proto"),
    ("tokenwire.v1.FINISH_REASON_STOP", "tokenwire/v1/tokenwire.proto"),
    ("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto"),
    ("grpc.health.v1.HealthCheckResponse.SERVING", "grpc/health/v1/health.proto"),
    ("grpc.health.v1.HealthListResponse.StatusesEntry", "grpc/health/v1/health.proto"),
    ("grpc.reflection.v1.ErrorResponse", "grpc/reflection/v1/reflection.proto"),
    ("grpc.reflection.v1alpha.ServerReflection", "grpc/reflection/v1alpha/reflection.proto"),
  ]

  @Test(arguments: definitions)
  func `what the server's protos define is found`(symbol: Identifier, file: Identifier) {
    let index = ReflectionIndex()
    #expect(index.file(defining: symbol) != nil)
    #expect(index.file(defining: symbol) == index.file(named: file))
  }

  @Test func `each file is whole: its descriptor has its name, and its imports are there`() throws {
    let index = ReflectionIndex()
    for file in ProtoFile.all {
      let name = Array(file.name.utf8)
      // FileDescriptorProto: the name is field 1.
      #expect(file.descriptor.readableBytesView.starts(with: [0x0A, UInt8(name.count)] + name))
      #expect(file.imports.allSatisfy { index.file(named: $0) != nil })
      #expect(Set(file.symbols).count == file.symbols.count)
    }
  }
}
