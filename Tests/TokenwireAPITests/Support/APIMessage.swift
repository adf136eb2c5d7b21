import NIOCore
import Protobuf
import TokenwireAPI

/// Any message of the API.
typealias APIMessage = CMessage & JSONMessage

/// All messages of the API, by their names in Swift.
let apiMessages: [(name: String, type: any APIMessage.Type)] = {
  var messages: [(name: String, type: any APIMessage.Type)] = []
  func add(_ type: any JSONMessage.Type) {
    guard let type = type as? any APIMessage.Type, !messages.contains(where: { $0.type == type })
    else { return }
    messages.append(("\(type)", type))
    for field in type.fields { if let message = field.message { add(message) } }
  }
  let methods = TokenwireMethod.messages
    .merging(HealthMethod.messages) { method, _ in method }
    .merging(ServerReflectionMethod.messages) { method, _ in method }
  for (_, (request, response)) in methods.sorted(by: { "\($0.key)" < "\($1.key)" }) {
    add(request)
    add(response)
  }
  return messages
}()

extension CMessage {
  var serialized: ByteBuffer {
    var buffer = ByteBuffer()
    self.serialize(into: &buffer)
    return buffer
  }
}
