namespace Muxi.Llm.Tests;

/// <summary>The documented error shapes of the vendors, each written by hand after its documentation.</summary>
internal static class VendorCases
{
    internal static readonly ErrorCase[] All =
    [
        // OpenAI
        new("openai wrong key", 401, """{"error":{"message":"Incorrect API key provided: sk-no****here. You can find your API key at https://example.com.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", ErrorKind.Authentication)
            { Headers = "x-request-id: req_1\ncf-ray: 8f-FRA", Code = "invalid_api_key", Type = "invalid_request_error", RequestId = "req_1", Says = "Incorrect API key provided: sk-no****here. You can find your API key at https://example.com." },
        new("openai unknown model", 404, """{"error":{"code":"model_not_found","message":"The model `x` does not exist or you do not have access to it.","param":null,"type":"invalid_request_error"}}""", ErrorKind.NotFound)
            { Code = "model_not_found", Type = "invalid_request_error" },
        new("openai unknown model as a 400", 400, """{"error":{"message":"The requested model 'x' does not exist.","type":"invalid_request_error","param":"model","code":"model_not_found"}}""", ErrorKind.NotFound)
            { Code = "model_not_found", Type = "invalid_request_error", Param = "model" },
        new("openai image model unknown under a general code", 400, """{"error":{"code":"invalid_value","message":"The model 'x' does not exist.","param":"model","type":"image_generation_user_error"}}""", ErrorKind.NotFound)
            { Code = "invalid_value", Type = "image_generation_user_error", Param = "model" },
        new("openai context by code", 400, """{"error":{"message":"Your input exceeds the context window of this model.","type":"invalid_request_error","param":"input","code":"context_length_exceeded"}}""", ErrorKind.ContextLength)
            { Code = "context_length_exceeded", Type = "invalid_request_error", Param = "input" },
        new("openai one string too long is not the context", 400, """{"error":{"message":"Invalid 'input': string too long. Expected a string with maximum length 10, it exceeds the context window check.","type":"invalid_request_error","param":"input","code":"string_above_max_length"}}""", ErrorKind.BadRequest)
            { Code = "string_above_max_length", Type = "invalid_request_error", Param = "input" },
        new("openai bad image", 400, """{"error":{"message":"Invalid image file","type":"image_generation_user_error","param":"image","code":"invalid_image_file"}}""", ErrorKind.BadRequest)
            { Code = "invalid_image_file", Type = "image_generation_user_error", Param = "image" },
        new("openai rate limit that advertises billing", 429, """{"error":{"message":"Rate limit reached for gpt-x in organization org-1 on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 7.66s. You can increase your rate limit by adding a payment method at https://example.com/billing.","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", ErrorKind.RateLimit)
            { Code = "rate_limit_exceeded", Type = "requests", RetryAfter = 7.66, Headers = "x-ratelimit-remaining-requests: 0\nx-ratelimit-reset-requests: 20s\nx-ratelimit-remaining-tokens: 9\nx-ratelimit-reset-tokens: 6m0s" },
        new("openai spent quota", 429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", ErrorKind.Quota)
            { Code = "insufficient_quota", Type = "insufficient_quota" },
        new("openai spent credit", 429, """{"error":{"message":"No credit left.","type":"requests","param":null,"code":"credit_balance_exhausted"}}""", ErrorKind.Quota)
            { Code = "credit_balance_exhausted", Type = "requests" },
        new("openai spent quota without a code", 429, """{"error":{"message":"You exceeded your current quota, please check your plan and billing details."}}""", ErrorKind.Quota),
        new("openai usage policy", 400, """{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}""", ErrorKind.ContentFilter)
            { Code = "invalid_prompt", Type = "invalid_request_error" },
        new("openai image policy", 400, """{"error":{"code":"content_policy_violation","message":"Your request was rejected as a result of our safety system.","param":null,"type":"invalid_request_error"}}""", ErrorKind.ContentFilter)
            { Code = "content_policy_violation", Type = "invalid_request_error" },
        new("openai moderation blocked", 400, """{"error":{"code":"moderation_blocked","message":"No.","param":null,"type":"image_generation_user_error"}}""", ErrorKind.ContentFilter)
            { Code = "moderation_blocked", Type = "image_generation_user_error" },
        new("openai should retry", 500, """{"error":{"message":"The server had an error.","type":"server_error","param":null,"code":null}}""", ErrorKind.Server)
            { Headers = "x-should-retry: false", ShouldRetry = false, Type = "server_error" },
        new("openai param of any json", 400, """{"error":{"message":"Bad","type":"invalid_request_error","param":["a",1],"code":7}}""", ErrorKind.BadRequest)
            { Type = "invalid_request_error", Param = "[\"a\",1]", Code = "7" },
        // Azure
        new("azure wrong key, status as text", 401, """{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}""", ErrorKind.Authentication)
            { Code = "401", Headers = "apim-request-id: a-1", RequestId = "a-1" },
        new("azure rate limit with two waits", 429, """{"error":{"code":"RateLimitReached","message":"Your requests to x have exceeded rate limit.","details":"see the page"}}""", ErrorKind.RateLimit)
            { Code = "RateLimitReached", Headers = "retry-after: 1\nretry-after-ms: 0", RetryAfter = 1 },
        new("azure rate limit in words", 429, """{"error":{"code":"429","message":"Requests have exceeded the limit. Please retry after 20 seconds."}}""", ErrorKind.RateLimit)
            { Code = "429", RetryAfter = 20 },
        new("azure content filter", 400, """{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"}}}}}""", ErrorKind.ContentFilter)
            { Code = "content_filter", Param = "prompt" },
        new("azure content filter by the inner code alone", 400, """{"error":{"message":"Filtered.","code":"BadRequest","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", ErrorKind.ContentFilter)
            { Code = "BadRequest" },
        new("azure content filter in a 200", 200, """{"error":{"message":"The response was filtered.","type":null,"param":"prompt","code":"content_filter","status":400}}""", ErrorKind.ContentFilter)
            { Code = "content_filter", Param = "prompt", Shown = 400 },
        new("azure unknown deployment", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", ErrorKind.NotFound)
            { Code = "DeploymentNotFound" },
        // Anthropic
        new("anthropic wrong key", 401, """{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"},"request_id":"req_9"}""", ErrorKind.Authentication)
            { Type = "authentication_error", RequestId = "req_9", Headers = "x-should-retry: false\ncf-ray: 1", ShouldRetry = false, Says = "invalid x-api-key" },
        new("anthropic unknown model", 404, """{"type":"error","error":{"type":"not_found_error","message":"model: x"},"request_id":"req_9"}""", ErrorKind.NotFound)
            { Type = "not_found_error", RequestId = "req_h", Headers = "request-id: req_h" },
        new("anthropic context", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 3333404 tokens > 200000 maximum"}}""", ErrorKind.ContextLength)
            { Type = "invalid_request_error" },
        new("anthropic context with the answer", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"input length and `max_tokens` exceed context limit: 199999 + 8192 > 200000"}}""", ErrorKind.ContextLength)
            { Type = "invalid_request_error" },
        new("anthropic overloaded", 529, """{"type":"error","error":{"details":null,"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded)
            { Type = "overloaded_error", Says = "HTTP 529 (Overloaded)" },
        new("anthropic overloaded in a stream", 200, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", ErrorKind.Overloaded)
            { Type = "overloaded_error", Shown = 529, Headers = "retry-after: 12\nx-should-retry: true" },
        new("anthropic api error in a stream", 200, """{"type":"error","error":{"type":"api_error","message":"Internal server error"}}""", ErrorKind.Server)
            { Type = "api_error", Shown = 500 },
        new("anthropic timeout in a stream", 200, """{"type":"error","error":{"type":"timeout_error","message":"Took too long"}}""", ErrorKind.Timeout)
            { Type = "timeout_error", Shown = 504 },
        new("anthropic spend limit is no rate limit", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"Spend limit reached","details":{"error_code":"enforced_spend_limit_reached"}}}""", ErrorKind.Quota)
            { Type = "rate_limit_error" },
        new("anthropic rate limit", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed the rate limit for your organization of 30,000 input tokens per minute."}}""", ErrorKind.RateLimit)
            { Type = "rate_limit_error", Headers = "retry-after: 13", RetryAfter = 13 },
        new("anthropic reset headers", 429, """{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}""", ErrorKind.RateLimit)
            { Type = "rate_limit_error", RetryAfter = 11, Headers = "anthropic-ratelimit-requests-remaining: 4\nanthropic-ratelimit-requests-reset: 2026-08-19T14:34:01Z\nanthropic-ratelimit-input-tokens-remaining: 0\nanthropic-ratelimit-input-tokens-reset: 2026-08-19T14:34:11Z" },
        new("anthropic no credit as a 400", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}""", ErrorKind.Quota)
            { Type = "invalid_request_error" },
        new("anthropic billing", 402, """{"type":"error","error":{"type":"billing_error","message":"Pay"}}""", ErrorKind.Quota) { Type = "billing_error" },
        new("anthropic permission", 403, """{"type":"error","error":{"type":"permission_error","message":"Not yours"}}""", ErrorKind.Permission) { Type = "permission_error" },
        new("anthropic too large", 413, """{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}""", ErrorKind.TooLarge) { Type = "request_too_large" },
        new("anthropic output blocked", 400, """{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by content filtering policy"}}""", ErrorKind.ContentFilter) { Type = "invalid_request_error" },
        // Google
        new("google wrong key", 400, """{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"},{"@type":"type.googleapis.com/google.rpc.LocalizedMessage","message":"API key not valid."}]}}""", ErrorKind.Authentication)
            { Code = "400", Type = "INVALID_ARGUMENT", Says = "API key not valid. Please pass a valid API key." },
        new("google no key", 403, """{"error":{"code":403,"message":"Method doesn't allow unregistered callers (callers without established identity).","status":"PERMISSION_DENIED"}}""", ErrorKind.Authentication)
            { Code = "403", Type = "PERMISSION_DENIED" },
        new("google unknown model", 404, """{"error":{"code":404,"message":"models/x is not found for API version v1beta.","status":"NOT_FOUND"}}""", ErrorKind.NotFound) { Code = "404", Type = "NOT_FOUND" },
        new("google rate limit in words", 429, """{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: x, limit: 15\nPlease retry in 48.939935699s.","status":"RESOURCE_EXHAUSTED"}}""", ErrorKind.RateLimit)
            { Code = "429", Type = "RESOURCE_EXHAUSTED", RetryAfter = 48.9399356, Says = "You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: x, limit: 15 Please retry in 48.939935699s." },
        new("google retry info", 429, """{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"PerMinute"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"}]}}""", ErrorKind.RateLimit)
            { Code = "429", Type = "RESOURCE_EXHAUSTED", RetryAfter = 34.4 },
        new("google context", 400, """{"error":{"code":400,"message":"The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}""", ErrorKind.ContextLength) { Code = "400", Type = "INVALID_ARGUMENT" },
        new("google error in an array", 200, """[{"candidates":[]},{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}]""", ErrorKind.Overloaded)
            { Code = "503", Type = "UNAVAILABLE", Shown = 503 },
        new("google error status in an array", 400, """[{"error":{"code":400,"message":"Bad field","status":"INVALID_ARGUMENT"}}]""", ErrorKind.BadRequest) { Code = "400", Type = "INVALID_ARGUMENT" },
        new("google permission", 403, """{"error":{"code":403,"message":"Not allowed","status":"PERMISSION_DENIED"}}""", ErrorKind.Permission) { Code = "403", Type = "PERMISSION_DENIED" },
        new("google internal", 500, """{"error":{"code":500,"message":"Internal","status":"INTERNAL"}}""", ErrorKind.Server) { Code = "500", Type = "INTERNAL" },
        new("google deadline", 504, """{"error":{"code":504,"message":"Deadline expired","status":"DEADLINE_EXCEEDED"}}""", ErrorKind.Timeout) { Code = "504", Type = "DEADLINE_EXCEEDED" },
        new("google billing off", 402, """{"error":{"code":402,"message":"Enable it","status":"FAILED_PRECONDITION"}}""", ErrorKind.Quota) { Code = "402", Type = "FAILED_PRECONDITION" },
        // Mistral
        new("mistral wrong key", 401, """{"detail":"Invalid API Key"}""", ErrorKind.Authentication) { Says = "Invalid API Key" },
        new("mistral flat", 400, """{"object":"error","message":"Invalid model: x","type":"invalid_model","param":null,"code":"1500","raw_status_code":400}""", ErrorKind.NotFound) { Type = "invalid_model", Code = "1500" },
        new("mistral flat, documented", 404, """{"object":"error","message":"No","type":"invalid_request_error","param":"model","code":"unknown_model"}""", ErrorKind.NotFound) { Type = "invalid_request_error", Param = "model", Code = "unknown_model" },
        new("mistral validation list", 422, """{"detail":[{"type":"missing","loc":["body","messages",0,"role"],"msg":"Field required","input":{}},{"type":"extra_forbidden","loc":["body","foo"],"msg":"Extra inputs are not permitted"}]}""", ErrorKind.Unprocessable)
            { Type = "missing", Param = "messages.0.role", Says = "messages.0.role: Field required; foo: Extra inputs are not permitted" },
        new("mistral validation list inside message", 422, """{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","foo"],"msg":"Extra inputs are not permitted"}]},"type":"invalid_request_error","param":null,"code":null}""", ErrorKind.Unprocessable)
            { Type = "extra_forbidden", Param = "foo", Says = "foo: Extra inputs are not permitted" },
        new("mistral capacity under another status", 400, """{"object":"error","message":"Service tier capacity exceeded for this model.","type":"invalid_request_error","param":null,"code":"3505"}""", ErrorKind.RateLimit) { Type = "invalid_request_error", Code = "3505" },
        new("mistral in a stream", 200, """{"object":"error","message":"Rate limit exceeded","type":"rate_limit_error","param":null,"code":"1300"}""", ErrorKind.RateLimit) { Type = "rate_limit_error", Code = "1300", Shown = 429 },
        // Groq
        new("groq unknown model", 404, """{"error":{"code":"model_not_found","message":"The model `x` does not exist or you do not have access to it.","type":"invalid_request_error"}}""", ErrorKind.NotFound) { Code = "model_not_found", Type = "invalid_request_error" },
        new("groq tool failure", 400, """{"error":{"message":"Tool call validation failed: parameters did not match","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{\"name\":\"x\"}"}}""", ErrorKind.BadRequest) { Code = "tool_use_failed", Type = "invalid_request_error" },
        new("groq tool failure in a stream", 200, """{"error":{"message":"Tool call validation failed","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"","status_code":400}}""", ErrorKind.BadRequest) { Code = "tool_use_failed", Type = "invalid_request_error", Shown = 400 },
        new("groq tokens per minute", 429, """{"error":{"message":"Rate limit reached for model `x` on tokens per minute (TPM): Limit 6000, Used 5800, Requested 500. Please try again in 6m0s.","type":"tokens","code":"rate_limit_exceeded"}}""", ErrorKind.RateLimit)
            { Code = "rate_limit_exceeded", Type = "tokens", Headers = "retry-after: 2", RetryAfter = 2 },
        new("groq above the whole minute", 413, """{"error":{"message":"Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000","type":"tokens","code":"rate_limit_exceeded"}}""", ErrorKind.TooLarge) { Code = "rate_limit_exceeded", Type = "tokens" },
        new("groq flex capacity", 498, """{"error":{"message":"Flex tier has no room","type":"flex","code":"capacity_exceeded"}}""", ErrorKind.Overloaded) { Code = "capacity_exceeded", Type = "flex" },
        // Together
        new("together context as a 403", 403, """{"error":{"message":"Input tokens plus max_tokens must fit the model's context of 8192","type":"invalid_request_error","param":null,"code":null}}""", ErrorKind.ContextLength) { Type = "invalid_request_error" },
        new("together older shape", 500, """{"model":"x","job_id":"j","request_id":"r-7","error":"it broke"}""", ErrorKind.Server) { RequestId = "r-7", Says = "it broke" },
        new("together rate limit as a 400", 400, """{"error":{"message":"slow","type":"invalid_request_error","param":null,"code":"rate_limit"}}""", ErrorKind.RateLimit) { Code = "rate_limit", Type = "invalid_request_error" },
        new("together dynamic limit", 429, """{"error":{"message":"slow","type":"x","error_type":"dynamic_token_limited"}}""", ErrorKind.RateLimit) { Type = "x", Headers = "x-ratelimit-reset: 3", RetryAfter = 3 },
        new("together overloaded", 503, """{"error":{"message":"no room","type":"service_unavailable","param":null,"code":null}}""", ErrorKind.Overloaded) { Type = "service_unavailable" },
    ];
}
