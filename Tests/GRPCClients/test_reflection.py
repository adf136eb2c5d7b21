"""What the server tells of its services, to gRPC's packages and to grpcurl, which then needs no protos."""

import json
import re
import subprocess
import sys
from pathlib import Path

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from programs import FOLDER, build_go

GRPCURL = Path(sys.executable).parent / "grpcurl"
PAGE = Path(__file__).parent.parent.parent / "docs/grpc.md"


def grpcurl(server, *arguments):
    command = [GRPCURL, "-plaintext", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


def test_grpcurl_needs_no_protos(server):
    services = grpcurl(server, server.target, "list").split()
    assert "tokenwire.v1.Tokenwire" in services and "grpc.health.v1.Health" in services
    page = PAGE.read_text()
    assert "list\n" + "\n".join(services) + "\n" in page
    assert "rpc Generate" in grpcurl(server, server.target, "describe", "tokenwire.v1.Tokenwire")
    request = json.dumps({"prompt": "go", "max_tokens": 2})
    assert '"text": " quick"' in grpcurl(server, "-d", request, server.target, "tokenwire.v1.Tokenwire/Generate")


def test_grpcs_package_finds_every_method(server):
    with grpc.insecure_channel(server.target) as channel:
        pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
        service = pool.FindServiceByName("tokenwire.v1.Tokenwire")
        assert {method.name for method in service.methods} >= {"Generate", "SecureGenerate", "LogRequest"}
        assert pool.FindMessageTypeByName("tokenwire.v1.GenerateRequest").fields_by_name["prompt"].number


def test_the_program_of_the_page(server, tmp_path):
    program = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL).group(1)
    (tmp_path / "program.py").write_text(program.replace("127.0.0.1:7437", server.target))
    command = [sys.executable, tmp_path / "program.py"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert told.startswith("The quick brown fox")


#: What the page leaves out of a program in Go.
BEGIN_OF_GO = """package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"google.golang.org/grpc"

	api "tokenwire/v1"
)

func main() {
"""
END_OF_GO = """
if err != io.EOF {
	log.Fatal(err)
}
}
"""


def test_the_go_of_the_page(server):
    program = re.search(r"```go\n(.*?)```", PAGE.read_text(), re.DOTALL).group(1)
    sources = FOLDER / "page"
    sources.mkdir(exist_ok=True)
    program = program.replace('"127.0.0.1:7437"', "os.Args[1]")
    (sources / "main.go").write_text(BEGIN_OF_GO + program + END_OF_GO)
    command = [build_go(sources, "page-go"), server.target]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert told.startswith("The quick brown fox")
