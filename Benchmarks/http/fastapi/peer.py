"""peer.py [PACE]: OpenAI's chat completions as one writes them with FastAPI; PACE is in microseconds."""

import asyncio
import json
import socket
import sys
import time

import fastapi
import pydantic
import uvicorn
from fastapi.responses import StreamingResponse

PACE = int(sys.argv[1]) / 1e6 if len(sys.argv) > 1 else 0
app = fastapi.FastAPI()


class Request(pydantic.BaseModel):
    model: str
    messages: list[dict]
    max_tokens: int


async def events(asked):
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": int(time.time()), "model": asked.model}

    def event(**members):
        return f"data: {json.dumps(head | members)}\n\n"

    due = time.monotonic()
    for _ in range(asked.max_tokens):
        if PACE:
            due += PACE
            await asyncio.sleep(max(0, due - time.monotonic()))
        yield event(choices=[{"index": 0, "delta": {"content": " word"}, "finish_reason": None}])
    yield event(choices=[{"index": 0, "delta": {}, "finish_reason": "length"}])
    used = {"prompt_tokens": 1, "completion_tokens": asked.max_tokens, "total_tokens": asked.max_tokens + 1}
    # As compact as Go writes it: the load looks for it.
    yield f"data: {json.dumps(head | {'choices': [], 'usage': used}, separators=(',', ':'))}\n\n"
    yield "data: [DONE]\n\n"


@app.post("/v1/chat/completions")
async def complete(asked: Request):
    return StreamingResponse(events(asked), media_type="text/event-stream")


listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
print("serving on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
