using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What the sandbox says: that it is no model, what the user said, and what else arrived.</summary>
internal static class SandboxChatText
{
    private const int LongQuote = 2000, ShortQuote = 200, OptionLength = 80, MostPerKind = 8;
    private const string WhoAmI = "I am the muxi-llm sandbox, a simulator and not a model";

    // Told in words of their own, or (streaming) no part of what is answered.
    private static readonly HashSet<string> Told =
        ["model", "messages", "stream", "stream_options", "tools", "functions", "response_format", "tool_choice", "function_call"];

    public static string Reply(SandboxChatRequest request, int choice)
    {
        if (request.Model == SandboxModels.Echo)
            return request.UserText;
        var format = request.Json.Get("response_format");
        return format?.Text("type") switch
        {
            "json_schema" when format?.Get("json_schema", "schema") is { } schema => SandboxSchema.Instance(schema, request.UserText),
            "json_schema" or "json_object" => Compact(json => Describe(json, request)),
            _ => Prose(request, choice),
        };
    }

    public static string Reasoning(SandboxChatRequest request) =>
        $"Effort is {request.Effort}. {WhoAmI}, so there is nothing to think about: I read what arrived and report it. "
        + $"That is {request.Messages.Count} message(s) and {request.PromptTokens} prompt tokens.";

    /// <summary>Arguments that satisfy the tool's schema; for a custom tool a text that matches its regular expression, or the user's words.</summary>
    public static string ToolInput(SandboxChatRequest request, SandboxTool tool)
    {
        if (!tool.IsCustom)
            return tool.Json.Get("parameters") is { } schema ? SandboxSchema.Instance(schema, request.UserText, isObject: true) : "{}";
        var grammar = tool.Json.Get("format", "grammar");
        return grammar?.Text("syntax") == "regex" && grammar.Value.Text("definition") is { } pattern
            ? SandboxPattern.Matching(pattern, 0, int.MaxValue) ?? request.UserText
            : request.UserText;
    }

    private static string Prose(SandboxChatRequest request, int choice)
    {
        var text = new StringBuilder();
        var results = ToolResults(request);
        if (results.Count == 0)
            text.Append(CultureInfo.InvariantCulture, $"Hello! {WhoAmI}. {Said(request)}");
        else
            text.Append(CultureInfo.InvariantCulture, $"{WhoAmI}. The tools answered:\n")
                .AppendJoin('\n', results.Select(result => $"- {result.Name}: {Quote(result.Text, LongQuote)}")).Append('\n').Append(Said(request));
        if (choice > 0)
            text.Append(CultureInfo.InvariantCulture, $" This is choice {choice + 1} of {request.Choices}.");
        var also = Arrived(request).Select(fact => $"- {fact.Name}: {fact.Value}").ToList();
        if (also.Count > 0)
            text.Append("\n\nAlso received:\n").AppendJoin('\n', also);
        return text.ToString();
    }

    private static void Describe(Utf8JsonWriter json, SandboxChatRequest request)
    {
        json.WriteStartObject();
        json.WriteString("message", WhoAmI + ".");
        json.WriteString("you_said", request.UserText);
        json.WriteStartArray("tool_results");
        foreach (var (_, text) in ToolResults(request))
            json.WriteStringValue(text);
        json.WriteEndArray();
        json.WriteStartArray("also_received");
        foreach (var (name, value) in Arrived(request))
            json.WriteStringValue($"{name}: {value}");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Said(SandboxChatRequest request) =>
        request.Messages.Any(message => message.Role == "user") ? $"You said: {Quote(request.UserText, LongQuote)}." : "No user message arrived.";

    /// <summary>The results at the end of the conversation, each with the name of the tool whose call it answers.</summary>
    private static List<(string Name, string Text)> ToolResults(SandboxChatRequest request)
    {
        var calls = request.Messages.SelectMany(message => message.Calls()).ToList();
        return [.. request.Messages.Reverse().TakeWhile(message => message.IsToolResult).Reverse().Select(result =>
        {
            var id = result.Json.Text("tool_call_id");
            var name = result.Role == "function" ? result.Json.Text("name") : calls.Find(call => call.Id == id).Name;
            return (name ?? $"a call that was never made ({id})", result.Text);
        })];
    }

    private static IEnumerable<(string Name, string Value)> Arrived(SandboxChatRequest request)
    {
        foreach (var message in request.Messages.Where(message => message.IsSystem))
            yield return ("system prompt", Quote(message.Text, ShortQuote));
        if (EarlierTurns(request) is { } turns)
            yield return ("earlier turns", turns);
        foreach (var kind in request.Messages.SelectMany(message => message.Parts).GroupBy(part => part.Kind))
        {
            foreach (var part in kind.Take(MostPerKind))
                yield return (part.Kind, Cut(part.Description, ShortQuote));
            if (kind.Count() > MostPerKind)
                yield return (kind.Key, string.Create(CultureInfo.InvariantCulture, $"and {kind.Count() - MostPerKind} more"));
        }
        var tools = request.Json.Get("tools").Items().Select(tool => (tool.Get("function") ?? tool.Get("custom"))?.Text("name"))
            .Concat(request.Json.Get("functions").Items().Select(function => function.Text("name"))).ToList();
        if (tools.Count > 0)
            yield return ("tools", string.Join(", ", tools));
        if (request.Json.Get("response_format") is { } format)
            yield return ("response format", format.Text("type")!);
        foreach (var option in request.Json.EnumerateObject())
            if (!Told.Contains(option.Name) && option.Value.ValueKind != JsonValueKind.Null)
                yield return (option.Name, Cut(Compact(option.Value.WriteTo), OptionLength));
    }

    private static string? EarlierTurns(SandboxChatRequest request)
    {
        var last = request.Messages.Index().LastOrDefault(entry => entry.Item.Role == "user").Index;
        var earlier = request.Messages.Take(last).Where(message => !message.IsSystem).GroupBy(message => message.Role)
            .Select(role => string.Create(CultureInfo.InvariantCulture, $"{role.Count()} {role.Key}")).ToList();
        return earlier.Count == 0 ? null : string.Join(", ", earlier);
    }

    private static string Quote(string text, int most) => $"\"{Cut(text, most)}\"";

    /// <summary>Never cuts through a surrogate pair.</summary>
    private static string Cut(string text, int most) => text.Length <= most ? text
        : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most), "…");

    private static string Compact(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(SandboxAnswer.Bytes(write));
}
