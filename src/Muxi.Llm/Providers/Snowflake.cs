using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    private const string SnowflakeTokenType = "X-Snowflake-Authorization-Token-Type";

    /// <summary>
    /// Snowflake Cortex. Tools and schemas are for Claude's and OpenAI's models, as its reference says; Claude's thinking is asked for by <c>reasoning</c> and comes with its
    /// signature. A token says by itself of which kind it is, but for those of which the variable says it.
    /// </summary>
    public static Provider Snowflake { get; } = new("snowflake", "https://{account}.snowflakecomputing.com/api/v2/cortex/v1",
        Auth.Bearer("SNOWFLAKE_TOKEN") with
        {
            Alternative = Auth.Bearer("SNOWFLAKE_CORTEX_PAT", "SNOWFLAKE_PAT") with
            {
                Headers = new Dictionary<string, string> { [SnowflakeTokenType] = "PROGRAMMATIC_ACCESS_TOKEN" }.ToImmutableDictionary(),
                Alternative = Auth.Bearer("SNOWFLAKE_JWT") with { Headers = new Dictionary<string, string> { [SnowflakeTokenType] = "KEYPAIR_JWT" }.ToImmutableDictionary() },
            },
        })
    {
        DisplayName = "Snowflake Cortex",
        UrlParts = [new("account", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_ACCOUNT_ID", "SNOWFLAKE_ACCOUNT_IDENTIFIER") { Prefix = "https://", Suffix = ".snowflakecomputing.com" }],
        Hosts = ["*.snowflakecomputing.com"],
        Chat = new OpenAIChat { MaxTokensField = "max_completion_tokens", Tools = false, ResponseFormats = ["text"], EffortField = null }
            .For("claude-*", d => d with
            {
                Tools = true, StrictTools = false, ResponseFormats = ["text", "json_schema"], ReasoningDetails = "reasoning_details", EffortField = "reasoning.effort",
                Efforts = new Dictionary<string, string> { ["minimal"] = "low", ["xhigh"] = "high", ["max"] = "high" }.ToImmutableDictionary(),
            })
            .For("openai-*", d => d with { Tools = true, StrictTools = false, ResponseFormats = [], EffortField = "reasoning_effort" }),
        Models = null,
        Documentation = "https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api",
        Evidence = Evidence.Recorded,
    };
}
