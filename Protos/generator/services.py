"""Writes the protocol for the handlers of a service, and its typed client."""

import names
from messages import indented

# Numbers of the fields of FileDescriptorProto and ServiceDescriptorProto.
FILE_SERVICE, SERVICE_METHOD = 6, 2


def service_body(service, index, package, schema, comments):
    """The Swift of one service, as lines."""
    writer = ServiceWriter(service, index, package, schema, comments)
    parts = [writer.methods(), writer.handlers(), writer.definition(), writer.stub()]
    return [line for part in parts for line in [*part, ""]][:-1]


class Method:
    def __init__(self, proto, service, schema, comment):
        self.name = proto.name
        self.swift_name = names.identifier(proto.name[:1].lower() + proto.name[1:])
        self.request = schema.swift_name(proto.input_type)
        self.response = schema.swift_name(proto.output_type)
        self.is_streaming = proto.server_streaming
        self.takes_stream = proto.client_streaming
        self.has_access_token = schema.has_field(proto.input_type, "access_token")
        if self.takes_stream and (self.has_access_token or not self.is_streaming):
            raise ValueError(
                f"{service.name}.{proto.name}: a stream of requests is supported where responses are a "
                "stream, too, and no request has an access token"
            )
        self.comment = comment


class ServiceWriter:
    def __init__(self, service, index, package, schema, comments):
        self.name = service.name
        self.full_name = f"{package}.{service.name}"
        self.all = [
            Method(
                method, service, schema, comments.lines(FILE_SERVICE, index, SERVICE_METHOD, number)
            )
            for number, method in enumerate(service.method)
        ]

    def methods(self):
        lines = [f"/// The methods of `{self.full_name}`.", f"public enum {self.name}Method {{"]
        lines += [f'  public static let service: Identifier = "{self.full_name}"']
        for method in self.all:
            lines += [f"  public static let {method.swift_name} = MethodDescriptor("]
            lines += ["    service: service,", f'    method: "{method.name}"', "  )"]
        return lines + [""] + indented(self._messages() + [""] + self._streaming()) + ["}"]

    def _messages(self):
        kind = "any (CMessage & JSONMessage).Type"
        lines = ["/// What a call of each method sends and is answered, for those who see only its bytes."]
        lines += [f"package static let messages: [MethodDescriptor: (request: {kind}, response: {kind})] = ["]
        for method in self.all:
            lines += [f"  {method.swift_name}: ({method.request}.self, {method.response}.self),"]
        return lines + ["]"]

    def _streaming(self):
        methods = ", ".join(method.swift_name for method in self.all if method.is_streaming)
        return [
            "/// The methods that are answered by a stream of messages.",
            f"package static let streaming: Set<MethodDescriptor> = [{methods}]",
        ]

    def handlers(self):
        lines = [f"/// The handlers of `{self.full_name}`."]
        lines += [f"public protocol {self.name}Service: Sendable {{"]
        for method in self.all:
            lines += indented(method.comment)
            lines += [f"  func {method.swift_name}("]
            lines += [
                f"    _ requests: RequestStream<{method.request}>,"
                if method.takes_stream
                else f"    _ request: {method.request},"
            ]
            if method.is_streaming:
                lines += [f"    response: ResponseWriter<{method.response}>,"]
                lines += ["    context: CallContext", "  ) async throws", ""]
            else:
                lines += ["    context: CallContext", f"  ) async throws -> {method.response}", ""]
        return lines[:-1] + ["}"]

    def definition(self):
        lines = [f"extension {self.name}Service {{"]
        lines += ["  /// What a server needs to offer the service."]
        lines += ["  public var definition: ServiceDefinition {", "    ServiceDefinition("]
        lines += [f"      name: {self.name}Method.service,", "      methods: ["]
        for method in self.all:
            kind = "serverStreaming" if method.is_streaming else "unary"
            if method.takes_stream:
                kind = "bidirectionalStreaming"
            if method.has_access_token:
                kind += "(accessToken: { $0.accessToken })"
            arguments = "$0, response: $1, context: $2" if method.is_streaming else "$0, context: $1"
            lines += [f'        "{method.name}": .{kind} {{']
            lines += [f"          try await self.{method.swift_name}({arguments})", "        },"]
        return lines + ["      ]", "    )", "  }", "}"]

    def stub(self):
        lines = [f"/// Calls `{self.full_name}`.", f"public struct {self.name}Stub: Sendable {{"]
        lines += ["  private let client: RPCClient", ""]
        lines += ["  /// Creates a stub that calls over the connection of `client`."]
        lines += ["  public init(_ client: RPCClient) {", "    self.client = client", "  }", ""]
        for method in self.all:
            lines += indented(method.comment)
            if method.takes_stream:
                lines += self._bidirectional_call(method) + [""]
                continue
            lines += [f"  public func {method.swift_name}(", f"    _ request: {method.request},"]
            lines += ["    options: CallOptions = CallOptions()"]
            if method.is_streaming:
                lines += [f"  ) async throws(CallError) -> ResponseStream<{method.response}> {{"]
                call = "serverStreaming"
            else:
                lines += [f"  ) async throws(CallError) -> {method.response} {{"]
                call = "unary"
            lines += [f"    try await self.client.{call}({self.name}Method.{method.swift_name}, request, options: options)"]
            lines += ["  }", ""]
        return lines[:-1] + ["}"]

    def _bidirectional_call(self, method):
        requests, responses = f"RequestWriter<{method.request}>", f"ResponseStream<{method.response}>"
        return [
            f"  public func {method.swift_name}<Result: Sendable>(",
            "    options: CallOptions = CallOptions(),",
            f"    _ send: @escaping @Sendable ({requests}) async throws -> Void,",
            f"    receive: @escaping @Sendable ({responses}) async throws -> Result",
            "  ) async throws -> Result {",
            "    try await self.client.bidirectionalStreaming(",
            f"      {self.name}Method.{method.swift_name},",
            "      options: options,",
            "      send,",
            "      receive: receive",
            "    )",
            "  }",
        ]
