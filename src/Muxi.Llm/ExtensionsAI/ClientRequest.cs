using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>A chat request in the terms of Microsoft.Extensions.AI.</summary>
internal sealed class ClientRequest
{
    /// <summary>The members that have a place of their own there; all others go along under their names.</summary>
    private static readonly FrozenSet<string> _placed = FrozenSet.Create(
        StringComparer.Ordinal,
        "model", "messages", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "response_format", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k",
        "stop", "frequency_penalty", "presence_penalty", "seed", "reasoning_effort");

    private readonly string _format;

    public ClientRequest(ChatCompletionRequest request, ReadOnlyMemory<byte> body, string format)
    {
        (_format, Model, IsStream) = (format, request.Model, request.Stream == true);
        Messages = [.. request.Messages.Select(Of)];
        Options = OptionsOf(request);
        using var json = JsonDocument.Parse(body);
        foreach (var member in json.RootElement.EnumerateObject())
            if (!_placed.Contains(member.Name)) (Options.AdditionalProperties ??= [])[member.Name] = member.Value.Clone();
        if (json.RootElement.TryGetProperty("top_k", out var most) && most.TryGetInt32(out var k)) Options.TopK = k;
    }

    public string Model { get; }

    public bool IsStream { get; }

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions Options { get; }

    /// <summary>The client's own choice has no name there.</summary>
    private static string? NameOf(string model) => model == "default" ? null : model;

    public static EmbeddingGenerationOptions OptionsOf(EmbeddingRequest request)
    {
        var options = new EmbeddingGenerationOptions { ModelId = NameOf(request.Model), Dimensions = request.Dimensions };
        foreach (var name in request.Extra.Names) (options.AdditionalProperties ??= [])[name] = request.Extra[name].ToElement();
        return options;
    }

    private static ChatOptions OptionsOf(ChatCompletionRequest request) => new()
    {
        ModelId = NameOf(request.Model),
        MaxOutputTokens = request.MaxCompletionTokens ?? request.MaxTokens,
        Temperature = (float?)request.Temperature,
        TopP = (float?)request.TopP,
        FrequencyPenalty = (float?)request.FrequencyPenalty,
        PresencePenalty = (float?)request.PresencePenalty,
        Seed = request.Seed,
        StopSequences = request.Stop is { } stop ? [.. stop] : null,
        AllowMultipleToolCalls = request.ParallelToolCalls,
        Tools = request.Tools is { Count: > 0 } tools ? [.. tools.Select(Of)] : null,
        ToolMode = request.ToolChoice is { } choice ? Of(choice) : null,
        ResponseFormat = request.ResponseFormat is { } format ? Of(format) : null,
        Reasoning = request.ReasoningEffort is { } effort ? new() { Effort = Of(effort) } : null,
    };

    private static Microsoft.Extensions.AI.ReasoningEffort Of(ReasoningEffort effort) => effort.Value switch
    {
        "none" => Microsoft.Extensions.AI.ReasoningEffort.None,
        "minimal" or "low" => Microsoft.Extensions.AI.ReasoningEffort.Low,
        "high" => Microsoft.Extensions.AI.ReasoningEffort.High,
        "xhigh" or "max" => Microsoft.Extensions.AI.ReasoningEffort.ExtraHigh,
        _ => Microsoft.Extensions.AI.ReasoningEffort.Medium,
    };

    private static ChatToolMode Of(ToolChoice choice) => choice switch
    {
        { Mode: "none" } => ChatToolMode.None,
        { Mode: "required" } => ChatToolMode.RequireAny,
        { Mode: "function", Name: { } name } => ChatToolMode.RequireSpecific(name),
        _ => ChatToolMode.Auto,
    };

    private static ChatResponseFormat Of(ResponseFormat format) => format.Type switch
    {
        "json_schema" => ChatResponseFormat.ForJsonSchema(format.Schema.IsEmpty ? JsonElement.Parse("{}"u8) : format.Schema.ToElement(), format.Name, format.Description),
        "json_object" => ChatResponseFormat.Json,
        _ => ChatResponseFormat.Text,
    };

    /// <summary>A function as the abstraction knows it; a tool of a service's own as one that only its kind tells, with all else beside it.</summary>
    private static AITool Of(Tool tool) => tool.Function is { } function ? new DeclaredFunction(function) : new ServiceTool(tool);

    private ChatMessage Of(Message message)
    {
        var role = message.Role.Value switch { "developer" => ChatRole.System, "function" => ChatRole.Tool, var word => new ChatRole(word) };
        if (role == ChatRole.Tool) return new(role, [ResultOf(message)]);
        return new(role, [.. message.Blocks.Select(ContentOf).OfType<AIContent>()]) { AuthorName = message.Name };
    }

    /// <summary>A tool's result: a text where it is one, else the parts.</summary>
    private FunctionResultContent ResultOf(Message message)
    {
        var parts = message.Blocks.Select(ContentOf).OfType<AIContent>().ToList();
        object? result = parts.TrueForAll(static part => part is TextContent) ? message.Content ?? "" : parts;
        return new(message.ToolCallId ?? "", result) { Exception = message.IsError == true ? new InvalidOperationException(message.Content) : null };
    }

    private AIContent? ContentOf(ContentPart part) => part switch
    {
        { ToolCall: { } call } => Of(call),
        { ImageUrl: { } image } => Media(image.Url, "image/*", null),
        { InputAudio: { } sound } => new DataContent(Convert.FromBase64String(sound.Data), sound.Format == "mp3" ? "audio/mpeg" : "audio/" + sound.Format),
        { File.FileId: { } id } => new HostedFileContent(id) { Name = part.File.Filename },
        { File.FileData: { } data } => FileOf(data, part.File.Filename),
        { Type.Value: "reasoning" } => new TextReasoningContent(part.Text ?? "") { ProtectedData = part.Format == _format ? part.Signature : null },
        { Text: { } text } => new TextContent(text),
        // A block that only another service could read.
        _ => null,
    };

    private static AIContent Media(string address, string? type, string? name) => DataUri.Read(address) is { } data && data.Bytes() is { } bytes
        ? new DataContent(bytes, data.MediaType) { Name = name }
        : new UriContent(address, type);

    /// <summary>A file: a data URI, an address, or base64 alone.</summary>
    private static AIContent FileOf(string data, string? name)
    {
        if (data.Contains(':', StringComparison.Ordinal)) return Media(data, null, name);
        var bytes = Convert.FromBase64String(data);
        return new DataContent(bytes, Muxi.Llm.Media.TypeOf(bytes) ?? Muxi.Llm.Media.Unknown) { Name = name };
    }

    private static FunctionCallContent Of(ToolCall call)
    {
        try
        {
            return new(call.Id, call.Function.Name, Arguments(call.Function.Arguments));
        }
        catch (JsonException e)
        {
            return new(call.Id, call.Function.Name) { Exception = e };
        }
    }

    private static Dictionary<string, object?> Arguments(string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        var json = JsonElement.Parse(text);
        return json.ValueKind == JsonValueKind.Object ? json.EnumerateObject().ToDictionary(static member => member.Name, static object? (member) => member.Value) : throw new JsonException("The arguments are no object.");
    }

    /// <summary>What is told of a function. That the model is held to its schema has no place of its own: vendors' clients look for the word among the properties.</summary>
    private sealed class DeclaredFunction(FunctionDefinition function) : AIFunctionDeclaration
    {
        public override string Name => function.Name;

        public override string Description => function.Description ?? "";

        public override JsonElement JsonSchema { get; } = function.Parameters.IsEmpty ? JsonElement.Parse("""{"type":"object","properties":{}}"""u8) : function.Parameters.ToElement();

        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } = function.Strict is { } strict ? new Dictionary<string, object?> { ["strict"] = strict } : new Dictionary<string, object?>();
    }

    private sealed class ServiceTool(Tool tool) : AITool
    {
        public override string Name => tool.Type;

        public override IReadOnlyDictionary<string, object?> AdditionalProperties { get; } = tool.Extra.Names.ToDictionary(static name => name, object? (name) => tool.Extra[name].ToElement());
    }
}
