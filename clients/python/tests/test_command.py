"""``python -m tokenwire``."""

import re
import signal
import subprocess
import sys

import pytest
from conftest import ENDLESS, run_command, serve, silent_address

import tokenwire


def test_it_prints_the_text_and_a_line_about_it_beside(server: str) -> None:
    outcome = run_command("--server", server, "--max-tokens", "4", "go")
    assert (outcome.returncode, outcome.stdout) == (0, "The quick brown fox\n")
    assert re.fullmatch(
        r"\[4 tokens, first after \d+ ms, [\d.]+ tokens/s, ended by length\]\n", outcome.stderr
    )


def test_what_the_model_thinks_is_beside_the_text() -> None:
    with serve("--scripted-text", "<think>Let me see.</think>Yes.") as address:
        outcome = run_command("--server", address, "--max-tokens", "20", "go")
    assert outcome.stdout == "Yes.\n"
    assert outcome.stderr.startswith("Let me see.\n[")


def test_a_prompt_comes_from_standard_input_too(server: str) -> None:
    flags = ("--server", server, "--max-tokens", "1", "--echo", "--raw", "--temperature", "0")
    outcome = run_command(*flags, input="from a pipe: 'quoted' $HOME\n")
    assert outcome.stdout == "from a pipe: 'quoted' $HOMEThe\n"


def test_an_empty_prompt_is_refused(server: str) -> None:
    outcome = run_command("--server", server, "")
    assert (outcome.returncode, outcome.stdout) == (1, "")
    assert outcome.stderr == "Error: INVALID_ARGUMENT: Prompt is required\n"


def test_a_token_comes_from_the_environment_too(server: str) -> None:
    outcome = run_command("--server", server, "go", TOKENWIRE_TOKEN="wrong")
    assert outcome.returncode == 1
    assert outcome.stderr == "Error: UNAUTHENTICATED: Token is invalid!\n"


def test_a_server_that_is_not_there_is_named() -> None:
    outcome = run_command("--server", "127.0.0.1:1", "go")  # A port that no server is given.
    assert outcome.returncode == 1
    assert (
        outcome.stderr
        == "Error: UNAVAILABLE: Cannot connect to 127.0.0.1:1: nothing listens there\n"
    )


def test_wrong_arguments_are_told(server: str) -> None:
    for arguments in (["--server", "nowhere"], ["--timeout", "-1"], ["--tls-key", "x"], ["--no"]):
        outcome = run_command(*arguments, "go")
        assert outcome.returncode == 64
        assert "Error: " in outcome.stderr


def test_values_that_cannot_be_sent_are_told_in_one_line(server: str) -> None:
    for arguments, wrong in [
        (["--seed", "-1"], "--seed: is -1, but must be from 0 to 4294967295"),
        (["--max-tokens", "99999999999"], "is 99999999999, but must be from -2147483648"),
        (["--top-p", "much"], '--top-p: "much" is no number'),
        (["--timeout", "soon"], '--timeout: "soon" is no time'),
        (["--temperature", "inf"], '--temperature: "inf" is no number that can be used'),
        (["--stop", "-x"], "(one that begins with a dash is written as --stop=-value)"),
        (["--", "a", "-x"], "(a prompt that begins with a dash stands behind --)"),
        (["--system", "\udcff"], "--system: must be UTF-8"),
    ]:
        outcome = run_command("--server", server, *arguments, "go")
        assert outcome.returncode == 64
        assert wrong in outcome.stderr and outcome.stderr.count("\n") == 1


def test_a_server_that_is_killed_ends_the_text_with_an_error() -> None:
    with serve("--scripted-pace", "1ms") as address:
        command = _endless(address)
        assert command.stdout is not None
        command.stdout.read(5)
    text, errors = command.communicate()
    assert command.returncode == 1
    assert text.endswith(b"\n")
    assert errors.startswith(b"Error: UNAVAILABLE: ") and errors.count(b"\n") == 1


def test_an_output_that_is_closed_is_told(server: str) -> None:
    command = f'exec "{sys.executable}" -m tokenwire --server {server} go >&-'
    outcome = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True)
    assert outcome.returncode == 1
    assert outcome.stderr == "Error: Cannot write to standard output: it is closed\n"


@pytest.mark.parametrize("timeout", ["0.2", "0.2s", "200ms"])
def test_a_timeout_ends_the_text_with_an_error(server: str, timeout: str) -> None:
    outcome = run_command(
        "--server", server, "--max-tokens", str(ENDLESS), "--timeout", timeout, "go"
    )
    assert outcome.returncode == 1
    assert outcome.stderr.startswith(
        "Error: DEADLINE_EXCEEDED: The text did not end within --timeout: "
    )


@pytest.mark.parametrize("timeout", ["inf", "1e10", "5m"])
def test_a_timeout_may_be_long(server: str, timeout: str) -> None:
    outcome = run_command("--server", server, "--max-tokens", "1", "--timeout", timeout, "go")
    assert (outcome.returncode, outcome.stdout) == (0, "The\n")


def test_a_timeout_bounds_connecting_too() -> None:
    with silent_address() as address:
        outcome = run_command("--server", address, "--timeout", "0.2", "go")
    assert outcome.returncode == 1
    assert "DEADLINE_EXCEEDED" in outcome.stderr


@pytest.mark.parametrize(
    "input, prompt",
    [
        (b"hi\n", "hi"),
        (b"hi\r\n", "hi"),
        (b"\xef\xbb\xbfhi\n", "hi"),
        (b"\xef\xbb\xbfa\r\nb\r\n", "a\nb"),
        (b"a\rb\n\n", "a\rb\n"),
        (b"\xef\xbb\xbf\xef\xbb\xbfhi", "\ufeffhi"),
    ],
)
def test_line_ends_and_marks_of_a_file_are_not_the_prompts(
    server: str, input: bytes, prompt: str
) -> None:
    flags = ["--server", server, "--max-tokens", "1", "--echo", "--raw"]
    outcome = subprocess.run(
        [sys.executable, "-m", "tokenwire", *flags], input=input, capture_output=True
    )
    assert outcome.stdout.decode() == f"{prompt}The\n"


@pytest.mark.parametrize(
    "input, error",
    [
        (b"a\xff", "is not UTF-8, at byte 1"),
        ("hi".encode("utf-16"), "is UTF-16: save it as UTF-8"),
    ],
)
def test_an_input_that_is_no_text_is_told(server: str, input: bytes, error: str) -> None:
    command = [sys.executable, "-m", "tokenwire", "--server", server]
    outcome = subprocess.run(command, input=input, capture_output=True)
    assert outcome.returncode == 1
    assert outcome.stderr.decode() == f"Error: The prompt on standard input {error}\n"


def test_an_input_that_cannot_be_read_is_told(server: str) -> None:
    command = f'exec "{sys.executable}" -m tokenwire --server {server}'
    for redirection, error in [
        ("<&-", "is closed: give it as an argument"),
        ("0> /dev/null", "cannot be read: Bad file descriptor"),
    ]:
        outcome = subprocess.run(
            ["sh", "-c", f"{command} {redirection}"], capture_output=True, text=True
        )
        assert outcome.returncode == 1
        assert outcome.stderr == f"Error: The prompt on standard input {error}\n"


def test_the_server_and_the_version_are_told(server: str) -> None:
    outcome = run_command("--max-tokens", "1", "go", TOKENWIRE_SERVER=server)
    assert outcome.stdout == "The\n"
    outcome = run_command("--version")
    assert (outcome.returncode, outcome.stdout) == (0, f"tokenwire {tokenwire.__version__}\n")


def test_a_token_with_a_line_end_is_the_token(server: str) -> None:
    outcome = run_command("--server", server, "go", TOKENWIRE_TOKEN="wrong\r\n")
    assert outcome.stderr == "Error: UNAUTHENTICATED: Token is invalid!\n"
    outcome = run_command("--server", server, "go", TOKENWIRE_TOKEN="two words")
    assert outcome.returncode == 64 and "token has blanks" in outcome.stderr


def test_ctrl_c_exits_with_130(server: str) -> None:
    with _endless(server) as command:
        assert command.stdout is not None
        command.stdout.read(5)
        command.send_signal(signal.SIGINT)
        command.communicate()
    assert command.returncode == 130


def test_a_reader_that_has_gone_away_ends_the_text_without_a_word(server: str) -> None:
    with _endless(server) as command:
        assert command.stdout is not None and command.stderr is not None
        command.stdout.read(5)
        command.stdout.close()
        errors = command.stderr.read()
    assert (command.returncode, errors) == (141, b"")


def _endless(server: str) -> "subprocess.Popen[bytes]":
    arguments = ["--server", server, "--max-tokens", str(ENDLESS), "go"]
    return subprocess.Popen(
        [sys.executable, "-m", "tokenwire", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
