# Tokenwire: `make help` prints the targets.

PROMPT ?= Why is the sky blue?
export PROMPT MODEL
SECONDS ?= 60
SCHEMAS ?= 100
MINUTES ?= 1
KILLS ?= 600
RECORDINGS ?= Tests/Recordings
PREFIX ?= /usr/local
PACKAGES ?= .build/packages
# Stores of the log that need another library: STORES=mongodb.
STORES ?=

# The set-up tells where libllama and the model are, which stores are built, and installs what a target
# NEEDS: the sets of packages are those of deploy/packages.sh. Each recipe runs in one shell.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
SETUP = settings=$$(deploy/setup $(NEEDS) $(STORES)); eval "$$settings"
SWIFT_FLAGS = -Xlinker -rpath -Xlinker "$$LLAMA_LIBRARIES"
# Standard output is for the text that the model generates.
BUILD = swift build -c release --product tokenwire $(SWIFT_FLAGS) >&2
# For machines other than this one, with Swift's runtime inside the command; in a folder of its own. The
# path of its libraries is to be that of theirs as well, which the newer tag for it is not.
PORTABLE_SETUP = settings=$$(deploy/setup --portable $(NEEDS) $(STORES)); eval "$$settings"
PORTABLE_BUILD = swift build -c release --product tokenwire --static-swift-stdlib --scratch-path .build/package \
  -Xlinker -rpath -Xlinker '$$ORIGIN/../lib/tokenwire' -Xlinker --disable-new-dtags >&2

.PHONY: run serve test test-schemas test-clients test-http test-http-large test-grpc test-grpc-swift test-upstreams test-lambda test-rust conformance sanitize fuzz soak vanish crash-test disk-test \
  recordings bench check-bench \
  build lambda install uninstall package test-deploy lint format settings endpoints chat-templates check-chat-templates proto check-proto \
  check-tokens check-json clean help

run: ## Start a server, send it PROMPT="...", print the answer, stop it
	@$(SETUP)
	$(BUILD)
	exec deploy/run .build/release/tokenwire

serve: ## Serve the model on 127.0.0.1:7437 until Ctrl-C
	@$(SETUP)
	$(BUILD)
	exec .build/release/tokenwire serve --model "$$MODEL"

test: NEEDS = test clients mongodb
test: ## Build and run every test
	@$(SETUP)
	export TOKENWIRE_TEST_MODEL="$$MODEL"
	# Enough to keep all cores busy; with more, clients and servers would not answer in time.
	export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8
	Tests/swift $(SWIFT_FLAGS)
	$(MAKE) --no-print-directory test-schemas test-clients conformance

test-schemas: ## Validate texts for SCHEMAS=100 random JSON schemas with Python's jsonschema
	@$(SETUP)
	swift build --product SchemaTexts $(SWIFT_FLAGS)
	Tests/Schemas/environment "$$PWD/.build/schemas"
	.build/schemas/bin/python Tests/Schemas/check .build/debug/SchemaTexts random "$(SCHEMAS)"

test-clients conformance: NEEDS = clients

test-clients: ## Test the clients in Python and C, and the programs in the pages of the clients
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire
	clients/python/check "$$PWD/.build/clients"
	$(MAKE) --no-print-directory -C clients/c BUILD=../../.build/clients/c all test
	clients/go/check
	export PYTHON=$$PWD/.build/clients/python-new/bin/python
	clients/with-server clients/check-examples

# Clients whose packages are large, which have a target of their own.
LARGE_CLIENTS = guidellm lm_eval

test-http test-http-large: NEEDS = http
test-http: ## Test HTTP with the clients that people have: openai, anthropic, langchain, llm, requests, schemathesis
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire
	Tests/HTTPClients/environment "$$PWD/.build/http-clients"
	.build/http-clients/bin/python -m pytest --quiet -p no:cacheprovider \
	  $(LARGE_CLIENTS:%=--ignore=Tests/HTTPClients/test_%.py) Tests/HTTPClients

test-http-large: ## Test HTTP with guidellm and lm_eval, which are large: 2 GB, and more where pip finds torch only with CUDA
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire
	Tests/HTTPClients/environment "$$PWD/.build/http-clients-large" large
	.build/http-clients-large/bin/python -m pytest --quiet -p no:cacheprovider \
	  $(LARGE_CLIENTS:%=Tests/HTTPClients/test_%.py)

# A client that takes long to build, which has a target of its own.
GRPC_SWIFT = Tests/GRPCClients/test_interop_swift.py

test-grpc: NEEDS = grpc
test-grpc: ## Test gRPC with grpcio, grpcurl, Go and C++, also by gRPC's own interoperability tests
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	swift build --product GRPCInteropServer $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire INTEROP_SERVER=$$PWD/.build/debug/GRPCInteropServer
	Tests/GRPCClients/environment "$$PWD/.build/grpc-clients"
	.build/grpc-clients/bin/python -m pytest --quiet -p no:cacheprovider \
	  --ignore=$(GRPC_SWIFT) Tests/GRPCClients

test-grpc-swift: ## Test gRPC with grpc-swift-2, which builds another HTTP/2 stack: some minutes
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	swift build --product GRPCInteropServer $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire INTEROP_SERVER=$$PWD/.build/debug/GRPCInteropServer
	Tests/GRPCClients/environment "$$PWD/.build/grpc-clients"
	swift build --package-path Tests/GRPCClients/interop-swift --scratch-path .build/grpc-clients/swift
	export INTEROP_SWIFT=$$PWD/.build/grpc-clients/swift/debug/interop-swift
	.build/grpc-clients/bin/python -m pytest --quiet -p no:cacheprovider $(GRPC_SWIFT)

test-upstreams: NEEDS = test
test-upstreams: ## Test models of other servers: a real one of llama-cpp-python's, and servers that are killed
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire
	Tests/Upstreams/environment "$$PWD/.build/upstreams"
	.build/upstreams/bin/python -m pytest --quiet -p no:cacheprovider Tests/Upstreams

test-lambda: NEEDS = test
test-lambda: ## Test the function of AWS Lambda under Lambda's own emulator, and its templates
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	export TOKENWIRE=$$PWD/.build/debug/tokenwire
	Tests/Lambda/environment "$$PWD/.build/lambda"
	.build/lambda/bin/python -m pytest --quiet -p no:cacheprovider Tests/Lambda

test-rust: NEEDS = rust
test-rust: ## Build the example in Rust with Debian's packages, and run it
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS)
	TOKENWIRE=$$PWD/.build/debug/tokenwire clients/rust/check

conformance: ## Run the conformance suite through every client, and print a table
	@$(SETUP)
	Tests/Conformance/all $(SWIFT_FLAGS)

sanitize: NEEDS = test mongodb
sanitize: ## Run the tests under AddressSanitizer, then under ThreadSanitizer
	@$(SETUP)
	for sanitizer in address thread; do
	  Tests/Sanitizers/run "$$sanitizer" $(SWIFT_FLAGS)
	done

fuzz: ## Fuzz all that reads untrusted bytes, for SECONDS=60 each, or RUNS=N that are always the same
	@$(SETUP)
	Benchmarks/fuzz $(if $(RUNS),--runs="$(RUNS)","$(SECONDS)")

soak: ## Run normal and hostile clients against a server for MINUTES=1, and show what it used
	@$(SETUP)
	$(BUILD)
	Benchmarks/build Soak
	exec .build/release/Soak --minutes "$(MINUTES)"

vanish: NEEDS = vanish
vanish: ## Time how long a peer that vanishes without a FIN keeps its slot; needs root
	@$(SETUP)
	$(BUILD)
	Benchmarks/vanish .build/release/tokenwire

bench: ## Measure it and what people would use instead; ONLY=rpc runs a part; installs the peers
	@$(SETUP)
	exec Benchmarks/bench $(ONLY)

check-bench: ## Check in minutes that the benchmarks work, without the peers that take long to build
	@$(SETUP)
	exec Benchmarks/bench --check $(ONLY)

crash-test: NEEDS = test mongodb
crash-test: ## Kill the request log's writer, and its database, KILLS=600 times, and look for all acknowledged entries
	@$(SETUP)
	export TOKENWIRE_CRASH_KILLS="$(KILLS)"
	Tests/swift $(SWIFT_FLAGS) --filter 'CrashTests|KillTests'

disk-test: NEEDS = disk
disk-test: ## Fill the disk under a server's log, and make its file read-only; needs root
	@$(SETUP)
	$(BUILD)
	Tests/Crash/disk .build/release/tokenwire

recordings: ## Make new golden recordings after an intended change of the wire; RECORDINGS=folder
	@$(SETUP)
	$(BUILD)
	exec Tests/Recordings/make .build/release/tokenwire "$(RECORDINGS)"

build: ## Build the command in release mode; STORES=mongodb adds a store (as for run, serve, install)
	@$(SETUP)
	$(BUILD)

lambda: NEEDS = package
lambda: ## Make a function of AWS Lambda in .build/lambda-package, with MODEL in a layer, or in an image with IMAGE=name
	@model=$${MODEL:-}
	$(PORTABLE_SETUP)
	$(PORTABLE_BUILD)
	MODEL=$$model deploy/lambda/package .build/package/release/tokenwire "$$LLAMA_LIBRARIES" .build/package/checkouts \
	  .build/lambda-package
	if [[ -n "$(IMAGE)" ]]; then
	  deploy/lambda/build-image .build/lambda-package "$(IMAGE)"
	fi

install: ## Install the command, its completions and its manual page under PREFIX=/usr/local
	@$(SETUP)
	# The libraries are installed, too, because the cache belongs to this user.
	$(BUILD) -Xlinker -rpath -Xlinker '$$ORIGIN/../lib/tokenwire'
	deploy/install .build/release/tokenwire "$$LLAMA_LIBRARIES" "$(DESTDIR)$(PREFIX)"

uninstall: ## Remove what make install has installed under PREFIX=/usr/local
	@deploy/uninstall "$(DESTDIR)$(PREFIX)"

package: NEEDS = package
package: ## Write a Debian package and a tarball for other machines into PACKAGES=.build/packages
	@$(PORTABLE_SETUP)
	$(PORTABLE_BUILD)
	deploy/debian/build .build/package/release/tokenwire "$$LLAMA_LIBRARIES" .build/package/checkouts \
	  "$(PACKAGES)"

test-deploy: NEEDS = deploy test
test-deploy: ## Test the package in a fresh Debian, units, manifests, Lambda and bad surroundings; needs root
	@$(MAKE) --no-print-directory package
	$(SETUP)
	Tests/Deploy/environment "$$PWD/.build/deploy"
	Tests/Lambda/environment "$$PWD/.build/lambda"
	Tests/Deploy/all "$(PACKAGES)" "$$PWD/.build/deploy" "$$PWD/.build/lambda" "$$MODEL"

lint: NEEDS = mongodb
lint: ## Check the format of the Swift code, and that names are compared by their bytes
	@swift format lint --strict --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift \
	  Benchmarks/Sources Benchmarks/rpc/swift-grpc
	$(SETUP)
	Tests/Lint/test
	# It compiles each target against the modules of the others.
	swift build $(SWIFT_FLAGS)
	Tests/Lint/identity

format: ## Format the Swift code
	@swift format --in-place --parallel --recursive Package.swift Sources Tests Benchmarks/Package.swift \
	  Benchmarks/Sources Benchmarks/rpc/swift-grpc

settings: ## Write docs/settings.md from the declarations of the settings
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS) >&2
	page=$$(.build/debug/tokenwire settings)
	echo "$$page" > docs/settings.md

endpoints: ## Write the tables of docs/http.md from the declarations of the endpoints
	@$(SETUP)
	swift build --product tokenwire $(SWIFT_FLAGS) >&2
	tables=$$(.build/debug/tokenwire endpoints)
	page=$$(sed '/^<!-- endpoints -->$$/q' docs/http.md)
	rest=$$(sed --quiet '/^<!-- end of endpoints -->$$/,$$p' docs/http.md)
	printf '%s\n' "$$page" "$$tables" "$$rest" > docs/http.md

chat-templates: ## Render llama.cpp's chat templates as transformers does, and write docs/chat-templates.md
	@$(SETUP)
	Tests/ChatTemplates/make "$$LLAMA_LIBRARIES/../share/llama.cpp/templates"

check-chat-templates: chat-templates ## Fail when the page or what the tests compare with is not current
	@git diff --exit-code -- Tests/ChatTemplates docs/chat-templates.md

proto: ## Generate code from Protos/
	@Protos/generate

check-proto: proto ## Fail when the generated code is not current
	@changes=$$(git status --porcelain -- Sources/CStatus Sources/CTTRPC Sources/CTokenwireAPI \
	  Sources/RPC/Generated Sources/TTRPC/Generated Sources/TokenwireAPI \
	  Tests/GRPCInterop/CGRPCTesting Tests/GRPCInterop/Server/Generated \
	  clients/python/tokenwire/call_options.py \
	  'clients/python/*_pb2.py*' 'clients/c/*.pb-c.*')
	if [[ -n $$changes ]]; then
	  echo "The generated code was not current; commit what make proto has changed:" >&2
	  echo "$$changes" >&2
	  exit 1
	fi

check-tokens: ## Exchange access tokens with PyJWT, and fail when they differ from those of the tests
	@Tests/Conformance/access-tokens/make
	git diff --exit-code -- Tests/Conformance/access-tokens

check-json: ## Fail when what protobuf's json_format makes of messages is not what the tests compare with
	@Tests/Conformance/json/make
	git diff --exit-code -- Tests/Conformance/json

clean: ## Remove what was built here; the cache stays
	@rm -rf .build .build-*

help: ## Print the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
