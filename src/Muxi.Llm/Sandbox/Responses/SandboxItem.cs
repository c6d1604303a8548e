using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One step of an item's way through a stream.</summary>
/// <param name="Type">The event's type, without <c>response.</c> in front.</param>
/// <param name="Write">Writes what the event has beside its type, its place and the item's id.</param>
internal sealed record SandboxStep(string Type, Action<Utf8JsonWriter> Write);

/// <summary>An item that a response has made.</summary>
internal abstract record SandboxItem(string Id)
{
    /// <summary>Whether the budget ended within it.</summary>
    public bool IsCut { get; init; }

    /// <summary>What the stream tells between the item's beginning and its end.</summary>
    public abstract IEnumerable<SandboxStep> Steps();

    /// <summary>Writes the item, whole or as it begins.</summary>
    public void Write(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteStartObject();
        json.WriteString("id", Id);
        Members(json, isWhole);
        json.WriteEndObject();
    }

    protected abstract void Members(Utf8JsonWriter json, bool isWhole);

    protected string Status(bool isWhole) => !isWhole ? "in_progress" : IsCut ? "incomplete" : "completed";

    /// <summary>A step without members of its own.</summary>
    protected static SandboxStep Bare(string type) => new(type, static _ => { });
}

/// <summary>Thinking.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Summary">The summary of it; null for none.</param>
internal sealed record SandboxReasoning(string Id, string? Summary) : SandboxItem(Id)
{
    /// <summary>The thinking itself, sealed.</summary>
    public string? Seal { get; init; }

    public override IEnumerable<SandboxStep> Steps()
    {
        if (Summary is null) yield break;
        yield return new("reasoning_summary_part.added", json => Part(json, ""));
        foreach (var token in SandboxTokens.Split(Summary))
            yield return new("reasoning_summary_text.delta", json => Place(json, "delta", token));
        yield return new("reasoning_summary_text.done", json => Place(json, "text", Summary));
        yield return new("reasoning_summary_part.done", json => Part(json, Summary));
    }

    protected override void Members(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteString("type", "reasoning");
        json.WriteStartArray("summary");
        if (isWhole && Summary is not null) Text(json, Summary);
        json.WriteEndArray();
        if (isWhole && Seal is not null) json.WriteString("encrypted_content", Seal);
    }

    private static void Place(Utf8JsonWriter json, string name, string text)
    {
        json.WriteNumber("summary_index", 0);
        json.WriteString(name, text);
    }

    private static void Part(Utf8JsonWriter json, string text)
    {
        json.WriteNumber("summary_index", 0);
        json.WritePropertyName("part");
        Text(json, text);
    }

    private static void Text(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "summary_text");
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}

/// <summary>A call of the caller's function or custom tool.</summary>
internal sealed record SandboxCallItem(string Id, SandboxToolCall Call) : SandboxItem(Id)
{
    private string Kind => Call.IsCustom ? "custom_tool_call" : "function_call";

    private string Input => Call.IsCustom ? "input" : "arguments";

    public override IEnumerable<SandboxStep> Steps()
    {
        foreach (var token in SandboxTokens.Split(Call.Input))
            yield return new($"{Kind}_{Input}.delta", json => json.WriteString("delta", token));
        yield return new($"{Kind}_{Input}.done", json =>
        {
            if (!Call.IsCustom) json.WriteString("name", Call.Name);
            json.WriteString(Input, Call.Input);
        });
    }

    protected override void Members(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteString("type", Kind);
        json.WriteString("status", Status(isWhole));
        json.WriteString(Input, isWhole ? Call.Input : "");
        json.WriteString("call_id", Call.Id);
        json.WriteString("name", Call.Name);
    }
}

/// <summary>What is said.</summary>
internal sealed record SandboxSaid(string Id, string Text) : SandboxItem(Id)
{
    /// <summary>The request, which says whether log probabilities are told.</summary>
    public required SandboxChatRequest Chat { get; init; }

    /// <summary>Where the end of the text is from; null for nowhere.</summary>
    public string? Source { get; init; }

    /// <summary>Where in the text that end begins.</summary>
    public int CitedFrom { get; init; }

    public override IEnumerable<SandboxStep> Steps()
    {
        yield return new("content_part.added", json => Part(json, isWhole: false));
        foreach (var token in SandboxTokens.Split(Text))
            yield return new("output_text.delta", json =>
            {
                Place(json, "delta", token);
                Logprobs(json, token);
            });
        if (Source is not null)
            yield return new("output_text.annotation.added", json =>
            {
                json.WriteNumber("content_index", 0);
                json.WriteNumber("annotation_index", 0);
                json.WritePropertyName("annotation");
                Annotation(json);
            });
        yield return new("output_text.done", json =>
        {
            Place(json, "text", Text);
            Logprobs(json, Text);
        });
        yield return new("content_part.done", json => Part(json, isWhole: true));
    }

    protected override void Members(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteString("type", "message");
        json.WriteString("status", Status(isWhole));
        json.WriteStartArray("content");
        if (isWhole) Content(json, isWhole);
        json.WriteEndArray();
        json.WriteString("role", "assistant");
    }

    private static void Place(Utf8JsonWriter json, string name, string text)
    {
        json.WriteNumber("content_index", 0);
        json.WriteString(name, text);
    }

    private void Part(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteNumber("content_index", 0);
        json.WritePropertyName("part");
        Content(json, isWhole);
    }

    private void Content(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteStartObject();
        json.WriteString("type", "output_text");
        json.WriteStartArray("annotations");
        if (isWhole && Source is not null) Annotation(json);
        json.WriteEndArray();
        Logprobs(json, isWhole ? Text : "");
        json.WriteString("text", isWhole ? Text : "");
        json.WriteEndObject();
    }

    private void Annotation(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type", "url_citation");
        json.WriteNumber("start_index", CitedFrom);
        json.WriteNumber("end_index", Text.Length);
        json.WriteString("title", "The sandbox has no web");
        json.WriteString("url", Source);
        json.WriteEndObject();
    }

    private void Logprobs(Utf8JsonWriter json, string text)
    {
        json.WriteStartArray("logprobs");
        if (Chat.Logprobs) SandboxLogprobs.WriteTokens(json, SandboxTokens.Split(text), Chat.TopLogprobs);
        json.WriteEndArray();
    }
}

/// <summary>A search of the web, which finds nothing: the sandbox has none.</summary>
internal sealed record SandboxSearch(string Id, string Query) : SandboxItem(Id)
{
    private const int LongestQuery = 200;

    /// <summary>A text as it is searched for.</summary>
    public static string Words(string text) => text.Length <= LongestQuery ? text : text[..(char.IsHighSurrogate(text[LongestQuery - 1]) ? LongestQuery - 1 : LongestQuery)];

    public override IEnumerable<SandboxStep> Steps() => [Bare("web_search_call.in_progress"), Bare("web_search_call.searching"), Bare("web_search_call.completed")];

    protected override void Members(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteString("type", "web_search_call");
        json.WriteString("status", Status(isWhole));
        json.WriteStartObject("action");
        json.WriteString("type", "search");
        json.WriteString("query", Words(Query));
        json.WriteStartArray("queries");
        json.WriteStringValue(Words(Query));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A picture, as the sandbox's images are.</summary>
internal sealed record SandboxPainting(string Id, SandboxImageRequest Wanted) : SandboxItem(Id)
{
    public static SandboxPainting Of(SandboxResponseRequest request, SandboxTool tool)
    {
        var prompt = request.Chat.UserText is { Length: > 0 } said ? said : "nothing";
        return new(request.Id("ig_", "picture"), SandboxImageRequest.Wished(tool.Json, SandboxSearch.Words(prompt)));
    }

    public override IEnumerable<SandboxStep> Steps()
    {
        yield return Bare("image_generation_call.in_progress");
        yield return Bare("image_generation_call.generating");
        foreach (var (index, picture) in SandboxImages.Partials(Wanted).Index())
            yield return new("image_generation_call.partial_image", json =>
            {
                json.WriteNumber("partial_image_index", index);
                json.WriteBase64String("partial_image_b64", picture);
                Form(json);
            });
        yield return Bare("image_generation_call.completed");
    }

    protected override void Members(Utf8JsonWriter json, bool isWhole)
    {
        json.WriteString("type", "image_generation_call");
        json.WriteString("status", Status(isWhole));
        if (!isWhole)
        {
            json.WriteNull("result");
            return;
        }
        Form(json);
        json.WriteBase64String("result", SandboxImages.Whole(Wanted));
        json.WriteString("revised_prompt", Wanted.Prompt);
    }

    private void Form(Utf8JsonWriter json)
    {
        json.WriteString("size", $"{Wanted.Width}x{Wanted.Height}");
        json.WriteString("quality", Wanted.Quality);
        json.WriteString("background", Wanted.IsTransparent ? "transparent" : "opaque");
        json.WriteString("output_format", Wanted.IsJpeg ? "jpeg" : "png");
    }
}
