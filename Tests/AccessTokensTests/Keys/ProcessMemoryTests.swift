import AccessTokens
import Testing

@Suite struct ProcessMemoryTests {
  @Test func `memory that is hidden stays hidden`() {
    ProcessMemory.hide()
    #expect(!ProcessMemory.isReadable)
    ProcessMemory.hide()
    #expect(!ProcessMemory.isReadable)
  }
}
