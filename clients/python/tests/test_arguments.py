"""What callers give is checked before anything is sent, and named when it cannot be: both clients."""

import asyncio
import datetime
import decimal
import fractions
import math
import pathlib
import socket
import sys
import types
from typing import Any, Callable, Iterator

import numpy
import pytest
from conftest import serve

import tokenwire
from tokenwire import (
    TLS,
    AsyncClient,
    CallError,
    ChatMessage,
    Client,
    ClientOptions,
    Code,
    LogitBias,
    RetryPolicy,
)

HI = {"role": "user", "content": "hi"}


@pytest.fixture(scope="module")
def echo() -> Iterator[str]:
    """A server whose texts have stop strings in them, and words with the letters of these."""
    with serve("--scripted-text", "My EVENT is here THE END ok ") as address:
        yield address


def blocking(address: str, input: Any, **options: Any) -> str:
    with Client(address) as client:
        return client.text(input, **options)


def with_asyncio(address: str, input: Any, **options: Any) -> str:
    async def main() -> str:
        async with AsyncClient(address) as client:
            return await client.text(input, **options)

    return asyncio.run(main())


Text = Callable[..., str]
both = pytest.mark.parametrize("text", [blocking, with_asyncio])


@pytest.fixture
def nowhere() -> Iterator[str]:
    """A server that fails the test when something is sent to it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@both
@pytest.mark.parametrize("stop", ["END", ["END"], ("END",), iter(["END"]), numpy.array(["END"])])
def test_one_stop_string_is_one(echo: str, text: Text, stop: Any) -> None:
    stop = ["END"] if not isinstance(stop, (str, list, tuple, numpy.ndarray)) else stop
    assert text(echo, "x", max_tokens=12, stop=stop) == "My EVENT is here THE "


@both
@pytest.mark.parametrize(
    "make",
    [
        lambda: [1, 2],
        lambda: (1, 2),
        lambda: iter([1, 2]),
        lambda: range(1, 3),
        lambda: numpy.array([1, 2], dtype=numpy.int64),
        lambda: [numpy.int32(1), numpy.uint8(2)],
    ],
)
def test_tokens_come_from_whatever_has_some(echo: str, text: Text, make: Any) -> None:
    assert text(echo, make(), max_tokens=1, echo=True) == "1 2My"


@both
@pytest.mark.parametrize(
    "make",
    [
        lambda: [HI],
        lambda: iter([HI]),
        lambda: (message for message in [HI]),
        lambda: [ChatMessage(role="user", content="hi")],
    ],
)
def test_messages_come_from_whatever_has_some(echo: str, text: Text, make: Any) -> None:
    assert text(echo, make(), max_tokens=1, echo=True) == "hiMy"


@both
@pytest.mark.parametrize(
    "input, error",
    [
        (b"hello", "input is b'hello'"),
        (bytearray(b"hello"), "input is bytearray"),
        (memoryview(b"hello"), "input is <memory"),
        (None, "input is None"),
        (5, "input is 5"),
        (HI, "input is {"),
        ({1, 2}, "a set has no order"),
        ([True], r"input\[0\] is True"),
        ([numpy.bool_(True)], r"input\[0\] is .*True"),
        ([1, 2.0], r"input\[1\] is 2.0"),
        (numpy.array([1.5]), r"input\[0\] is 1.5"),
        (numpy.array([[1]]), r"input\[0\] is \[1\]"),
        ([1, "a"], r"input\[1\] is 'a'"),
        ([b"a"], r"input\[0\] is b'a'"),
        (["a"], r"input\[0\] is 'a'"),
        ([HI, 1], r"input\[1\] is 1"),
        ([1, HI], r"input\[1\] is {"),
        ([("user", "hi")], r"input\[0\] is \('user'"),
        ([{"role": "user", "content": None}], r"input\[0\]\['content'\] is None"),
        ([{"role": "user", "content": b"hi"}], r"input\[0\]\['content'\] is b'hi'.*decode"),
        ([{"role": "user", "content": [{"type": "text"}]}], r"input\[0\]\['content'\] is \["),
    ],
)
def test_an_input_of_a_wrong_type_is_named(
    nowhere: str, text: Text, input: Any, error: str
) -> None:
    with pytest.raises(TypeError, match=error):
        text(nowhere, input)


@both
@pytest.mark.parametrize(
    "input, error",
    [
        ([2**31], r"input\[0\] is 2147483648"),
        ([-1], r"input\[0\] is -1"),
        ([10**5000], r"input\[0\] is longer than that"),
        ("a\ud800b", "input has half of a surrogate pair at 1"),
        ([{"role": "user", "content": "\udc00"}], r"input\[0\]\['content'\] has half"),
        ([{"role": "user", "text": "hi"}], r"input\[0\] has 'text', but a ChatMessage has role and"),
    ],
)
def test_an_input_that_cannot_be_sent_is_named(
    nowhere: str, text: Text, input: Any, error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        text(nowhere, input)


@both
@pytest.mark.parametrize(
    "name, value, kind",
    [
        ("tempratur", 1, ValueError),
        ("prompt", "other", ValueError),
        ("access_token", "secret", ValueError),
        ("timeout_nano", 1, ValueError),
        ("seed", -1, ValueError),
        ("seed", 1.5, TypeError),
        ("seed", True, TypeError),
        ("max_tokens", "5", TypeError),
        ("max_tokens", math.inf, TypeError),
        ("max_tokens", 2**31, ValueError),
        ("temperature", math.nan, ValueError),
        ("temperature", math.inf, ValueError),
        ("temperature", 1e300, ValueError),
        ("temperature", 10**400, ValueError),
        ("temperature", "hot", TypeError),
        ("temperature", True, TypeError),
        ("echo", "yes", TypeError),
        ("echo", 1, TypeError),
        ("stop", b"END", TypeError),
        ("stop", ["a", b"END"], TypeError),
        ("stop", {"a": "b"}, TypeError),
        ("stop", 5, TypeError),
        ("stop", ["\ud800"], ValueError),
        ("model", b"small", TypeError),
        ("grammar", 5, TypeError),
        ("json_schema", ["type"], TypeError),
        ("json_schema", {"minimum": math.nan}, ValueError),
        ("json_schema", {"enum": [{1}]}, TypeError),
        ("metadata", [("a", "b")], TypeError),
        ("metadata", {"a": 1}, TypeError),
        ("metadata", {1: "a"}, TypeError),
        ("logit_bias", {1: 2.0}, TypeError),
        ("logit_bias", [{"token_id": 1, "bias": math.nan}], ValueError),
        ("logit_bias", [{"token": 1}], ValueError),
        ("timeout", math.nan, ValueError),
        ("timeout", "5", TypeError),
        ("timeout", True, TypeError),
        ("timeout", [5], TypeError),
        ("timeout", 5j, TypeError),
    ],
)
def test_an_option_that_cannot_be_is_named(
    nowhere: str, text: Text, name: str, value: Any, kind: Any
) -> None:
    with pytest.raises(kind, match=f"\\b{name}\\b"):
        text(nowhere, "go", **{name: value})


@both
def test_two_options_that_exclude_each_other_are_named(nowhere: str, text: Text) -> None:
    with pytest.raises(ValueError, match="grammar and json_schema exclude each other"):
        text(nowhere, "go", grammar='root ::= "a"', json_schema="{}")


@both
@pytest.mark.parametrize(
    "options",
    [
        {"seed": numpy.uint32(7), "temperature": numpy.float32(0.5), "echo": numpy.bool_(False)},
        {"temperature": decimal.Decimal("0.5"), "top_p": fractions.Fraction(1, 2)},
        {"metadata": {"caf\u00e9": "1", "cafe\u0301": "2"}},
        {"logit_bias": iter([LogitBias(token_id=1, bias=1), {"token_id": 2, "bias": 1}])},
        {"stop": {"END"}, "model": None},
    ],
)
def test_options_come_in_the_forms_that_libraries_have(
    echo: str, text: Text, options: Any
) -> None:
    if "logit_bias" in options:  # Each client has to have an iterator of its own.
        options = {"logit_bias": iter([LogitBias(token_id=1, bias=1), {"token_id": 2, "bias": 1}])}
    assert text(echo, "go", max_tokens=2, **options) == "My EVENT"


def test_a_schema_is_a_text_or_a_dict() -> None:
    integer = types.MappingProxyType({"type": "integer", "maximum": numpy.int64(5)})
    schema = {"type": "object", "properties": {"größe": integer}}
    request = tokenwire.requests.generate_request("go", {"json_schema": schema})
    assert request.json_schema == (
        '{"type": "object", "properties": {"größe": {"type": "integer", "maximum": 5}}}'
    )


def test_names_are_sent_as_they_are() -> None:
    names = {"caf\u00e9": "1", "cafe\u0301": "2", "\u212a": "3", "K": "4", "k": "5"}
    request = tokenwire.requests.generate_request("go", {"metadata": names, "model": "\u212b"})
    assert dict(request.metadata) == names and request.model == "\u212b"


@both
@pytest.mark.parametrize(
    "timeout",
    [
        math.inf,
        1e10,
        10**400,
        sys.maxsize,
        datetime.timedelta(seconds=30),
        datetime.timedelta.max,
        decimal.Decimal(30),
        numpy.float32(30),
        numpy.int64(30),
    ],
)
def test_a_timeout_is_any_time(echo: str, text: Text, timeout: Any) -> None:
    assert text(echo, "go", max_tokens=1, timeout=timeout) == "My"


@both
@pytest.mark.parametrize("timeout", [0, -1, -math.inf, datetime.timedelta(seconds=-1), -(10**400)])
def test_a_timeout_that_is_over_is_over_at_once(nowhere: str, text: Text, timeout: Any) -> None:
    with pytest.raises(CallError) as error:
        text(nowhere, "go", timeout=timeout)
    assert error.value.code == Code.DEADLINE_EXCEEDED
    assert error.value.message == "The call's time was over before it began"


@both
@pytest.mark.parametrize("name", ["connect_timeout", "keepalive_interval", "keepalive"])
@pytest.mark.parametrize("time", [math.inf, 1e10, datetime.timedelta(hours=20)])
def test_times_of_a_client_may_be_long(echo: str, text: Text, name: str, time: Any) -> None:
    options: Any = {name: time}
    with Client(echo, options=ClientOptions(**options)) as client:
        assert client.text("go", max_tokens=1) == "My"

    async def main() -> str:
        async with AsyncClient(echo, options=ClientOptions(**options)) as client:
            return await client.text("go", max_tokens=1)

    assert asyncio.run(main()) == "My"


@pytest.mark.parametrize(
    "kind, name, value, error",
    [
        (ClientOptions, "connect_timeout", 0, ValueError),
        (ClientOptions, "keepalive_interval", -1, ValueError),
        (ClientOptions, "keepalive", math.nan, ValueError),
        (ClientOptions, "keepalive", "10", TypeError),
        (ClientOptions, "window", 0, ValueError),
        (ClientOptions, "window", 2**32, ValueError),
        (ClientOptions, "window", 1.5, TypeError),
        (ClientOptions, "retry", 5, TypeError),
        (RetryPolicy, "maximum_attempts", 0, ValueError),
        (RetryPolicy, "maximum_attempts", True, TypeError),
        (RetryPolicy, "initial_backoff", -1, ValueError),
        (RetryPolicy, "maximum_backoff", math.inf, ValueError),
        (RetryPolicy, "multiplier", 0.5, ValueError),
        (RetryPolicy, "jitter", 2, ValueError),
    ],
)
def test_an_option_of_a_client_that_cannot_be_is_named(
    kind: Any, name: str, value: Any, error: Any
) -> None:
    with pytest.raises(error, match=f"{name} is"):
        kind(**{name: value})


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_what_a_client_is_made_of_is_named(kind: Any) -> None:
    for arguments, error in [
        ({"server": b"127.0.0.1:1"}, "server is b'127"),
        ({"server": None}, "server is None"),
        ({"tls": True}, "tls is True"),
        ({"options": {"window": 5}}, "options is {"),
        ({"token": b"secret"}, "token is a bytes"),
        ({"tls": TLS(ca=5)}, "ca is 5"),  # type: ignore[arg-type]
        ({"tls": TLS(server_name=pathlib.Path("x"))}, "server_name is"),  # type: ignore[arg-type]
    ]:
        with pytest.raises(TypeError, match=error):
            kind(**arguments)
    with pytest.raises(ValueError, match="is no name of a server"):
        kind("localhost:1", tls=TLS(server_name=".x"))


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_token_is_what_is_between_the_blanks(kind: Any) -> None:
    for given in ("abc", "abc\n", "abc\r\n", " abc ", "\ufeffabc\n", "\ufeff \tabc\u00a0\r"):
        assert kind(token=given)._metadata == {"authorization": "Bearer abc"}
    assert kind(token=None)._metadata == {}
    for given, error in [
        ("", "empty"),
        (" \n", "empty"),
        ("a b", "blanks, control"),
        ("a\nb", "blanks, control"),
        ("a\0", "blanks, control"),
        ("a\x1b[2J", "blanks, control"),
        ("a\u200b", "blanks, control"),
        ("Bearer abc", 'begins with "Bearer "'),
    ]:
        with pytest.raises(ValueError, match=error) as failure:
            kind(token=given)
        assert "abc" not in str(failure.value)  # It may be secret.


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.abort(5),
        lambda client: client.abort(b"gen-1"),
        lambda client: client.log_request(b"a", "b"),
        lambda client: client.log_request("a", None),
        lambda client: client.log_request("a", "b", model=5),
        lambda client: client.log_request("a", "b", metadata="x"),
        lambda client: client.query_logs(limit="5"),
        lambda client: client.query_logs(since_unix_micros=1.5),
        lambda client: client.query_logs(follow="yes"),
        lambda client: client.erase_logs(None),
        lambda client: client.health(5),
        lambda client: client.watch_health(5),
        lambda client: client.count_tokens(b"a"),
        lambda client: client.count_tokens("a", model=5),
        lambda client: client.count_tokens("a", return_tokens=1),
        lambda client: client.detokenize(5),
        lambda client: client.detokenize(["a"]),
        lambda client: client.detokenize([1], model=5),
        lambda client: client.list_models(timeout="5"),
        lambda client: client.connect(timeout="5"),
    ],
)
def test_other_calls_check_as_well(nowhere: str, call: Any) -> None:
    with Client(nowhere) as client:
        with pytest.raises(TypeError):
            call(client)

    async def main() -> None:
        async with AsyncClient(nowhere) as client:
            with pytest.raises(TypeError):
                await call(client)

    asyncio.run(main())


@pytest.mark.parametrize("order", ["newest", 99, -1])
def test_an_order_that_there_is_not_is_named(order: Any) -> None:
    with pytest.raises(ValueError, match="order is"):
        Client().query_logs(order=order)


def test_orders_are_names_or_numbers() -> None:
    query = tokenwire.requests.query_request
    assert query({"order": "LOG_ORDER_OLDEST_FIRST"}).order == 2
    assert query({"order": 1}).order == 1


def test_the_version_is_that_of_the_package_and_of_the_c_client() -> None:
    from importlib.metadata import version

    assert tokenwire.__version__ == version("tokenwire")
    header = pathlib.Path(__file__).parents[2] / "c" / "tokenwire.h"
    assert f'#define TOKENWIRE_VERSION "{tokenwire.__version__}"' in header.read_text()
