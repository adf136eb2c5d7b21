"""Calls with grpcio's client for asyncio."""

import asyncio

import grpc
import pytest
from tokenwire.v1 import tokenwire_pb2 as api
from tokenwire.v1 import tokenwire_pb2_grpc as stubs

from servers import PATIENCE, generate, list_models, text_of_tokens

Code = grpc.StatusCode


async def text_of(call):
    return "".join([response.delta.text for response in await responses_of(call)])


async def responses_of(call):
    return [response async for response in call]


def test_calls(server, token):
    async def run():
        async with grpc.aio.insecure_channel(server.target) as channel:
            assert (await list_models(channel)).models[0].id == "scripted"
            assert await text_of(generate(channel, max_tokens=4)) == "The quick brown fox"
            metadata = [("authorization", f"Bearer {token}"), ("x-request-id", "mine/2")]
            call = generate(channel, secure=True, max_tokens=1, metadata=metadata)
            assert (await call.initial_metadata())["x-request-id"] == "mine/2"
            assert (await responses_of(call))[0].started.user_id == "ann"
            assert await call.code() is Code.OK

    asyncio.run(run())


def test_errors(server):
    async def run():
        async with grpc.aio.insecure_channel(server.target) as channel:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await text_of(generate(channel, secure=True))
            assert caught.value.code() is Code.UNAUTHENTICATED
            assert caught.value.details() == "Token is missing!"
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await text_of(generate(channel, max_tokens=100_000, timeout=0.2))
            assert caught.value.code() is Code.DEADLINE_EXCEEDED

    asyncio.run(run())


def test_hundred_streams_on_one_channel(server):
    async def run():
        async with grpc.aio.insecure_channel(server.target) as channel:
            calls = [generate(channel, max_tokens=100 + number) for number in range(100)]
            texts = await asyncio.gather(*map(text_of, calls))
            assert texts == [text_of_tokens(100 + number) for number in range(100)]

    asyncio.run(run())


def test_cancelled_task(serve):
    """asyncio cancels a call with the task that reads it."""
    server = serve("--scripted-pace", "20ms", "--anonymous-streams", 1)

    async def run():
        async with grpc.aio.insecure_channel(server.target) as channel:
            task = asyncio.create_task(text_of(generate(channel, max_tokens=100_000)))
            await asyncio.sleep(0.2)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            for _ in range(500):
                try:
                    return await text_of(generate(channel, max_tokens=1))
                except grpc.aio.AioRpcError as error:
                    assert error.code() is Code.RESOURCE_EXHAUSTED
                await asyncio.sleep(0.01)

    assert asyncio.run(run()) == "The"


def test_storm_of_cancelled_calls(serve):
    """Calls that are cancelled at any time leave the others alone."""
    quotas = ["--anonymous-streams", 1000, "--anonymous-requests-per-minute", 1000]
    server = serve("--scripted-pace", "20ms", "--anonymous-tokens-per-minute", 100_000_000, *quotas)

    async def run():
        async with grpc.aio.insecure_channel(server.target) as channel:

            async def cancel(number):
                call = generate(channel, max_tokens=100_000)
                await asyncio.sleep(number % 10 * 0.002)
                call.cancel()

            whole = asyncio.create_task(text_of(generate(channel, max_tokens=50)))
            await asyncio.gather(*map(cancel, range(300)))
            assert await whole == text_of_tokens(50)

    asyncio.run(run())


def test_interceptor(server, token):
    class Authorization(grpc.aio.UnaryStreamClientInterceptor):
        async def intercept_unary_stream(self, continuation, details, request):
            details.metadata.add("authorization", f"Bearer {token}")
            return await continuation(details, request)

    async def run():
        options = {"interceptors": [Authorization()], "compression": grpc.Compression.Gzip}
        async with grpc.aio.insecure_channel(server.target, **options) as channel:
            request = api.GenerateRequest(prompt="go " * 1000, max_tokens=1)
            call = stubs.TokenwireStub(channel).SecureGenerate(
                request, timeout=PATIENCE, metadata=grpc.aio.Metadata()
            )
            assert (await responses_of(call))[0].started.user_id == "ann"

    asyncio.run(run())
