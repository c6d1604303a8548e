namespace Muxi.Llm.Tests;

/// <summary>Services of different temper that speak OpenAI's chat, each after its own reference (2026-11).</summary>
internal static class ShapedServices
{
    /// <summary>Those that call no tools.</summary>
    public static IEnumerable<KeyValuePair<string, WireModel>> Toolless => [KeyValuePair.Create<string, WireModel>("openai-chat at perplexity", new ShapedWireModel("perplexity/sonar-pro", new()
    {
        Members = ["max_tokens", "response_format", "search_mode", "web_search_options", "reasoning_effort"], Formats = ["text", "json_schema"], Usage = UsagePlace.EveryChunk, HasTools = false, Alternates = true,
    }))];

    public static IEnumerable<KeyValuePair<string, WireModel>> All => _all.Select(one => KeyValuePair.Create<string, WireModel>($"openai-chat at {one.Name.Split('/')[0]}", new ShapedWireModel(one.Name, one.Shape)));

    private static readonly (string Name, Shape Shape)[] _all =
    [
        ("groq/llama-3.3-70b-versatile", new()
        {
            Members = ["max_completion_tokens", "max_tokens", "response_format", "stream_options", "parallel_tool_calls", "reasoning_effort", "reasoning_format", "include_reasoning"],
            AnswerMembers = ["reasoning"], Thinking = "reasoning", Calls = CallPieces.Whole, Usage = UsagePlace.XGroq, Formats = ["text", "json_object"],
        }),
        ("mistral/mistral-large-latest", new()
        {
            // It answers 422 to a member that it does not know, stream_options among them, and 400 to other ids.
            Members = ["max_tokens", "response_format", "parallel_tool_calls", "random_seed", "prompt_mode", "reasoning_effort"],
            AnswerMembers = ["prefix"], Choices = new() { ["none"] = "none", ["auto"] = "auto", ["any"] = "required", ["required"] = "required" }, CallIds = "^[a-zA-Z0-9]{9}$",
            Calls = CallPieces.WholeWithoutIndex, Usage = UsagePlace.LastChunk,
        }),
        ("azure/our-deployment", new()
        {
            Members = ["max_completion_tokens", "max_tokens", "response_format", "stream_options", "parallel_tool_calls"], AnswerMembers = ["refusal"],
            Opening = "data: {\"choices\":[],\"created\":0,\"id\":\"\",\"model\":\"\",\"object\":\"\",\"prompt_filter_results\":[{\"prompt_index\":0,\"content_filter_results\":{\"hate\":{\"filtered\":false,\"severity\":\"safe\"}}}]}\n\n",
        }),
        ("deepseek/deepseek-chat", new()
        {
            Members = ["max_tokens", "response_format", "stream_options", "thinking", "reasoning_effort"], Formats = ["text", "json_object"], StrictTools = false,
            AnswerMembers = ["reasoning_content"], Thinking = "reasoning_content", Usage = UsagePlace.LastChunk, Opening = ": keep-alive\n\n",
        }),
        ("xai/grok-4", new()
        {
            StrictTools = false, Thinking = "reasoning_content", Calls = CallPieces.Whole, Members = ["max_tokens", "max_completion_tokens", "response_format", "stream_options", "parallel_tool_calls"], Usage = UsagePlace.EveryChunk,
            Ends = new() { ["tool_calls"] = "" },
        }),
        ("openrouter/qwen/qwen3-max", new()
        {
            Members = ["max_tokens", "response_format", "stream_options", "parallel_tool_calls", "usage", "reasoning", "provider"],
            AnswerMembers = ["reasoning", "refusal"], Thinking = "reasoning", Opening = ": OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n",
        }),
        // It ignores what its OpenAPI document does not name, and refuses what it names and is of another type (422).
        ("tgi/tgi", new()
        {
            Members = ["max_tokens", "response_format", "stream_options"], Formats = ["json", "regex"], SchemaType = "json", StrictTools = false, Ends = new() { ["tool_calls"] = "stop" },
        }),
        ("huggingface/meta-llama/Llama-3.1-8B-Instruct:fastest", new() { Thinking = "reasoning", Members = ["max_tokens", "response_format", "stream_options", "parallel_tool_calls", "reasoning_effort"] }),
        ("together/Qwen/Qwen3-235B", new() { Ends = new() { ["stop"] = "eos" }, Calls = CallPieces.Repeated, Usage = UsagePlace.LastChunk, Thinking = "reasoning" }),
        ("fireworks/kimi-k2", new() { Thinking = "reasoning_content", AnswerMembers = ["reasoning_content"], Usage = UsagePlace.LastChunk, Choices = new() { ["none"] = "none", ["auto"] = "auto", ["any"] = "required", ["required"] = "required" } }),
        ("moonshot/kimi-k2-thinking", new()
        {
            Members = ["max_completion_tokens", "response_format", "stream_options", "thinking", "parallel_tool_calls"], Choices = new() { ["none"] = "none", ["auto"] = "auto" }, NamesTools = false,
            AnswerMembers = ["reasoning_content", "partial"], Thinking = "reasoning_content", ThinkingRequired = true, Usage = UsagePlace.Answer,
        }),
    ];
}
