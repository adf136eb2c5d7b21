from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
DURABILITY_LOCAL_SYNCED: Durability
DURABILITY_SYNCED: Durability
DURABILITY_UNSPECIFIED: Durability
FINISH_REASON_CANCELLED: FinishReason
FINISH_REASON_CONTENT_FILTER: FinishReason
FINISH_REASON_CONTEXT_LENGTH: FinishReason
FINISH_REASON_DEADLINE: FinishReason
FINISH_REASON_ERROR: FinishReason
FINISH_REASON_LENGTH: FinishReason
FINISH_REASON_STOP: FinishReason
FINISH_REASON_STOP_SEQUENCE: FinishReason
FINISH_REASON_TOOL_CALLS: FinishReason
FINISH_REASON_UNSPECIFIED: FinishReason
LOG_ORDER_NEWEST_FIRST: LogOrder
LOG_ORDER_OLDEST_FIRST: LogOrder
LOG_ORDER_UNSPECIFIED: LogOrder
MODEL_STATE_LOADING: ModelState
MODEL_STATE_READY: ModelState
MODEL_STATE_UNAVAILABLE: ModelState
MODEL_STATE_UNLOADED: ModelState
MODEL_STATE_UNSPECIFIED: ModelState
REASONING_AUTO: Reasoning
REASONING_EFFORT_HIGH: ReasoningEffort
REASONING_EFFORT_LOW: ReasoningEffort
REASONING_EFFORT_MAX: ReasoningEffort
REASONING_EFFORT_MEDIUM: ReasoningEffort
REASONING_EFFORT_MINIMAL: ReasoningEffort
REASONING_EFFORT_UNSPECIFIED: ReasoningEffort
REASONING_EFFORT_XHIGH: ReasoningEffort
REASONING_OFF: Reasoning
REASONING_ON: Reasoning
REASONING_UNSPECIFIED: Reasoning
TOOL_CHOICE_MODE_AUTO: ToolChoiceMode
TOOL_CHOICE_MODE_NONE: ToolChoiceMode
TOOL_CHOICE_MODE_REQUIRED: ToolChoiceMode
TOOL_CHOICE_MODE_UNSPECIFIED: ToolChoiceMode
USAGE_SOURCE_COUNTED: UsageSource
USAGE_SOURCE_REPORTED: UsageSource
USAGE_SOURCE_UNSPECIFIED: UsageSource

class AbortRequest(_message.Message):
    __slots__ = ["generation_id"]
    GENERATION_ID_FIELD_NUMBER: _ClassVar[int]
    generation_id: str
    def __init__(self, generation_id: _Optional[str] = ...) -> None: ...

class AbortResponse(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ChatMessage(_message.Message):
    __slots__ = ["content", "content_parts", "reasoning_text", "role", "tool_call_id", "tool_calls"]
    CONTENT_FIELD_NUMBER: _ClassVar[int]
    CONTENT_PARTS_FIELD_NUMBER: _ClassVar[int]
    REASONING_TEXT_FIELD_NUMBER: _ClassVar[int]
    ROLE_FIELD_NUMBER: _ClassVar[int]
    TOOL_CALLS_FIELD_NUMBER: _ClassVar[int]
    TOOL_CALL_ID_FIELD_NUMBER: _ClassVar[int]
    content: str
    content_parts: _containers.RepeatedCompositeFieldContainer[ContentPart]
    reasoning_text: str
    role: str
    tool_call_id: str
    tool_calls: _containers.RepeatedCompositeFieldContainer[ToolCall]
    def __init__(self, role: _Optional[str] = ..., content: _Optional[str] = ..., content_parts: _Optional[_Iterable[_Union[ContentPart, _Mapping]]] = ..., tool_calls: _Optional[_Iterable[_Union[ToolCall, _Mapping]]] = ..., tool_call_id: _Optional[str] = ..., reasoning_text: _Optional[str] = ...) -> None: ...

class ChatMessages(_message.Message):
    __slots__ = ["cache_prompt", "messages", "parallel_tool_calls", "reasoning", "reasoning_effort", "reasoning_max_tokens", "tool_choice", "tools"]
    CACHE_PROMPT_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    PARALLEL_TOOL_CALLS_FIELD_NUMBER: _ClassVar[int]
    REASONING_EFFORT_FIELD_NUMBER: _ClassVar[int]
    REASONING_FIELD_NUMBER: _ClassVar[int]
    REASONING_MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    TOOL_CHOICE_FIELD_NUMBER: _ClassVar[int]
    cache_prompt: bool
    messages: _containers.RepeatedCompositeFieldContainer[ChatMessage]
    parallel_tool_calls: bool
    reasoning: Reasoning
    reasoning_effort: ReasoningEffort
    reasoning_max_tokens: int
    tool_choice: ToolChoice
    tools: _containers.RepeatedCompositeFieldContainer[Tool]
    def __init__(self, messages: _Optional[_Iterable[_Union[ChatMessage, _Mapping]]] = ..., tools: _Optional[_Iterable[_Union[Tool, _Mapping]]] = ..., tool_choice: _Optional[_Union[ToolChoice, _Mapping]] = ..., parallel_tool_calls: bool = ..., reasoning: _Optional[_Union[Reasoning, str]] = ..., reasoning_max_tokens: _Optional[int] = ..., reasoning_effort: _Optional[_Union[ReasoningEffort, str]] = ..., cache_prompt: bool = ...) -> None: ...

class ChatTemplate(_message.Message):
    __slots__ = ["reasoning", "system_role", "tools"]
    REASONING_FIELD_NUMBER: _ClassVar[int]
    SYSTEM_ROLE_FIELD_NUMBER: _ClassVar[int]
    TOOLS_FIELD_NUMBER: _ClassVar[int]
    reasoning: bool
    system_role: bool
    tools: bool
    def __init__(self, tools: bool = ..., reasoning: bool = ..., system_role: bool = ...) -> None: ...

class ContentPart(_message.Message):
    __slots__ = ["text", "type"]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    text: str
    type: str
    def __init__(self, type: _Optional[str] = ..., text: _Optional[str] = ...) -> None: ...

class CountTokensRequest(_message.Message):
    __slots__ = ["messages", "model", "prompt", "prompt_token_ids", "return_tokens"]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKEN_IDS_FIELD_NUMBER: _ClassVar[int]
    RETURN_TOKENS_FIELD_NUMBER: _ClassVar[int]
    messages: ChatMessages
    model: str
    prompt: str
    prompt_token_ids: TokenIds
    return_tokens: bool
    def __init__(self, model: _Optional[str] = ..., prompt: _Optional[str] = ..., messages: _Optional[_Union[ChatMessages, _Mapping]] = ..., prompt_token_ids: _Optional[_Union[TokenIds, _Mapping]] = ..., return_tokens: bool = ...) -> None: ...

class CountTokensResponse(_message.Message):
    __slots__ = ["context_length", "token_ids", "tokens"]
    CONTEXT_LENGTH_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_IDS_FIELD_NUMBER: _ClassVar[int]
    context_length: int
    token_ids: _containers.RepeatedScalarFieldContainer[int]
    tokens: int
    def __init__(self, tokens: _Optional[int] = ..., context_length: _Optional[int] = ..., token_ids: _Optional[_Iterable[int]] = ...) -> None: ...

class Delta(_message.Message):
    __slots__ = ["index", "logprobs", "reasoning_text", "text", "token_ids", "tool_calls"]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    LOGPROBS_FIELD_NUMBER: _ClassVar[int]
    REASONING_TEXT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    TOKEN_IDS_FIELD_NUMBER: _ClassVar[int]
    TOOL_CALLS_FIELD_NUMBER: _ClassVar[int]
    index: int
    logprobs: _containers.RepeatedCompositeFieldContainer[TokenLogprobs]
    reasoning_text: str
    text: str
    token_ids: _containers.RepeatedScalarFieldContainer[int]
    tool_calls: _containers.RepeatedCompositeFieldContainer[ToolCallDelta]
    def __init__(self, text: _Optional[str] = ..., token_ids: _Optional[_Iterable[int]] = ..., logprobs: _Optional[_Iterable[_Union[TokenLogprobs, _Mapping]]] = ..., index: _Optional[int] = ..., reasoning_text: _Optional[str] = ..., tool_calls: _Optional[_Iterable[_Union[ToolCallDelta, _Mapping]]] = ...) -> None: ...

class DetokenizeRequest(_message.Message):
    __slots__ = ["model", "token_ids"]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    TOKEN_IDS_FIELD_NUMBER: _ClassVar[int]
    model: str
    token_ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, model: _Optional[str] = ..., token_ids: _Optional[_Iterable[int]] = ...) -> None: ...

class DetokenizeResponse(_message.Message):
    __slots__ = ["text"]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    text: str
    def __init__(self, text: _Optional[str] = ...) -> None: ...

class EraseLogsRequest(_message.Message):
    __slots__ = ["access_token", "user_id"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    user_id: str
    def __init__(self, user_id: _Optional[str] = ..., access_token: _Optional[str] = ...) -> None: ...

class EraseLogsResponse(_message.Message):
    __slots__ = ["bytes", "entries"]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    bytes: int
    entries: int
    def __init__(self, entries: _Optional[int] = ..., bytes: _Optional[int] = ...) -> None: ...

class Finished(_message.Message):
    __slots__ = ["finish_reason", "incomplete", "index", "matched_stop", "timings", "usage"]
    FINISH_REASON_FIELD_NUMBER: _ClassVar[int]
    INCOMPLETE_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    MATCHED_STOP_FIELD_NUMBER: _ClassVar[int]
    TIMINGS_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    finish_reason: FinishReason
    incomplete: bool
    index: int
    matched_stop: str
    timings: Timings
    usage: Usage
    def __init__(self, finish_reason: _Optional[_Union[FinishReason, str]] = ..., matched_stop: _Optional[str] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ..., timings: _Optional[_Union[Timings, _Mapping]] = ..., incomplete: bool = ..., index: _Optional[int] = ...) -> None: ...

class GenerateRequest(_message.Message):
    __slots__ = ["access_token", "deterministic", "echo", "grammar", "idempotency_key", "json_schema", "logprobs", "max_length", "max_tokens", "messages", "metadata", "model", "n", "prompt", "prompt_logprobs", "prompt_token_ids", "report_progress", "sampling", "session_id", "stop", "timeout_nano"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    DETERMINISTIC_FIELD_NUMBER: _ClassVar[int]
    ECHO_FIELD_NUMBER: _ClassVar[int]
    GRAMMAR_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    JSON_SCHEMA_FIELD_NUMBER: _ClassVar[int]
    LOGPROBS_FIELD_NUMBER: _ClassVar[int]
    MAX_LENGTH_FIELD_NUMBER: _ClassVar[int]
    MAX_TOKENS_FIELD_NUMBER: _ClassVar[int]
    MESSAGES_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    N_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    PROMPT_LOGPROBS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKEN_IDS_FIELD_NUMBER: _ClassVar[int]
    REPORT_PROGRESS_FIELD_NUMBER: _ClassVar[int]
    SAMPLING_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    STOP_FIELD_NUMBER: _ClassVar[int]
    TIMEOUT_NANO_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    deterministic: bool
    echo: bool
    grammar: str
    idempotency_key: str
    json_schema: str
    logprobs: int
    max_length: int
    max_tokens: int
    messages: ChatMessages
    metadata: _containers.ScalarMap[str, str]
    model: str
    n: int
    prompt: str
    prompt_logprobs: int
    prompt_token_ids: TokenIds
    report_progress: bool
    sampling: SamplingOptions
    session_id: str
    stop: _containers.RepeatedScalarFieldContainer[str]
    timeout_nano: int
    def __init__(self, model: _Optional[str] = ..., prompt: _Optional[str] = ..., messages: _Optional[_Union[ChatMessages, _Mapping]] = ..., prompt_token_ids: _Optional[_Union[TokenIds, _Mapping]] = ..., sampling: _Optional[_Union[SamplingOptions, _Mapping]] = ..., max_tokens: _Optional[int] = ..., stop: _Optional[_Iterable[str]] = ..., echo: bool = ..., logprobs: _Optional[int] = ..., json_schema: _Optional[str] = ..., grammar: _Optional[str] = ..., access_token: _Optional[str] = ..., timeout_nano: _Optional[int] = ..., metadata: _Optional[_Mapping[str, str]] = ..., n: _Optional[int] = ..., deterministic: bool = ..., prompt_logprobs: _Optional[int] = ..., report_progress: bool = ..., session_id: _Optional[str] = ..., idempotency_key: _Optional[str] = ..., max_length: _Optional[int] = ...) -> None: ...

class GenerateResponse(_message.Message):
    __slots__ = ["completion_tokens", "delta", "finished", "progress", "prompt_logprobs", "seq", "started"]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    DELTA_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    PROGRESS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_LOGPROBS_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    STARTED_FIELD_NUMBER: _ClassVar[int]
    completion_tokens: int
    delta: Delta
    finished: Finished
    progress: Progress
    prompt_logprobs: PromptLogprobs
    seq: int
    started: Started
    def __init__(self, seq: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., started: _Optional[_Union[Started, _Mapping]] = ..., delta: _Optional[_Union[Delta, _Mapping]] = ..., finished: _Optional[_Union[Finished, _Mapping]] = ..., progress: _Optional[_Union[Progress, _Mapping]] = ..., prompt_logprobs: _Optional[_Union[PromptLogprobs, _Mapping]] = ...) -> None: ...

class ListModelsRequest(_message.Message):
    __slots__ = []
    def __init__(self) -> None: ...

class ListModelsResponse(_message.Message):
    __slots__ = ["models"]
    MODELS_FIELD_NUMBER: _ClassVar[int]
    models: _containers.RepeatedCompositeFieldContainer[Model]
    def __init__(self, models: _Optional[_Iterable[_Union[Model, _Mapping]]] = ...) -> None: ...

class LogEntry(_message.Message):
    __slots__ = ["generation_id", "id", "metadata", "model", "notice", "prompt", "prompt_bytes", "response", "response_bytes", "seq", "session_id", "timestamp_unix_micros", "user_id"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    GENERATION_ID_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    NOTICE_FIELD_NUMBER: _ClassVar[int]
    PROMPT_BYTES_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_BYTES_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    SEQ_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_UNIX_MICROS_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    generation_id: str
    id: str
    metadata: _containers.ScalarMap[str, str]
    model: str
    notice: str
    prompt: str
    prompt_bytes: int
    response: str
    response_bytes: int
    seq: int
    session_id: str
    timestamp_unix_micros: int
    user_id: str
    def __init__(self, seq: _Optional[int] = ..., id: _Optional[str] = ..., user_id: _Optional[str] = ..., prompt: _Optional[str] = ..., response: _Optional[str] = ..., model: _Optional[str] = ..., generation_id: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., timestamp_unix_micros: _Optional[int] = ..., prompt_bytes: _Optional[int] = ..., response_bytes: _Optional[int] = ..., notice: _Optional[str] = ..., session_id: _Optional[str] = ...) -> None: ...

class LogRequestRequest(_message.Message):
    __slots__ = ["access_token", "generation_id", "idempotency_key", "metadata", "model", "prompt", "response", "session_id"]
    class MetadataEntry(_message.Message):
        __slots__ = ["key", "value"]
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    GENERATION_ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_FIELD_NUMBER: _ClassVar[int]
    RESPONSE_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    generation_id: str
    idempotency_key: str
    metadata: _containers.ScalarMap[str, str]
    model: str
    prompt: str
    response: str
    session_id: str
    def __init__(self, prompt: _Optional[str] = ..., response: _Optional[str] = ..., model: _Optional[str] = ..., generation_id: _Optional[str] = ..., metadata: _Optional[_Mapping[str, str]] = ..., idempotency_key: _Optional[str] = ..., access_token: _Optional[str] = ..., session_id: _Optional[str] = ...) -> None: ...

class LogRequestResponse(_message.Message):
    __slots__ = ["durability", "id", "message", "timestamp_unix_micros"]
    DURABILITY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    MESSAGE_FIELD_NUMBER: _ClassVar[int]
    TIMESTAMP_UNIX_MICROS_FIELD_NUMBER: _ClassVar[int]
    durability: Durability
    id: str
    message: str
    timestamp_unix_micros: int
    def __init__(self, message: _Optional[str] = ..., id: _Optional[str] = ..., timestamp_unix_micros: _Optional[int] = ..., durability: _Optional[_Union[Durability, str]] = ...) -> None: ...

class LogitBias(_message.Message):
    __slots__ = ["bias", "token_id"]
    BIAS_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    bias: float
    token_id: int
    def __init__(self, token_id: _Optional[int] = ..., bias: _Optional[float] = ...) -> None: ...

class Logprob(_message.Message):
    __slots__ = ["logprob", "token", "token_id"]
    LOGPROB_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    logprob: float
    token: bytes
    token_id: int
    def __init__(self, token_id: _Optional[int] = ..., token: _Optional[bytes] = ..., logprob: _Optional[float] = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ["chat_template", "context_length", "description", "id", "is_default", "parameters", "quantization", "size_bytes", "state", "training_context_length", "upstream_kind"]
    CHAT_TEMPLATE_FIELD_NUMBER: _ClassVar[int]
    CONTEXT_LENGTH_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    IS_DEFAULT_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    QUANTIZATION_FIELD_NUMBER: _ClassVar[int]
    SIZE_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    TRAINING_CONTEXT_LENGTH_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_KIND_FIELD_NUMBER: _ClassVar[int]
    chat_template: ChatTemplate
    context_length: int
    description: str
    id: str
    is_default: bool
    parameters: int
    quantization: str
    size_bytes: int
    state: ModelState
    training_context_length: int
    upstream_kind: str
    def __init__(self, id: _Optional[str] = ..., description: _Optional[str] = ..., parameters: _Optional[int] = ..., size_bytes: _Optional[int] = ..., context_length: _Optional[int] = ..., is_default: bool = ..., quantization: _Optional[str] = ..., state: _Optional[_Union[ModelState, str]] = ..., training_context_length: _Optional[int] = ..., chat_template: _Optional[_Union[ChatTemplate, _Mapping]] = ..., upstream_kind: _Optional[str] = ...) -> None: ...

class Progress(_message.Message):
    __slots__ = ["cached", "processed", "total"]
    CACHED_FIELD_NUMBER: _ClassVar[int]
    PROCESSED_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    cached: int
    processed: int
    total: int
    def __init__(self, processed: _Optional[int] = ..., total: _Optional[int] = ..., cached: _Optional[int] = ...) -> None: ...

class PromptLogprobs(_message.Message):
    __slots__ = ["logprobs", "offset"]
    LOGPROBS_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    logprobs: _containers.RepeatedCompositeFieldContainer[TokenLogprobs]
    offset: int
    def __init__(self, offset: _Optional[int] = ..., logprobs: _Optional[_Iterable[_Union[TokenLogprobs, _Mapping]]] = ...) -> None: ...

class QueryLogsRequest(_message.Message):
    __slots__ = ["access_token", "after_id", "follow", "limit", "model", "order", "search", "session_id", "since_unix_micros", "until_unix_micros", "user_id"]
    ACCESS_TOKEN_FIELD_NUMBER: _ClassVar[int]
    AFTER_ID_FIELD_NUMBER: _ClassVar[int]
    FOLLOW_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    ORDER_FIELD_NUMBER: _ClassVar[int]
    SEARCH_FIELD_NUMBER: _ClassVar[int]
    SESSION_ID_FIELD_NUMBER: _ClassVar[int]
    SINCE_UNIX_MICROS_FIELD_NUMBER: _ClassVar[int]
    UNTIL_UNIX_MICROS_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    access_token: str
    after_id: str
    follow: bool
    limit: int
    model: str
    order: LogOrder
    search: str
    session_id: str
    since_unix_micros: int
    until_unix_micros: int
    user_id: str
    def __init__(self, user_id: _Optional[str] = ..., since_unix_micros: _Optional[int] = ..., until_unix_micros: _Optional[int] = ..., model: _Optional[str] = ..., search: _Optional[str] = ..., limit: _Optional[int] = ..., after_id: _Optional[str] = ..., order: _Optional[_Union[LogOrder, str]] = ..., access_token: _Optional[str] = ..., follow: bool = ..., session_id: _Optional[str] = ...) -> None: ...

class SamplingOptions(_message.Message):
    __slots__ = ["frequency_penalty", "ignore_eos", "logit_bias", "min_p", "min_tokens", "presence_penalty", "repeat_last_n", "repeat_penalty", "seed", "temperature", "top_k", "top_p"]
    FREQUENCY_PENALTY_FIELD_NUMBER: _ClassVar[int]
    IGNORE_EOS_FIELD_NUMBER: _ClassVar[int]
    LOGIT_BIAS_FIELD_NUMBER: _ClassVar[int]
    MIN_P_FIELD_NUMBER: _ClassVar[int]
    MIN_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PRESENCE_PENALTY_FIELD_NUMBER: _ClassVar[int]
    REPEAT_LAST_N_FIELD_NUMBER: _ClassVar[int]
    REPEAT_PENALTY_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    TEMPERATURE_FIELD_NUMBER: _ClassVar[int]
    TOP_K_FIELD_NUMBER: _ClassVar[int]
    TOP_P_FIELD_NUMBER: _ClassVar[int]
    frequency_penalty: float
    ignore_eos: bool
    logit_bias: _containers.RepeatedCompositeFieldContainer[LogitBias]
    min_p: float
    min_tokens: int
    presence_penalty: float
    repeat_last_n: int
    repeat_penalty: float
    seed: int
    temperature: float
    top_k: int
    top_p: float
    def __init__(self, temperature: _Optional[float] = ..., top_k: _Optional[int] = ..., top_p: _Optional[float] = ..., min_p: _Optional[float] = ..., repeat_penalty: _Optional[float] = ..., repeat_last_n: _Optional[int] = ..., presence_penalty: _Optional[float] = ..., frequency_penalty: _Optional[float] = ..., seed: _Optional[int] = ..., logit_bias: _Optional[_Iterable[_Union[LogitBias, _Mapping]]] = ..., ignore_eos: bool = ..., min_tokens: _Optional[int] = ...) -> None: ...

class Started(_message.Message):
    __slots__ = ["cached_tokens", "generation_id", "model", "prompt_tokens", "queue_time_nano", "replica", "seed", "upstream_model", "user_id"]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    GENERATION_ID_FIELD_NUMBER: _ClassVar[int]
    MODEL_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    QUEUE_TIME_NANO_FIELD_NUMBER: _ClassVar[int]
    REPLICA_FIELD_NUMBER: _ClassVar[int]
    SEED_FIELD_NUMBER: _ClassVar[int]
    UPSTREAM_MODEL_FIELD_NUMBER: _ClassVar[int]
    USER_ID_FIELD_NUMBER: _ClassVar[int]
    cached_tokens: int
    generation_id: str
    model: str
    prompt_tokens: int
    queue_time_nano: int
    replica: str
    seed: int
    upstream_model: str
    user_id: str
    def __init__(self, generation_id: _Optional[str] = ..., model: _Optional[str] = ..., seed: _Optional[int] = ..., prompt_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., user_id: _Optional[str] = ..., queue_time_nano: _Optional[int] = ..., replica: _Optional[str] = ..., upstream_model: _Optional[str] = ...) -> None: ...

class Timings(_message.Message):
    __slots__ = ["completion_nano", "prompt_nano", "queue_nano"]
    COMPLETION_NANO_FIELD_NUMBER: _ClassVar[int]
    PROMPT_NANO_FIELD_NUMBER: _ClassVar[int]
    QUEUE_NANO_FIELD_NUMBER: _ClassVar[int]
    completion_nano: int
    prompt_nano: int
    queue_nano: int
    def __init__(self, queue_nano: _Optional[int] = ..., prompt_nano: _Optional[int] = ..., completion_nano: _Optional[int] = ...) -> None: ...

class TokenIds(_message.Message):
    __slots__ = ["ids"]
    IDS_FIELD_NUMBER: _ClassVar[int]
    ids: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, ids: _Optional[_Iterable[int]] = ...) -> None: ...

class TokenLogprobs(_message.Message):
    __slots__ = ["chosen", "top"]
    CHOSEN_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    chosen: Logprob
    top: _containers.RepeatedCompositeFieldContainer[Logprob]
    def __init__(self, chosen: _Optional[_Union[Logprob, _Mapping]] = ..., top: _Optional[_Iterable[_Union[Logprob, _Mapping]]] = ...) -> None: ...

class Tool(_message.Message):
    __slots__ = ["description", "name", "parameters", "strict"]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PARAMETERS_FIELD_NUMBER: _ClassVar[int]
    STRICT_FIELD_NUMBER: _ClassVar[int]
    description: str
    name: str
    parameters: str
    strict: bool
    def __init__(self, name: _Optional[str] = ..., description: _Optional[str] = ..., parameters: _Optional[str] = ..., strict: bool = ...) -> None: ...

class ToolCall(_message.Message):
    __slots__ = ["arguments", "id", "name"]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    arguments: str
    id: str
    name: str
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., arguments: _Optional[str] = ...) -> None: ...

class ToolCallDelta(_message.Message):
    __slots__ = ["arguments", "id", "index", "name"]
    ARGUMENTS_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    arguments: str
    id: str
    index: int
    name: str
    def __init__(self, index: _Optional[int] = ..., id: _Optional[str] = ..., name: _Optional[str] = ..., arguments: _Optional[str] = ...) -> None: ...

class ToolChoice(_message.Message):
    __slots__ = ["mode", "name"]
    MODE_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    mode: ToolChoiceMode
    name: str
    def __init__(self, mode: _Optional[_Union[ToolChoiceMode, str]] = ..., name: _Optional[str] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ["cached_tokens", "completion_tokens", "prompt_tokens", "reasoning_tokens", "source"]
    CACHED_TOKENS_FIELD_NUMBER: _ClassVar[int]
    COMPLETION_TOKENS_FIELD_NUMBER: _ClassVar[int]
    PROMPT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    REASONING_TOKENS_FIELD_NUMBER: _ClassVar[int]
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    cached_tokens: int
    completion_tokens: int
    prompt_tokens: int
    reasoning_tokens: int
    source: UsageSource
    def __init__(self, prompt_tokens: _Optional[int] = ..., completion_tokens: _Optional[int] = ..., cached_tokens: _Optional[int] = ..., reasoning_tokens: _Optional[int] = ..., source: _Optional[_Union[UsageSource, str]] = ...) -> None: ...

class ToolChoiceMode(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Reasoning(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ReasoningEffort(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class FinishReason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class UsageSource(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class ModelState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class Durability(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []

class LogOrder(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = []
