"""``python -m tokenwire "prompt"``: generates a text and prints it as it comes."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import time
from typing import Any, Callable, Dict, List, NoReturn, Optional

from google.protobuf.descriptor import FieldDescriptor

from .client import Client, Generation
from .errors import CallError
from .options import TLS
from .v1.tokenwire_pb2 import FinishReason, SamplingOptions

_USAGE = 64  # sysexits.h


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command.

    Its exit code is 0, 1 for a failure, 64 for wrong arguments, 130 for Ctrl-C, 141 when nobody
    reads the output.
    """
    parser = _parser()
    flags = parser.parse_args(arguments)
    if sys.stdout is None:
        print("Error: Cannot write to standard output: it is closed", file=sys.stderr)
        return 1
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Of a text that the terminal cannot show, it shows what it can.
        sys.stdout.reconfigure(errors="replace")
    try:
        return _run(flags, parser)
    except CallError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # The interpreter flushes once more at its end, to nobody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13  # SIGPIPE
    except OSError as error:
        print(f"Error: Cannot write to standard output: {error.strerror}", file=sys.stderr)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(flags: argparse.Namespace, parser: _Parser) -> int:
    prompt = flags.prompt
    if prompt in (None, "-"):
        try:
            prompt = sys.stdin.buffer.read().decode()
        except UnicodeDecodeError:
            print("Error: The prompt on standard input is not UTF-8", file=sys.stderr)
            return 1
        prompt = prompt[:-1] if prompt.endswith("\n") else prompt
    input: Any = prompt
    if not flags.raw and prompt:
        input = [{"role": "user", "content": prompt}]
        if flags.system is not None:
            input.insert(0, {"role": "system", "content": flags.system})
    options: Dict[str, Any] = {
        name: getattr(flags, name)
        for name in ("model", "max_tokens", "stop", "echo", *_sampling())
        if getattr(flags, name) is not None
    }
    try:
        client = Client(flags.server, token=flags.token, tls=_tls(flags))
    except ValueError as error:
        parser.error(str(error))
    with client:
        client.connect()
        with client.generate(input, timeout=flags.timeout, **options) as generation:
            _print(generation)
    return 0


def _print(generation: Generation) -> None:
    begin = time.monotonic()
    first: Optional[float] = None
    try:
        for delta in generation:
            if first is None and generation.completion_tokens:
                first = time.monotonic()
            sys.stdout.write(delta.text)
            sys.stdout.flush()
    except CallError:
        if first is not None:
            print(flush=True)  # What is said of the failure has a line of its own.
        raise
    sys.stdout.write("\n")
    sys.stdout.flush()
    finished = generation.finished
    if finished is None:
        return
    end = time.monotonic()
    first = end if first is None else first
    later = max(0, generation.completion_tokens - 1)
    rate = later / (end - first) if later and end > first else 0.0
    reason = FinishReason.Name(finished.finish_reason)[len("FINISH_REASON_") :].lower()
    print(
        f"[{generation.completion_tokens} tokens, first after {(first - begin) * 1000:.0f} ms, "
        f"{rate:.1f} tokens/s, ended by {reason}]",
        file=sys.stderr,
    )


def _tls(flags: argparse.Namespace) -> Optional[TLS]:
    tls = TLS(flags.tls_ca, flags.tls_certificate, flags.tls_key, flags.tls_server_name)
    return tls if flags.tls or tls != TLS() else None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(_USAGE, f"Error: {message}; {self.prog} --help tells more\n")


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m tokenwire",
        description="Send a prompt to a server and print the text as it is generated.",
    )
    add = parser.add_argument
    add("prompt", nargs="?", type=_text, help='the prompt; read from standard input when absent or "-"')
    add("--server", default="127.0.0.1:7437", help="host:port or unix:/path")
    add(
        "--token",
        type=_text,
        default=os.environ.get("TOKENWIRE_TOKEN") or None,
        help="the access token; other users of this machine see flags, but not variables "
        "(default: $TOKENWIRE_TOKEN)",
    )
    add("--model", type=_text, help="the model to use (default: the server's)")
    add("--raw", action="store_true", help="let the model go on with the prompt, not answer it")
    add("--system", type=_text, help="a message that tells the model how to answer")
    add("--max-tokens", type=_int32, help="the most tokens to generate (default: 150)")
    add("--stop", type=_text, action="append", help="end before this text; may be given several times")
    add("--echo", action="store_true", help="begin with the prompt")
    add("--timeout", type=_seconds, help="give up after this many seconds")
    add("--tls", action="store_true", help="connect with TLS; the options below imply it")
    add("--tls-ca", metavar="FILE", help="the authorities to trust (default: this machine's)")
    add("--tls-certificate", metavar="FILE", help="this client's certificate")
    add("--tls-key", metavar="FILE", help="the private key of the certificate")
    add("--tls-server-name", metavar="NAME", help="the name that the server's certificate is for")
    sampling = parser.add_argument_group("sampling options")
    for name, kind in _sampling().items():
        flag = "--" + name.replace("_", "-")
        if kind is bool:
            sampling.add_argument(flag, action="store_true", default=None)
        else:
            sampling.add_argument(flag, type=kind, metavar="NUMBER")
    return parser


def _sampling() -> Dict[str, Callable[[str], Any]]:
    """The options that are one number or a choice of two."""
    kinds: Dict[int, Callable[[str], Any]] = {
        FieldDescriptor.CPPTYPE_FLOAT: _float,
        FieldDescriptor.CPPTYPE_INT32: _int32,
        FieldDescriptor.CPPTYPE_UINT32: _uint32,
        FieldDescriptor.CPPTYPE_BOOL: bool,
    }
    return {
        field.name: kinds[field.cpp_type]
        for field in SamplingOptions.DESCRIPTOR.fields
        if field.cpp_type in kinds
    }


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise argparse.ArgumentTypeError("must be UTF-8") from None
    return text


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no number') from None


def _seconds(text: str) -> float:
    seconds = _float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"is {text}, but must be above 0 seconds")
    return seconds


def _integer(text: str, least: int, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number') from None
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"is {text}, but must be from {least} to {most}")
    return number


def _int32(text: str) -> int:
    return _integer(text, -(2**31), 2**31 - 1)


def _uint32(text: str) -> int:
    return _integer(text, 0, 2**32 - 1)


if __name__ == "__main__":
    sys.exit(main())
