"""The messages of the API (Protos/tokenwire/v1/tokenwire.proto)."""
