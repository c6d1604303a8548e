using System.Collections.Frozen;
using System.Text;

namespace Muxi.Llm;

/// <summary>What one of a provider's codes or types stands for.</summary>
/// <param name="Kind">The kind of the error.</param>
/// <param name="Status">The status it would have as a reply of its own; for errors inside a 200.</param>
/// <param name="Certain">False for words so general that the HTTP status, where there is one, says more.</param>
internal readonly record struct CodeMeaning(ErrorKind Kind, int Status, bool Certain = true);

/// <summary>The machine-readable words of all providers in one vocabulary.</summary>
/// <remarks>
/// Words are compared without case, punctuation and the endings Error and Exception, so that <c>rate_limit_error</c>,
/// <c>RateLimitError</c> and <c>RATE_LIMIT</c> are one.
/// </remarks>
internal static class ErrorCodes
{
    private static readonly FrozenDictionary<string, CodeMeaning> Meanings = Build();

    internal static CodeMeaning? Read(string word) => Meanings.TryGetValue(Normalize(word), out var meaning) ? meaning : null;

    /// <summary>Whether a word says that there is no such model.</summary>
    internal static bool IsMissingModel(string word) => Normalize(word) is "modelnotfound" or "deploymentnotfound" or "unknownmodel" or "modelnotexist" or "modelnotavailable" or "nosuchmodel";

    /// <summary>The word without case, punctuation, and ending; of a path or a URL only its last or first part, as AWS writes them.</summary>
    internal static string Normalize(string word)
    {
        var span = word.AsSpan();
        if (span.LastIndexOf('#') is >= 0 and var hash) span = span[(hash + 1)..];
        var bare = new StringBuilder(Math.Min(span.Length, 80));
        foreach (var c in span)
        {
            if (bare.Length == 80) break;
            if (char.IsAsciiLetterOrDigit(c)) bare.Append(char.ToLowerInvariant(c));
        }
        var text = bare.ToString();
        foreach (var ending in (ReadOnlySpan<string>)["exception", "error"])
            if (text.Length > ending.Length && text.EndsWith(ending, StringComparison.Ordinal)) text = text[..^ending.Length];
        return text;
    }

    private static FrozenDictionary<string, CodeMeaning> Build()
    {
        var all = new Dictionary<string, CodeMeaning>(StringComparer.Ordinal);
        Add(ErrorKind.Quota, 429, "insufficient_quota quota_exceeded credit_balance_exhausted enforced_spend_limit_reached spend_limit_reached budget_exceeded");
        Add(ErrorKind.Quota, 402, "billing_error billing_hard_limit_reached billing_not_active billing_disabled payment_required insufficient_credits insufficient_funds insufficient_balance credit_balance_too_low arrearage");
        Add(ErrorKind.ContextLength, 400, "context_length_exceeded too_many_tokens too_many_prompt_tokens model_context_window_exceeded context_window_exceeded exceed_context_size prompt_too_long");
        Add(ErrorKind.ContentFilter, 400, "content_filter content_filtered content_policy_violation content_policy responsible_ai_policy_violation moderation_blocked guardrail_intervened data_inspection_failed sensitive_words_detected");
        Add(ErrorKind.Authentication, 401, "authentication auth invalid_authentication unauthenticated unauthorized invalid_api_key api_key_invalid incorrect_api_key missing_api_key no_api_key wrong_api_key credentials_missing access_token_expired access_token_type_unsupported token_expired expired_token invalid_token unrecognized_client invalid_signature signature_does_not_match missing_authentication_token incomplete_signature invalid_client_token_id");
        Add(ErrorKind.Permission, 403, "permission permission_denied access_denied forbidden country_region_territory_not_supported unsupported_country_region_territory");
        Add(ErrorKind.NotFound, 404, "not_found model_not_found unknown_model invalid_model model_not_exist model_not_available resource_not_found deployment_not_found no_such_model");
        Add(ErrorKind.Conflict, 409, "conflict already_exists aborted");
        Add(ErrorKind.TooLarge, 413, "request_too_large payload_too_large request_entity_too_large content_too_large");
        Add(ErrorKind.Unprocessable, 422, "unprocessable_entity");
        Add(ErrorKind.RateLimit, 429, "rate_limit rate_limit_exceeded rate_limit_reached rate_limited rate_limit_exceeded_error too_many_requests throttling throttled resource_exhausted dynamic_request_limited dynamic_token_limited service_tier_capacity_exceeded");
        Add(ErrorKind.Overloaded, 529, "overloaded engine_overloaded server_overloaded model_overloaded capacity_exceeded model_not_ready");
        Add(ErrorKind.Overloaded, 503, "service_unavailable unavailable");
        Add(ErrorKind.Timeout, 504, "timeout gateway_timeout deadline_exceeded request_timeout");
        Add(ErrorKind.Timeout, 408, "model_timeout");
        Guess(ErrorKind.BadRequest, 400, "invalid_request bad_request invalid_argument failed_precondition out_of_range validation invalid_prompt invalid_value missing_required_parameter unknown_parameter unsupported_parameter unsupported_value invalid_type malformed_request image_generation_user tool_use_failed invalid_image");
        Guess(ErrorKind.Server, 500, "server internal internal_server api unknown service model_stream model generation incomplete_generation incomplete_generation_stream api_connection");
        Guess(ErrorKind.Server, 424, "failed_dependency");
        return all.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(ErrorKind kind, int status, string words) => Put(words, new CodeMeaning(kind, status));
        void Guess(ErrorKind kind, int status, string words) => Put(words, new CodeMeaning(kind, status, Certain: false));
        void Put(string words, CodeMeaning meaning)
        {
            foreach (var word in words.Split(' ')) all[Normalize(word)] = meaning;
        }
    }
}
