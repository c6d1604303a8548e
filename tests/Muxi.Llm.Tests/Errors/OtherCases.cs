namespace Muxi.Llm.Tests;

/// <summary>More vendors, servers and gateways, and bodies that nobody documents.</summary>
internal static class OtherCases
{
    internal static readonly ErrorCase[] All =
    [
        // Fireworks
        new("fireworks error string", 400, """{"error":"The prompt is too long: 9000, model maximum context length: 8191"}""", ErrorKind.ContextLength),
        new("fireworks error object", 404, """{"error":{"object":"error","type":"invalid_request_error","code":"NOT_FOUND","param":null,"message":"Model not found, inaccessible, and/or not deployed"}}""", ErrorKind.NotFound) { Type = "invalid_request_error", Code = "NOT_FOUND" },
        new("fireworks old edge", 401, """{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}""", ErrorKind.Authentication) { Code = "oauth.v2.InvalidApiKey", Says = "Invalid ApiKey" },
        new("fireworks suspended", 412, """{"error":"Account x is suspended"}""", ErrorKind.Permission),
        new("fireworks suspended for money", 412, """{"error":"Account x is suspended, possibly due to reaching the monthly spending limit"}""", ErrorKind.Quota),
        new("fireworks timeout", 408, """{"error":{"message":"Took too long"}}""", ErrorKind.Timeout),
        new("fireworks method", 405, """{"error":"Method not allowed here at all"}""", ErrorKind.BadRequest),
        // Perplexity
        new("perplexity wrong key", 401, """{"error":{"message":"Invalid API key provided.","type":"invalid_api_key","code":401}}""", ErrorKind.Authentication) { Type = "invalid_api_key", Code = "401" },
        new("perplexity context", 400, """{"error":{"message":"The total length of all messages is too long.","type":"too_many_prompt_tokens","code":400}}""", ErrorKind.ContextLength) { Type = "too_many_prompt_tokens", Code = "400" },
        // Cohere
        new("cohere wrong key", 401, """{"id":"i","message":"Incorrect API key provided: ***"}""", ErrorKind.Authentication) { Says = "Incorrect API key provided: ***" },
        new("cohere context", 400, """{"error_type":"TOO_MANY_TOKENS","id":"i","message":"too many tokens: size limit exceeded by 25836 tokens."}""", ErrorKind.ContextLength) { Type = "TOO_MANY_TOKENS" },
        new("cohere rate limit, unix reset", 429, """{"id":"i","message":"You are past the trial's calls"}""", ErrorKind.RateLimit) { Headers = "x-ratelimit-reset: 1787150085", RetryAfter = 45 },
        new("cohere invalid token", 498, """{"message":"invalid token"}""", ErrorKind.Authentication),
        new("cohere client closed", 499, """{"message":"request cancelled"}""", ErrorKind.Server),
        new("cohere end of a stream", 200, """{"type":"message-end","delta":{"finish_reason":"ERROR","usage":{},"error":"your request resulted in an invalid tool generation","error_type":"INVALID_TOOL_GENERATION"}}""", ErrorKind.Server)
            { Type = "INVALID_TOOL_GENERATION", Shown = 500, Says = "your request resulted in an invalid tool generation" },
        new("cohere not implemented", 501, """{"message":"not here"}""", ErrorKind.Server),
        // Hugging Face
        new("tgi validation", 422, """{"error":"Input validation error: temperature must be strictly positive","error_type":"validation"}""", ErrorKind.Unprocessable) { Type = "validation" },
        new("tgi context", 422, """{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000","error_type":"validation"}""", ErrorKind.ContextLength) { Type = "validation" },
        new("tgi overloaded", 429, """{"error":"Model is overloaded","error_type":"overloaded"}""", ErrorKind.Overloaded) { Type = "overloaded" },
        new("tgi generation", 424, """{"error":"Request failed during generation: x","error_type":"generation"}""", ErrorKind.Server) { Type = "generation" },
        new("tgi in a stream", 200, """{"error":"Request failed during generation: x","error_type":"incomplete_generation"}""", ErrorKind.Server) { Type = "incomplete_generation", Shown = 500 },
        new("hugging face loading", 503, """{"error":"Model x is currently loading","estimated_time":20.0}""", ErrorKind.Overloaded) { RetryAfter = 20 },
        new("hugging face list of strings", 400, """{"error":["Error in `inputs`: too short","Error in `x`: no"],"warnings":[]}""", ErrorKind.BadRequest) { Says = "Error in `inputs`: too short" },
        // Ollama
        new("ollama unknown model", 404, """{"error":"model 'x' not found"}""", ErrorKind.NotFound),
        new("ollama line in a stream", 200, """{"error":"an error was encountered while running the model"}""", ErrorKind.Server) { Shown = 500 },
        new("ollama cloud sign-in", 401, """{"error":"unauthorized","signin_url":"https://example.com"}""", ErrorKind.Authentication),
        new("ollama v1 wrong key under a general type", 401, """{"error":{"message":"Unauthorized","type":"api_error","param":null,"code":null}}""", ErrorKind.Authentication) { Type = "api_error", Says = "HTTP 401 (Unauthorized)" },
        new("ollama context", 400, """{"error":{"message":"prompt too long; exceeded max context length by 1119046 tokens (ref: 1)","type":"invalid_request_error","param":null,"code":null}}""", ErrorKind.ContextLength) { Type = "invalid_request_error" },
        // Bedrock
        new("bedrock wrong key", 403, """{"message":"The security token included in the request is invalid."}""", ErrorKind.Authentication) { Type = "UnrecognizedClientException", RequestId = "amz-1", Headers = "x-amzn-errortype: UnrecognizedClientException:http://internal.amazon.com/coral/\nx-amzn-requestid: amz-1" },
        new("bedrock wrong key without the header", 403, """{"Message":"The security token included in the request is expired"}""", ErrorKind.Authentication),
        new("bedrock no access", 403, """{"message":"You don't have access to the model with the specified model ID."}""", ErrorKind.Permission) { Type = "AccessDeniedException", Headers = "x-amzn-errortype: AccessDeniedException:http://internal.amazon.com/coral/" },
        new("bedrock context", 400, """{"message":"The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length."}""", ErrorKind.ContextLength) { Type = "ValidationException", Headers = "x-amzn-errortype: ValidationException" },
        new("bedrock context of Claude", 400, """{"message":"Input is too long for requested model."}""", ErrorKind.ContextLength) { Type = "ValidationException", Headers = "x-amzn-errortype: ValidationException" },
        new("bedrock context in bytes", 400, """{"message":"The model returned the following errors: too many total text bytes: 11111111 > 9000000"}""", ErrorKind.ContextLength) { Type = "ValidationException", Headers = "x-amzn-errortype: ValidationException" },
        new("bedrock unknown model", 400, """{"message":"The provided model identifier is invalid."}""", ErrorKind.NotFound) { Type = "ValidationException", Headers = "x-amzn-errortype: ValidationException:http://x/" },
        new("bedrock throttled in the body", 400, """{"__type":"com.amazon.coral.availability#ThrottlingException","Message":"Rate exceeded"}""", ErrorKind.RateLimit) { Type = "ThrottlingException" },
        new("bedrock too many tokens is a rate limit", 429, """{"message":"Too many tokens, please wait before trying again."}""", ErrorKind.RateLimit) { Type = "ThrottlingException", Headers = "x-amzn-errortype: ThrottlingException" },
        new("bedrock not ready", 429, """{"message":"Model is not ready for inference. Wait."}""", ErrorKind.Overloaded) { Type = "ModelNotReadyException", Headers = "x-amzn-errortype: ModelNotReadyException" },
        new("bedrock model timeout", 408, """{"message":"Model took too long"}""", ErrorKind.Timeout) { Type = "ModelTimeoutException", Headers = "x-amzn-errortype: ModelTimeoutException" },
        new("bedrock throttled in a stream", 200, """{"message":"Too many requests"}""", ErrorKind.RateLimit) { Type = "throttlingException", Headers = ":exception-type: throttlingException", Shown = 429 },
        new("bedrock validation in a stream", 200, """{"message":"No such thing"}""", ErrorKind.BadRequest) { Type = "validationException", Headers = ":exception-type: validationException", Shown = 400 },
        new("bedrock model error in a stream", 200, """{"message":"It stopped"}""", ErrorKind.Server) { Type = "modelStreamErrorException", Headers = ":exception-type: modelStreamErrorException", Shown = 500 },
        new("bedrock unavailable in a stream", 200, """{"message":"Later"}""", ErrorKind.Overloaded) { Type = "serviceUnavailableException", Headers = ":exception-type: serviceUnavailableException", Shown = 503 },
        new("bedrock error frame without a body", 200, "", ErrorKind.Server) { Type = "InternalFailure", Headers = ":error-code: InternalFailure\n:error-message: It fell over", Shown = 502, Says = "It fell over" },
        // Others
        new("xai wrong key", 400, """{"code":"invalid-argument","error":"Incorrect API key provided. You can obtain one."}""", ErrorKind.Authentication) { Code = "invalid-argument" },
        new("xai no credit", 403, """{"code":"The caller does not have permission","error":"Your team has either used all available credits or reached its monthly spending limit."}""", ErrorKind.Quota) { Code = "The caller does not have permission" },
        new("xai error string", 400, """{"error":"voice is unknown"}""", ErrorKind.BadRequest),
        new("deepseek wrong key", 401, """{"error":{"message":"Authentication Fails, Your api key: ****-key is invalid","type":"authentication_error","param":null,"code":"invalid_request_error"}}""", ErrorKind.Authentication) { Type = "authentication_error", Code = "invalid_request_error" },
        new("deepseek no balance", 402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""", ErrorKind.Quota) { Type = "unknown_error", Code = "invalid_request_error" },
        new("deepseek json as an octet stream", 400, """{"error":{"message":"This model's maximum context length is 1048565 tokens. However, you requested 2000000.","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}""", ErrorKind.ContextLength) { Type = "invalid_request_error", Code = "invalid_request_error", Headers = "content-type: application/octet-stream" },
        new("voyage unknown model", 400, """{"detail":"Model nonexistent is not supported. Supported models are ['a']."}""", ErrorKind.NotFound),
        new("cerebras flat", 401, """{"message":"Wrong API Key","type":"invalid_request_error","param":"api_key","code":"wrong_api_key"}""", ErrorKind.Authentication) { Type = "invalid_request_error", Param = "api_key", Code = "wrong_api_key" },
        new("vllm numeric code", 400, """{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}""", ErrorKind.ContextLength) { Type = "BadRequestError", Code = "400" },
        new("llama.cpp context as a 500", 500, """{"error":{"code":500,"message":"the request exceeds the available context size, try increasing it","type":"server_error"}}""", ErrorKind.ContextLength) { Code = "500", Type = "server_error" },
        new("cloudflare list", 401, """{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"result":null,"messages":[]}""", ErrorKind.Authentication) { Code = "10000", Says = "Authentication error" },
        new("portkey", 400, """{"status":"failure","message":"Either x-portkey-config or x-portkey-provider header is required"}""", ErrorKind.BadRequest) { Says = "Either x-portkey-config or x-portkey-provider header is required" },
        new("status and message inside detail", 401, """{"detail":{"status":"quota_exceeded","message":"This request exceeds your quota of 10."}}""", ErrorKind.Quota) { Type = "quota_exceeded" },
        // Gateways
        new("openrouter wrong key", 401, """{"error":{"message":"Missing Authentication header","code":401}}""", ErrorKind.Authentication) { Code = "401" },
        new("openrouter rate limit, headers in the body", 429, """{"error":{"message":"Rate limit exceeded: limit_rpm/x.","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"1","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1787150060000"},"provider_name":null}},"user_id":"u"}""", ErrorKind.RateLimit) { Code = "429", RetryAfter = 20 },
        new("openrouter raw upstream body", 400, """{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"This endpoint's maximum context length is 8 tokens.\",\"type\":\"invalid_request_error\",\"code\":\"context_length_exceeded\"}}","provider_name":"X"}}}""", ErrorKind.ContextLength)
            { Code = "context_length_exceeded", Type = "invalid_request_error", Says = "This endpoint's maximum context length is 8 tokens." },
        new("openrouter raw upstream text", 429, """{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"x is temporarily rate-limited upstream. Please retry shortly.","provider_name":"X"}}}""", ErrorKind.RateLimit) { Code = "429", Says = "x is temporarily rate-limited upstream. Please retry shortly." },
        new("openrouter raw upstream word", 502, """{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"ERROR","provider_name":"X"}}}""", ErrorKind.Server) { Code = "502", Says = "Provider returned error" },
        new("openrouter previous errors", 400, """{"error":{"message":"This endpoint's maximum context length is 8 tokens.","code":400,"metadata":{"previous_errors":[{"code":429,"message":"rate limit exceeded"}]}}}""", ErrorKind.ContextLength) { Code = "400" },
        new("openrouter json text as message", 200, """{"error":{"message":"{\n  \"error\": {\n    \"code\": 429,\n    \"message\": \"Resource has been exhausted (e.g. check quota).\",\n    \"status\": \"RESOURCE_EXHAUSTED\"\n  }\n}\n","code":429}}""", ErrorKind.RateLimit)
            { Code = "429", Type = "RESOURCE_EXHAUSTED", Shown = 429, Says = "Resource has been exhausted (e.g. check quota)." },
        new("openrouter error with null choices", 200, """{"id":null,"choices":null,"error":{"message":"No endpoints found","code":404}}""", ErrorKind.NotFound) { Code = "404", Shown = 404 },
        new("openrouter null choices alone", 200, """{"id":"g","object":"chat.completion","choices":null}""", ErrorKind.Server) { Shown = 502, Says = "the reply has no choices" },
        new("openrouter chunk in a stream", 200, """{"id":"g","object":"chat.completion.chunk","error":{"code":"server_error","message":"Provider disconnected"},"choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}]}""", ErrorKind.Server) { Code = "server_error", Shown = 500, Says = "Provider disconnected" },
        new("finish reason error alone", 200, """{"id":"g","choices":[{"index":0,"delta":{},"finish_reason":"error"}]}""", ErrorKind.Server) { Shown = 502, Says = "the reply ended with finish_reason \"error\"" },
        new("openrouter error in a choice", 200, """{"id":"g","choices":[{"error":{"code":502,"message":"Upstream gone"},"finish_reason":"error"}]}""", ErrorKind.Server) { Code = "502", Shown = 502, Says = "Upstream gone" },
        new("openrouter flagged input", 403, """{"error":{"message":"The model requires moderation and your input was flagged","code":403,"metadata":{"reasons":["x"],"flagged_input":"y"}}}""", ErrorKind.ContentFilter) { Code = "403" },
        new("litellm content policy", 400, """{"error":{"message":"litellm.ContentPolicyViolationError: Denied","type":null,"param":null,"code":"400","provider_specific_fields":{}}}""", ErrorKind.ContentFilter) { Code = "400", Says = "Denied" },
        new("litellm around an upstream body", 429, """{"error":{"message":"litellm.RateLimitError: RateLimitError: OpenAIException - {\"error\":{\"message\":\"Slow down\",\"code\":\"rate_limit_exceeded\"}}","type":"throttling_error","param":null,"code":"429"}}""", ErrorKind.RateLimit) { Code = "rate_limit_exceeded", Type = "throttling_error", Says = "Slow down" },
        new("litellm auth under a 500", 500, """{"error":{"message":"litellm.AuthenticationError: AuthenticationError: OpenAIException - wrong","type":null,"param":null,"code":"500"}}""", ErrorKind.Authentication) { Code = "500", Says = "wrong" },
        new("a proxy's 500 around an upstream's 400", 500, """{"error":{"message":"bad temperature","code":400}}""", ErrorKind.BadRequest) { Code = "400" },
        // OpenAI's streams
        new("responses failed", 200, """{"type":"response.failed","response":{"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error","message":"It broke"},"metadata":{"raw":"my own words"}}}""", ErrorKind.Server) { Code = "server_error", Shown = 500, Says = "It broke" },
        new("responses error event", 200, """{"type":"error","sequence_number":2,"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"You exceeded your current quota","param":null}}""", ErrorKind.Quota) { Type = "insufficient_quota", Code = "insufficient_quota", Shown = 429 },
        new("responses flat error event", 200, """{"type":"error","code":"rate_limit_exceeded","message":"Slow","param":null,"sequence_number":1}""", ErrorKind.RateLimit) { Code = "rate_limit_exceeded", Shown = 429 },
        new("an event as the body of an error status", 400, "event: error\ndata: {\"error\":{\"message\":\"Bad thing\",\"code\":\"x\"}}\n\n", ErrorKind.BadRequest) { Code = "x", Says = "Bad thing" },
        new("words alone in a stream", 200, """{"error":"Too many requests, slow down"}""", ErrorKind.RateLimit) { Shown = 429 },
        new("a context error in a stream", 200, """{"error":"prompt is too long"}""", ErrorKind.ContextLength) { Shown = 400 },
        // Statuses
        new("conflict", 409, """{"error":{"message":"busy"}}""", ErrorKind.Conflict),
        new("gone", 410, """{"error":{"message":"retired"}}""", ErrorKind.NotFound),
        new("redirect", 302, "", ErrorKind.Unknown) { Says = "HTTP 302 (Found) with an empty body" },
    ];
}
