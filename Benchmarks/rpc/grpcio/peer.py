"""The Tokenwire service in grpcio, by its asyncio API, and the load on it.

    peer.py serve [PACE]
    peer.py load ADDRESS unary|stream|arrivals CALLERS COUNT CONNECTIONS [INTERVAL]

See ../README.md for what they do and print.
"""

import asyncio
import json
import sys
import time

import grpc
from tokenwire.v1 import tokenwire_pb2 as api
from tokenwire.v1 import tokenwire_pb2_grpc as rpc


class Service(rpc.TokenwireServicer):
    def __init__(self, pace):
        self.pace = pace

    async def CountTokens(self, request, context):
        return api.CountTokensResponse(tokens=2)

    async def Generate(self, request, context):
        started = api.Started(generation_id="0123456789abcdef", model="scripted", prompt_tokens=2)
        yield api.GenerateResponse(started=started)
        upcoming = time.monotonic()
        for index in range(1, request.max_tokens + 1):
            if self.pace:
                upcoming += self.pace
                await asyncio.sleep(max(0, upcoming - time.monotonic()))
            delta = api.Delta(text=" quick", token_ids=[index % 9])
            yield api.GenerateResponse(seq=index, completion_tokens=index, delta=delta)
        usage = api.Usage(prompt_tokens=2, completion_tokens=request.max_tokens)
        finished = api.Finished(finish_reason=api.FINISH_REASON_LENGTH, usage=usage)
        yield api.GenerateResponse(seq=request.max_tokens + 1, finished=finished)


async def serve(pace):
    server = grpc.aio.server()
    rpc.add_TokenwireServicer_to_server(Service(pace), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()


async def load(address, mode, callers, count, connections, interval=0):
    options = [("grpc.use_local_subchannel_pool", 1)]
    channels = [grpc.aio.insecure_channel(address, options) for _ in range(connections)]
    for channel in channels:
        await channel.channel_ready()
    stubs = [rpc.TokenwireStub(channel) for channel in channels]
    latencies = []

    async def unary(stub):
        for _ in range(count):
            start = time.monotonic()
            await stub.CountTokens(api.CountTokensRequest(prompt="a b"))
            latencies.append(time.monotonic() - start)
        return count

    async def stream(stub, scheduled):
        received = 0
        async for response in stub.Generate(api.GenerateRequest(prompt="a b", max_tokens=count)):
            if response.WhichOneof("event") == "delta":
                if not received:
                    latencies.append(time.monotonic() - scheduled)
                received += 1
        return received

    begin = time.monotonic()
    tasks = []
    for index in range(callers):
        scheduled = begin + index * interval
        if interval:
            await asyncio.sleep(max(0, scheduled - time.monotonic()))
        else:
            scheduled = time.monotonic()
        stub = stubs[index % connections]
        tasks.append(asyncio.create_task(unary(stub) if mode == "unary" else stream(stub, scheduled)))
    messages = sum(await asyncio.gather(*tasks))
    seconds = time.monotonic() - begin
    latencies.sort()

    def at(share):
        return round(latencies[int(share * (len(latencies) - 1))] * 1e6, 1)

    print(json.dumps({"tokens": messages, "messages": messages, "seconds": seconds, "p50_us": at(0.5), "p99_us": at(0.99)}))


if sys.argv[1] == "serve":
    asyncio.run(serve(int(sys.argv[2]) / 1e6 if len(sys.argv) > 2 else 0))
else:
    address, mode, *numbers = sys.argv[2:]
    callers, count, connections, *interval = map(int, numbers)
    asyncio.run(load(address, mode, callers, count, connections, *(value / 1e6 for value in interval)))
