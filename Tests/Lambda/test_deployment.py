"""What deploy/lambda offers: the templates, and the zip that is uploaded."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from gateway import BINARY, rest_api
from processes import TOKENWIRE, Emulator
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

LAMBDA = Path(__file__).parent.parent.parent / "deploy/lambda"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer:model:1"
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


def transformed():
    """The template as CloudFormation gets it from SAM."""
    template = yaml_parse((LAMBDA / "template.yaml").read_text())
    # What is there when `sam deploy` has uploaded it.
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/function.zip"
    parameters = {"ModelLayer": LAYER, "KeyFile": "", "FunctionMemory": 3538}
    session = SimpleNamespace(region_name="us-east-1")
    return Translator({}, Parser(), boto_session=session).translate(template, parameters)


def test_the_api_streams_what_the_function_streams():
    """REST APIs stream only with the other path of Lambda's API, and what is not streamed they cannot read."""
    paths = transformed()["Resources"]["ServerlessRestApi"]["Properties"]["Body"]["paths"]
    streaming = {}
    for path, methods in paths.items():
        integration = methods["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
        streams = integration.get("responseTransferMode") == "STREAM"
        assert ("/response-streaming-invocations" in json.dumps(integration["uri"])) == streams
        streaming[path] = streams
    assert streaming == {"/": False, "/{proxy+}": False, "/stream/{proxy+}": True}


def test_the_template_starts_with_its_defaults(tmp_path):
    """A variable that is empty is one with a wrong value."""
    resources = transformed()["Resources"]
    for name in ["App", "ApiStream", "Stream"]:
        variables = resources[name]["Properties"]["Environment"]["Variables"]
        settings = {key: value for key, value in variables.items() if not isinstance(value, dict)}
        # The condition is CloudFormation's to decide.
        key_file = {"Fn::If": ["HasKeys", {"Ref": "KeyFile"}, {"Ref": "AWS::NoValue"}]}
        assert [value for value in variables.values() if isinstance(value, dict)] == [key_file]
        # A layer is not here, and the emulator does not stream.
        settings |= {"TOKENWIRE_MODEL": os.environ["MODEL"], "TOKENWIRE_RESPONSE_MODE": "buffered"}
        folder = tmp_path / name
        folder.mkdir()
        with Emulator(folder, settings) as emulator:
            path = settings.get("TOKENWIRE_BASE_PATH", "") + "/generate"
            event = rest_api("POST", path, json={"prompt": "The sky is", "max_length": 10})
            assert emulator.invoke(event)["statusCode"] == 200


def test_a_package_is_for_other_users(tmp_path):
    """Whatever this user keeps from others, and wherever the libraries are."""
    libraries = tmp_path / "a b"
    libraries.symlink_to(os.environ["LLAMA_LIBRARIES"])
    model = tmp_path / "model.gguf"
    model.write_bytes(b"model")
    model.chmod(0o600)
    folder = tmp_path / "package"
    command = f'umask 077; exec "$0" "{TOKENWIRE}" "{libraries}" "{folder}"'
    environment = os.environ | {"MODEL": str(model)}
    subprocess.run(["bash", "-c", command, LAMBDA / "package"], check=True, env=environment)
    for path in [folder / "function", *folder.rglob("*")]:
        wanted = 0o755 if path.is_dir() or path.name in ["bootstrap", "tokenwire", "loader"] else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path


def test_settings_of_the_template():
    class Loader(yaml.SafeLoader):
        pass

    Loader.add_multi_constructor("!", lambda loader, suffix, node: suffix)
    template = yaml.load((LAMBDA / "template.yaml").read_text(), Loader)
    functions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == 3
    types = [one.replace("~1", "/") for one in template["Globals"]["Api"]["BinaryMediaTypes"]]
    assert types == BINARY
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
