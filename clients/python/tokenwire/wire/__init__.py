"""The protocol (Protos/WIRE.md): frames, streams, windows. No module of it does I/O."""
