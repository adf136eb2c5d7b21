"""``python -m tokenwire "prompt"``: generates a text and prints it as it arrives."""

from __future__ import annotations

import argparse
import codecs
import math
import os
import re
import signal
import sys
import time
from typing import Any, Callable, Dict, List, NoReturn, Optional

from google.protobuf.descriptor import FieldDescriptor

from . import __version__
from .client import Client, Generation
from .errors import CallError, Code
from .generation import reason_name
from .options import TLS
from .requests import generate_request
from .terminal import show
from .v1.tokenwire_pb2 import SamplingOptions

_USAGE = 64  # sysexits.h
_TIME = re.compile(r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*(?:[eE][+-]?[0-9]+)?|inf))(?P<unit>ms|s|m|h|)")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs the command.

    Its exit code is 0, 1 for a failure, 64 for wrong arguments, 130 for Ctrl-C, 141 when nobody
    reads the output.
    """
    parser = _parser()
    flags = parser.parse_args(arguments)
    if sys.stdout is None:
        return _fail("Cannot write to standard output: it is closed")
    try:
        return _run(flags, parser)
    except CallError as error:
        if error.code == Code.DEADLINE_EXCEEDED and flags.timeout is not None:
            return _fail(f"{error.code.name}: The text did not end within --timeout: {error.message}")
        return _fail(str(error))
    except KeyboardInterrupt:
        _say("\n")
        return 128 + signal.SIGINT
    except BrokenPipeError:
        _let_nobody_read()
        return 128 + 13  # SIGPIPE
    except OSError as error:
        _let_nobody_read()
        return _fail(f"Cannot write to standard output: {error.strerror}")


def _run(flags: argparse.Namespace, parser: _Parser) -> int:
    try:
        prompt = _prompt(flags.prompt)
    except _Unreadable as error:
        return _fail(f"The prompt on standard input {error}")
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
        generate_request(input, options)  # So that what is wrong is told before anything is sent.
    except ValueError as error:
        parser.error(str(error))
    begin = time.monotonic()
    with client:
        client.connect(timeout=flags.timeout)
        timeout = None if flags.timeout is None else flags.timeout - (time.monotonic() - begin)
        with client.generate(input, timeout=timeout, **options) as generation:
            _print(generation)
    return 0


class _Unreadable(Exception):
    """Standard input has no prompt; the message says why."""


def _prompt(argument: Optional[str]) -> str:
    """The prompt, from the arguments or from standard input, without a byte-order mark and the last line
    end; CRLF becomes LF."""
    if argument not in (None, "-"):
        return str(argument)
    if sys.stdin is None:
        raise _Unreadable("is closed: give it as an argument")
    if sys.stdin.isatty():
        _say("[Type the prompt; Ctrl-D on a line of its own ends it]\n")
    try:
        data = sys.stdin.buffer.read()
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror}") from None
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise _Unreadable("is UTF-16: save it as UTF-8")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _Unreadable(f"is not UTF-8, at byte {error.start}") from None
    return text[:-1] if text.endswith("\n") else text


def _print(generation: Generation) -> None:
    begin = time.monotonic()
    first: Optional[float] = None
    is_thinking = False
    try:
        for delta in generation:
            if first is None and generation.completion_tokens:
                first = time.monotonic()
            _say(delta.reasoning_text)
            is_thinking = is_thinking or bool(delta.reasoning_text)
            if is_thinking and delta.text:
                _say("\n")
                is_thinking = False
            show(delta.text)
    except CallError:
        if first is not None:
            show("\n")  # The error message has a line of its own.
        raise
    show("\n")
    finished = generation.finished
    if finished is None:
        return
    end = time.monotonic()
    first = end if first is None else first
    later = max(0, generation.completion_tokens - 1)
    rate = later / (end - first) if later and end > first else 0.0
    _say(
        f"[{generation.completion_tokens} tokens, first after {(first - begin) * 1000:.0f} ms, "
        f"{rate:.1f} tokens/s, ended by {reason_name(finished)}]\n"
    )


def _say(text: str) -> None:
    """Writes to standard error, if it is open."""
    if sys.stderr is not None:
        show(text, sys.stderr)


def _fail(why: str) -> int:
    _say(f"Error: {why}\n")
    return 1


def _let_nobody_read() -> None:
    # The interpreter flushes once more when it exits.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tls(flags: argparse.Namespace) -> Optional[TLS]:
    tls = TLS(flags.tls_ca, flags.tls_certificate, flags.tls_key, flags.tls_server_name)
    return tls if flags.tls or tls != TLS() else None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        if message.endswith("expected one argument"):
            message += " (one that begins with a dash is written as --stop=-value)"
        if message.startswith("unrecognized arguments"):
            message += " (a prompt that begins with a dash stands behind --)"
        _say(f"Error: {message}; {self.prog} --help tells more\n")
        self.exit(_USAGE)


def _parser() -> _Parser:
    parser = _Parser(
        prog="python -m tokenwire",
        description="Send a prompt to a server and print the text as it is generated.",
    )
    add = parser.add_argument
    add("prompt", nargs="?", type=_text, help='the prompt; read from standard input when absent or "-"')
    add("--version", action="version", version=f"tokenwire {__version__}")
    add(
        "--server",
        default=os.environ.get("TOKENWIRE_SERVER") or "127.0.0.1:7437",
        help="host:port or unix:/path (default: $TOKENWIRE_SERVER, or 127.0.0.1:7437)",
    )
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
    add("--timeout", type=_seconds, help="give up after this time, connecting included: 5, 5s, 1m")
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
    """The options that are a number or a boolean."""
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
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no number') from None
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f'"{text}" is no number that can be used')
    return number


def _seconds(text: str) -> Optional[float]:
    """A time; None means no limit."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f'"{text}" is no time: give seconds, or 500ms, 5s, 1m, 2h')
    seconds = float(match["number"]) * _UNITS[match["unit"] or "s"]
    if not seconds > 0:
        raise argparse.ArgumentTypeError(f"is {text}, but must be above 0 seconds")
    return None if math.isinf(seconds) else seconds


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
