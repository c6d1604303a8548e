using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>
/// A tool that runs here: what the model is told of it, and the code that a call runs. Give it to <see cref="ChatCompletionsResource.RunToolsAsync"/>.
/// </summary>
public sealed class FunctionTool
{
    private readonly FunctionToolOptions _options;
    private readonly JsonObject? _schema;
    private readonly Func<JsonObject, ToolRun> _prepare;
    private readonly Func<string, ToolRun>? _prepareText;

    private FunctionTool(string name, string? description, JsonObject schema, FunctionToolOptions options, Func<JsonObject, ToolRun> prepare)
    {
        (Name, _schema, _options, _prepare) = (name, schema, options, prepare);
        Definition = Tool.FromFunction(name, description, RawJson.Trusted(SchemaNode.ToUtf8(options.Strict ? Strict(name, schema) : schema)));
        if (options.Strict) Definition = Definition with { Function = Definition.Function! with { Strict = true } };
    }

    private FunctionTool(string name, Tool definition, FunctionToolOptions options, Func<string, ToolRun> prepare) =>
        (Name, Definition, _options, _prepareText, _prepare) = (name, definition, options, prepare, static _ => throw new InvalidOperationException("a custom tool takes text"));

    /// <summary>The name that the model calls it by.</summary>
    public string Name { get; }

    /// <summary>What the model is told of it.</summary>
    public Tool Definition { get; }

    /// <summary>Whether it may run while other calls of the same turn run.</summary>
    public bool RunsInParallel => _options.RunsInParallel;

    /// <summary>Whether each call waits for <see cref="ToolLoopOptions.Approve"/>.</summary>
    public bool NeedsApproval => _options.NeedsApproval;

    /// <summary>How long a call may take; null where there is no limit.</summary>
    public TimeSpan? Timeout => _options.Timeout;

    /// <summary>
    /// A tool from a method or lambda: the schema from its parameters, <c>[Description]</c> on it and on them, defaults as optional; a <see cref="CancellationToken"/>
    /// and an <see cref="IServiceProvider"/> are filled in and not shown.
    /// </summary>
    /// <remarks>
    /// It reflects over the method's parameters, which a trimmed program keeps. Types of one's own among them need their <see cref="JsonTypeInfo"/> in
    /// <see cref="FunctionToolOptions.SerializerOptions"/> where reflection is off: without it, this raises <see cref="NotSupportedException"/> here and not in a call.
    /// </remarks>
    public static FunctionTool Create(Delegate method, FunctionToolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(method);
        var chosen = options ?? new();
        var serializer = chosen.SerializerOptions ?? AIJsonUtilities.DefaultOptions;
        return Create(
            AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
            {
                Name = chosen.Name ?? LocalName(method.Method), Description = chosen.Description, SerializerOptions = serializer, ExcludeResultSchema = true,
                MarshalResult = (value, type, _) => ValueTask.FromResult<object?>(ToolValues.Of(value, type, serializer)),
            }),
            chosen);
    }

    /// <summary>What a local function is called in its source (the compiler names it <c>&lt;Main&gt;g__Name|0_1</c>); null for a method, which has its name itself.</summary>
    private static string? LocalName(MethodInfo method)
    {
        if (!method.Name.StartsWith('<')) return null;
        const string Mark = ">g__", Suffix = "Async";
        var (from, to) = (method.Name.IndexOf(Mark, StringComparison.Ordinal), method.Name.LastIndexOf('|'));
        if (from < 0 || to < from) throw new ArgumentException("a lambda has no name that a model could call it by: set FunctionToolOptions.Name", nameof(method));
        var name = method.Name[(from + Mark.Length)..to];
        return name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) && typeof(Task).IsAssignableFrom(method.ReturnType) ? name[..^Suffix.Length] : name;
    }

    /// <summary>A tool from a function of Microsoft.Extensions.AI, such as one of an MCP server.</summary>
    public static FunctionTool Create(AIFunction function, FunctionToolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var chosen = options ?? new();
        var schema = SchemaNode.Parse(Encoding.UTF8.GetBytes(function.JsonSchema.GetRawText())) as JsonObject ?? new JsonObject { ["type"] = "object" };
        var description = chosen.Description ?? (string.IsNullOrEmpty(function.Description) ? null : function.Description);
        return new(chosen.Name ?? function.Name, description, schema, chosen, arguments => async token =>
        {
            var given = new AIFunctionArguments { Services = chosen.Services };
            foreach (var (name, value) in arguments) given[name] = JsonElement.Parse(SchemaNode.ToUtf8(value));
            return ToolValues.Of(await function.InvokeAsync(given, token).ConfigureAwait(false), null, function.JsonSerializerOptions);
        });
    }

    /// <summary>A tool whose arguments are one object of a type of the caller's. It uses no reflection: trimmed and compiled ahead of time it works alike.</summary>
    /// <param name="name">The name that the model calls it by.</param>
    /// <param name="run">What a call runs.</param>
    /// <param name="arguments">How the arguments are read; the schema is made of it, with what <c>[Description]</c> and ranges say.</param>
    /// <param name="options">The rest.</param>
    public static FunctionTool Create<TArguments>(string name, Func<TArguments, CancellationToken, Task<ToolResult>> run, JsonTypeInfo<TArguments> arguments, FunctionToolOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(arguments);
        var chosen = options ?? new();
        var schema = TypeSchema.Of(arguments);
        if (!SchemaNode.Types(schema).Contains("object")) throw new ArgumentException($"the arguments of tool '{name}' must be an object: give a type with a property for each", nameof(arguments));
        var description = chosen.Description ?? (string?)schema["description"];
        return new(chosen.Name ?? name, description, schema, chosen, given =>
        {
            var read = given.Deserialize(arguments) ?? throw new JsonException("the arguments are null");
            return token => run(read, token);
        });
    }

    /// <summary>As the other, with a result that is given to the model as JSON (a text as it is).</summary>
    /// <param name="name">The name that the model calls it by.</param>
    /// <param name="run">What a call runs.</param>
    /// <param name="arguments">How the arguments are read.</param>
    /// <param name="result">How the result is written.</param>
    /// <param name="options">The rest.</param>
    public static FunctionTool Create<TArguments, TResult>(
        string name, Func<TArguments, CancellationToken, Task<TResult>> run, JsonTypeInfo<TArguments> arguments, JsonTypeInfo<TResult> result, FunctionToolOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(result);
        return Create(name, async (given, token) => ToolResult.FromJson(await run(given, token).ConfigureAwait(false), result), arguments, options);
    }

    /// <summary>A custom tool, which takes free text instead of arguments. Not every service knows them.</summary>
    /// <param name="name">The name that the model calls it by.</param>
    /// <param name="run">What a call runs, with the model's text.</param>
    /// <param name="format">What the text must look like, e.g. a grammar: <c>{"type":"grammar","grammar":{...}}</c>; none for any text.</param>
    /// <param name="options">The rest.</param>
    public static FunctionTool Custom(string name, Func<string, CancellationToken, Task<ToolResult>> run, RawJson format = default, FunctionToolOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(run);
        var chosen = options ?? new();
        var custom = new JsonObject { ["name"] = chosen.Name ?? name };
        if (chosen.Description is { } description) custom["description"] = description;
        if (!format.IsEmpty) custom["format"] = SchemaNode.Parse(format.Utf8.Span);
        return new(chosen.Name ?? name, new Tool { Type = "custom", Custom = RawJson.Trusted(SchemaNode.ToUtf8(custom)) }, chosen, text => token => run(text, token));
    }

    /// <summary>Runs one call: the message that answers it. Arguments that do not fit are an error for the model; exceptions of the tool are the caller's.</summary>
    public async Task<Message> InvokeAsync(ToolCall call, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (Prepare(call.Function.Arguments, out var faults) is not { } run) return ToolResult.FromError(ToolTurn.BadArguments(faults)).ToMessage(call.Id);
        return (await run(cancellationToken).ConfigureAwait(false)).ToMessage(call.Id);
    }

    /// <summary>The call with these arguments, ready to run; null where they do not fit.</summary>
    internal ToolRun? Prepare(string arguments, out IReadOnlyList<string> faults)
    {
        faults = [];
        if (_prepareText is not null) return _prepareText(arguments);
        try
        {
            // A call without arguments has no text in some formats.
            var given = string.IsNullOrWhiteSpace(arguments) ? new JsonObject() : SchemaNode.Parse(Encoding.UTF8.GetBytes(arguments));
            if (_options.Strict) given = StrictValue.ToPlain(given, _schema, _schema!);
            faults = SchemaCheck.Faults(given, _schema, _schema!);
            if (faults.Count > 0) return null;
            if (given is JsonObject members) return _prepare(members);
            faults = ["the arguments must be a JSON object"];
        }
        catch (JsonException e)
        {
            faults = [$"they are not JSON that can be read: {JsonFault.Of(e)}"];
        }
        return null;
    }

    private static JsonObject Strict(string name, JsonObject schema)
    {
        if (!schema.ContainsKey("properties")) schema["properties"] = new JsonObject();
        var strict = StrictSchema.Of(schema);
        return strict is { IsStrict: true, IsWrapped: false } ? strict.Schema
            : throw new ArgumentException($"tool '{name}' cannot be strict: a place in its arguments takes any JSON; give it a type, or leave Strict off", nameof(schema));
    }
}

/// <summary>A call that is ready to run.</summary>
internal delegate Task<ToolResult> ToolRun(CancellationToken cancellationToken);
