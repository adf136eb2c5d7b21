"""What deploy/lambda offers: the templates, and the zip that is uploaded."""

import gzip
import json
import os
import re
import shutil
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
# Of a zip with a layer, and of an image.
ZIP, IMAGE = FOLDERS = [LAMBDA, LAMBDA / "image"]
MODELS = {ZIP: "/opt/model.gguf", IMAGE: "/opt/model/model.gguf"}
IMAGE_URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/tokenwire:1"
SETTINGS = {line.split("`")[3] for line in (LAMBDA.parent.parent / "docs/settings.md").read_text().splitlines()
            if line.startswith("| `--")}  # fmt: skip


both = pytest.mark.parametrize("folder", FOLDERS, ids=["zip", "image"])
# Of a build here, or of a package.
CHECKOUTS = next(
    path for path in [LAMBDA / "../../.build/checkouts", LAMBDA / "../../.build/package/checkouts"] if path.exists()
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@both
def test_template(folder):
    """By cfn-lint, which transforms it as SAM does."""
    command = [Path(sys.executable).parent / "cfn-lint", folder / "template.yaml"]
    subprocess.run(command, check=True)


@both
def test_sam_validates_the_template(folder):
    subprocess.run(
        [Path(sys.executable).parent / "sam", "validate", "--lint", "--template", folder / "template.yaml"],
        check=True,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0"},
    )


@both
def test_serverless(folder):
    """The Serverless CLI is not to be had here: what it reads is checked by hand."""
    service = yaml.safe_load((folder / "serverless.yml").read_text())
    provider = service["provider"]
    assert provider["name"] == "aws"
    common = {"service", "frameworkVersion", "provider", "functions"}
    if folder == ZIP:
        assert set(service) == common | {"package", "layers"}
        assert provider["runtime"] == "provided.al2023"
        assert service["package"]["artifact"] == "../../.build/lambda-package/function.zip"
        assert service["layers"]["model"]["path"] == "../../.build/lambda-package/models"
    else:
        assert set(service) == common and "runtime" not in provider
    for function in service["functions"].values():
        if folder == ZIP:
            assert function["handler"] == "bootstrap"
            assert function["layers"] == [{"Ref": "ModelLambdaLayer"}]
        else:
            assert function["image"] == "${param:image}" and not {"handler", "layers"} & set(function)
        assert set(provider["environment"] | function.get("environment", {})) <= SETTINGS
        for event in function["events"]:
            streams = event["http"].get("response", {}).get("transferMode") == "stream"
            mode = function.get("environment", {}).get("TOKENWIRE_RESPONSE_MODE", "buffered")
            assert mode == ("streaming" if streams else "buffered")
            # API Gateway's own limit of a whole answer.
            assert streams or function.get("timeout", provider["timeout"]) <= 29
    app = [(event["http"]["method"], event["http"]["path"]) for event in service["functions"]["app"]["events"]]
    assert app == [("ANY", "/"), ("ANY", "/{proxy+}")]
    # Others end streams that are silent for 30 seconds.
    assert provider["endpointType"] == "REGIONAL"
    assert provider["apiGateway"]["binaryMediaTypes"] == BINARY == ["*/*"]
    assert provider["logRetentionInDays"] == 14
    assert provider["environment"]["TOKENWIRE_ANONYMOUS"] == "${param:anonymous, 'true'}"


def test_what_both_of_serverless_have():
    """But for what is a zip's or an image's."""
    both = []
    for folder in FOLDERS:
        service = yaml.safe_load((folder / "serverless.yml").read_text())
        for name in ["package", "layers"]:
            service.pop(name, None)
        service["provider"].pop("runtime", None)
        assert service["provider"]["environment"].pop("TOKENWIRE_MODEL") == MODELS[folder]
        for function in service["functions"].values():
            for name in ["handler", "layers", "image"]:
                function.pop(name, None)
        both.append(service)
    assert both[0] == both[1]


def transformed(folder, **parameters):
    """The template as CloudFormation gets it from SAM."""
    template = yaml_parse((folder / "template.yaml").read_text())
    given = {name: one["Default"] for name, one in template["Parameters"].items() if "Default" in one}
    if folder == ZIP:
        # What is there when `sam deploy` has uploaded it.
        template["Globals"]["Function"]["CodeUri"] = "s3://bucket/function.zip"
        template["Resources"]["Model"]["Properties"]["ContentUri"] = "s3://bucket/layer.zip"
    else:
        given["ImageUri"] = IMAGE_URI
    session = SimpleNamespace(region_name="us-east-1")
    return Translator({}, Parser(), boto_session=session).translate(template, given | parameters)


def properties(resources, kind):
    return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}


def test_a_zip_gets_its_model_from_a_layer():
    resources = transformed(ZIP)["Resources"]
    (layer,) = properties(resources, "AWS::Lambda::LayerVersion")
    for function in properties(resources, "AWS::Lambda::Function").values():
        assert function["Layers"] == [{"Ref": layer}]
        assert function["Environment"]["Variables"]["TOKENWIRE_MODEL"] == MODELS[ZIP]
    template = yaml_parse((ZIP / "template.yaml").read_text())
    assert template["Resources"]["Model"]["Properties"]["ContentUri"] == "../../.build/lambda-package/models"


def test_an_image_has_its_model():
    resources = transformed(IMAGE)["Resources"]
    assert not properties(resources, "AWS::Lambda::LayerVersion")
    for function in properties(resources, "AWS::Lambda::Function").values():
        assert function["PackageType"] == "Image" and function["Code"] == {"ImageUri": {"Ref": "ImageUri"}}
        assert function["Environment"]["Variables"]["TOKENWIRE_MODEL"] == MODELS[IMAGE]
    # Where the Dockerfile puts what the package has in models.
    folder = MODELS[IMAGE].removesuffix("model.gguf")
    assert f"COPY models/ {folder}\n" in (LAMBDA / "Dockerfile").read_text()


def test_what_both_templates_have():
    """But for what is a zip's or an image's."""
    both = []
    for folder in FOLDERS:
        resources = transformed(folder)["Resources"]
        for function in properties(resources, "AWS::Lambda::Function").values():
            for name in ["Code", "PackageType", "Handler", "Runtime", "Layers"]:
                function.pop(name, None)
            function["Environment"]["Variables"].pop("TOKENWIRE_MODEL")
        both.append({name: one for name, one in resources.items() if one["Type"] != "AWS::Lambda::LayerVersion"})
    assert both[0] == both[1]


@both
def test_the_architecture_is_a_parameter(folder):
    functions = properties(transformed(folder)["Resources"], "AWS::Lambda::Function")
    assert all(one["Architectures"] == [{"Ref": "Architecture"}] for one in functions.values())


@both
def test_who_may_call_the_url(folder):
    """Without signatures it is open for everybody, and only then. It takes two permissions."""
    template = transformed(folder)
    (url,) = properties(template["Resources"], "AWS::Lambda::Url").values()
    assert url["AuthType"] == {"Ref": "UrlAuthType"}
    assert template["Conditions"]["IsPublic"] == {"Fn::Equals": [{"Ref": "UrlAuthType"}, "NONE"]}
    permissions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Lambda::Permission"]
    public = {one["Properties"]["Action"]: one for one in permissions if one["Properties"]["Principal"] == "*"}
    assert set(public) == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert all(one["Condition"] == "IsPublic" for one in public.values())
    assert public["lambda:InvokeFunction"]["Properties"]["InvokedViaFunctionUrl"] is True


@both
def test_who_may_call_the_api(folder):
    """Everybody, as in the article, or those with access tokens; and not as often as they like."""
    resources = transformed(folder)["Resources"]
    for function in properties(resources, "AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["TOKENWIRE_ANONYMOUS"] == {"Ref": "Anonymous"}
    (stage,) = properties(resources, "AWS::ApiGateway::Stage").values()
    (settings,) = stage["MethodSettings"]
    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "RateLimit"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "BurstLimit"}


@both
def test_the_api_is_of_its_region(folder):
    """Others end streams that are silent for 30 seconds."""
    (api,) = properties(transformed(folder)["Resources"], "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert api["BinaryMediaTypes"] == [one.replace("/", "~1") for one in BINARY]


@both
def test_the_api_streams_what_the_function_streams(folder):
    """REST APIs stream only with the other path of Lambda's API, and what is not streamed they cannot read."""
    paths = transformed(folder)["Resources"]["ServerlessRestApi"]["Properties"]["Body"]["paths"]
    streaming = {}
    for path, methods in paths.items():
        integration = methods["x-amazon-apigateway-any-method"]["x-amazon-apigateway-integration"]
        streams = integration.get("responseTransferMode") == "STREAM"
        assert ("/response-streaming-invocations" in json.dumps(integration["uri"])) == streams
        streaming[path] = streams
    assert streaming == {"/": False, "/{proxy+}": False, "/stream/{proxy+}": True}


def test_the_template_starts_with_its_defaults(tmp_path):
    """A variable that is empty is one with a wrong value."""
    resources = transformed(ZIP)["Resources"]
    for name in ["App", "ApiStream", "Stream"]:
        variables = resources[name]["Properties"]["Environment"]["Variables"]
        settings = {key: value for key, value in variables.items() if not isinstance(value, dict)}
        # The condition is CloudFormation's to decide.
        key_file = {"Fn::If": ["HasKeys", {"Ref": "KeyFile"}, {"Ref": "AWS::NoValue"}]}
        anonymous = {"Ref": "Anonymous"}
        assert [value for value in variables.values() if isinstance(value, dict)] == [key_file, anonymous]
        template = yaml_parse((ZIP / "template.yaml").read_text())
        settings["TOKENWIRE_ANONYMOUS"] = template["Parameters"]["Anonymous"]["Default"]
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
    command = f'umask 077; exec "$0" "{TOKENWIRE}" "{libraries}" "{CHECKOUTS}" "{folder}"'
    environment = os.environ | {"MODEL": str(model)}
    subprocess.run(["bash", "-c", command, LAMBDA / "package"], check=True, env=environment)
    for path in [folder / "function", *folder.rglob("*")]:
        wanted = 0o755 if path.is_dir() or path.name in ["bootstrap", "tokenwire", "loader"] else 0o644
        assert path.stat().st_mode & 0o777 == wanted, path


def test_what_is_inside_has_its_licence(package):
    licences = package / "function/licences"
    notices = gzip.decompress((licences / "third-party.gz").read_bytes()).decode()
    for words in ["boringssl", "Fedor Indutny", "UNICODE LICENSE V3", "Mozilla Foundation", "The ggml authors"]:
        assert words in notices, words
    # What is ours, of llama.cpp's, or Swift's is in the notices; the rest is of Debian's packages.
    known = r"lib(ggml|llama|swift|Foundation|_Foundation|dispatch|BlocksRuntime).*"
    for library in (package / "function/lib").iterdir():
        if library.name == "loader" or re.fullmatch(known, library.name):
            continue
        command = ["dpkg-query", "--search", library.name]
        found = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        assert any((licences / "libraries" / line.split(":")[0]).exists() for line in found.splitlines()), library
    # They refer to it.
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (licences / "common-licenses/LGPL-2.1").read_text()


def test_a_model_that_is_too_large_for_a_layer(tmp_path):
    """Lambda counts a zip and its layers together."""
    model, folder = tmp_path / "model.gguf", tmp_path / "package"
    command = [LAMBDA / "package", TOKENWIRE, os.environ["LLAMA_LIBRARIES"], CHECKOUTS, folder]
    for size, fits in [(1 << 20, True), (250 << 20, False)]:
        with model.open("wb") as file:
            file.truncate(size)
        result = subprocess.run(
            command, check=True, stderr=subprocess.PIPE, text=True, env=os.environ | {"MODEL": str(model)}
        )
        assert ("make an image, with IMAGE=name" in result.stderr) != fits


@pytest.mark.parametrize("engine", ["docker", "podman", "buildah"])
def test_an_image_is_for_the_platform_of_the_package(engine, tmp_path):
    for name in ["bash", "env", "uname"]:
        (tmp_path / name).symlink_to(shutil.which(name))
    (tmp_path / engine).write_text('#!/usr/bin/env bash\necho "$BUILDX_NO_DEFAULT_ATTESTATIONS" "$@"\n')
    (tmp_path / engine).chmod(0o755)
    platform = {"x86_64": "linux/amd64", "aarch64": "linux/arm64"}[os.uname().machine]
    folder = tmp_path / "folder"
    (folder / "models").mkdir(parents=True)
    command = [LAMBDA / "build-image", folder, "name:1"]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert told.stdout == f"1 build --platform {platform} --tag name:1 {folder}\n"
    # It may be elsewhere.
    assert "the image has no model" in told.stderr
    (folder / "models/model.gguf").touch()
    told = subprocess.run(command, check=True, capture_output=True, text=True, env={"PATH": str(tmp_path)})
    assert told.stderr == ""
    (tmp_path / engine).unlink()
    told = subprocess.run(command, stderr=subprocess.PIPE, text=True, env={"PATH": str(tmp_path)})
    assert told.returncode == 1 and "needs docker, podman or buildah" in told.stderr


@needs_root
@pytest.mark.parametrize("given", [None, "/mnt/authorities.pem"])
def test_authorities_are_those_of_amazon_linux(given, tmp_path):
    """In a folder /etc that has them where Amazon Linux does, and not where Debian's libssl looks."""
    (tmp_path / "lib").mkdir()
    loader = tmp_path / "lib/loader"
    loader.write_text('#!/bin/sh\necho "$SSL_CERT_FILE"\n')
    loader.chmod(0o755)
    bundle = "/etc/pki/tls/certs/ca-bundle.crt"
    script = f"mount -t tmpfs tmpfs /etc && mkdir -p $(dirname {bundle}) && touch {bundle}; exec {LAMBDA}/bootstrap"
    settings = {"PATH": os.environ["PATH"], "LAMBDA_TASK_ROOT": str(tmp_path)}
    if given:
        settings["SSL_CERT_FILE"] = given
    told = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], check=True, stdout=subprocess.PIPE, text=True, env=settings
    )
    assert told.stdout.strip() == (given or bundle)


@both
def test_settings_of_the_template(folder):
    template = yaml_parse((folder / "template.yaml").read_text())
    functions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    assert len(functions) == 3
    types = [one.replace("~1", "/") for one in template["Globals"]["Api"]["BinaryMediaTypes"]]
    assert types == BINARY
    for function in functions:
        assert set(function["Properties"]["Environment"]["Variables"]) <= SETTINGS


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("package") / "package"
    subprocess.run([LAMBDA / "package", TOKENWIRE, os.environ["LLAMA_LIBRARIES"], CHECKOUTS, folder], check=True)
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
