"""What deploy/lambda offers: the templates, and the zip that is uploaded."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from gateway import rest_api
from processes import TOKENWIRE, Emulator

LAMBDA = Path(__file__).parent.parent.parent / "deploy/lambda"
SETTINGS = {line.split("`")[3] for line in (LAMBDA.parent.parent / "docs/settings.md").read_text().splitlines()
            if line.startswith("| `--")}  # fmt: skip


def test_template():
    """By cfn-lint, which transforms it as SAM does."""
    command = [Path(sys.executable).parent / "cfn-lint", LAMBDA / "template.yaml"]
    subprocess.run(command, check=True)


def test_sam_validates_the_template():
    subprocess.run(
        [Path(sys.executable).parent / "sam", "validate", "--lint", "--template", LAMBDA / "template.yaml"],
        check=True,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0"},
    )


def test_serverless():
    """The Serverless CLI is not to be had here: what it reads is checked by hand."""
    service = yaml.safe_load((LAMBDA / "serverless.yml").read_text())
    assert set(service) == {"service", "frameworkVersion", "provider", "package", "layers", "functions"}
    provider = service["provider"]
    assert provider["name"] == "aws" and provider["runtime"] == "provided.al2023"
    assert service["package"]["artifact"] == "../../.build/lambda-package/function.zip"
    layers = {f"{name.capitalize()}LambdaLayer" for name in service["layers"]}
    for function in service["functions"].values():
        assert function["handler"] == "bootstrap"
        assert {layer["Ref"] for layer in function["layers"]} <= layers
        assert set(provider["environment"] | function.get("environment", {})) <= SETTINGS
        for event in function["events"]:
            streams = event["http"].get("response", {}).get("transferMode") == "stream"
            mode = function.get("environment", {}).get("TOKENWIRE_RESPONSE_MODE", "buffered")
            assert mode == ("streaming" if streams else "buffered")
            # API Gateway's own limit of a whole answer.
            assert streams or function.get("timeout", provider["timeout"]) <= 29
    app = [(event["http"]["method"], event["http"]["path"]) for event in service["functions"]["app"]["events"]]
    assert app == [("ANY", "/"), ("ANY", "/{proxy+}")]


def test_settings_of_the_template():
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: suffix)
    template = yaml.load((LAMBDA / "template.yaml").read_text(), Loader)
    functions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == 2
    for function in functions:
        assert set(function["Properties"]["Environment"]["Variables"]) <= SETTINGS


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "package"
    subprocess.run([LAMBDA / "package", TOKENWIRE, os.environ["LLAMA_LIBRARIES"], folder], check=True)
    return folder


def test_the_package_answers(package, tmp_path):
    """With its own loader and libraries alone."""
    function = package / "function"
    command = f"LAMBDA_TASK_ROOT={function} exec {function}/bootstrap"
    with Emulator(tmp_path, {"TOKENWIRE_MODEL": os.environ["MODEL"]}, command) as emulator:
        event = rest_api("POST", "/generate", json={"prompt": "The sky is", "max_length": 10})
        assert emulator.invoke(event)["statusCode"] == 200
        maps = [
            line.split()[-1]
            for process in Path("/proc").glob("[0-9]*/maps")
            if (process.parent / "cmdline").read_bytes().startswith(f"{function}/lib/loader".encode())
            for line in process.read_text().splitlines()
            if " /" in line and ".so" in line and "x" in line.split()[1]
        ]
    assert maps and not [path for path in maps if not path.startswith(str(package))]
