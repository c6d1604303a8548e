using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// An error's body, read without asking who sent it: every documented shape is a nesting of a few containers around a few members,
/// so one walk reads them all. What lies deeper is nearer to the source and goes before what lies around it.
/// </summary>
internal sealed class ErrorBody
{
    private const int Deepest = 8;
    private const int LongestRead = 1 << 20;
    private const int LongestText = 1 << 14;
    private static readonly JsonReaderOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly StringBuilder _text = new();
    private readonly List<string> _words = [];
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase);

    private ErrorBody(string raw)
    {
        Raw = raw;
        Form = ErrorText.Sniff(raw);
    }

    /// <summary>The body as text.</summary>
    public string Raw { get; }

    public BodyForm Form { get; private set; }
    public string? Message { get; private set; }
    public string? Code { get; private set; }
    public string? Type { get; private set; }
    public string? Param { get; private set; }
    public string? RequestId { get; private set; }

    /// <summary>The HTTP status that the body itself names, the outermost one.</summary>
    public int? Status { get; private set; }

    /// <summary>A wait that the body names, as it is written there.</summary>
    public string? RetryDelay { get; private set; }

    /// <summary>A reply that has the shape of a good one, but neither an answer nor an error's words.</summary>
    public string? Defect { get; private set; }

    /// <summary>Every code, type and reason that was met.</summary>
    public IReadOnlyList<string> Words => _words;

    /// <summary>All messages that were met, in lower case, for looking up phrases.</summary>
    public string Text => field ??= _text.ToString().ToLowerInvariant();

    /// <summary>The response headers that the body quotes, as gateways do with those of the upstream.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    internal static ErrorBody Read(ReadOnlySpan<byte> bytes)
    {
        var body = new ErrorBody(ErrorText.Decode(bytes.Length > LongestRead ? bytes[..LongestRead] : bytes));
        var text = ErrorText.Payload(body.Raw);
        if (text.Length != body.Raw.Length) body.Form = ErrorText.Sniff(text);
        switch (body.Form)
        {
            case BodyForm.Json when !body.TakeJson(text):
                body.Form = BodyForm.Broken;
                body.Salvage(text);
                if (body.Message is null && !text.Contains('{'))
                {
                    // "[ERROR] no healthy upstream" is a line of text.
                    body.Form = BodyForm.Text;
                    body.TakeMessage(text, 0);
                }
                break;
            case BodyForm.Text:
                body.TakeMessage(text, 0);
                break;
        }
        return body;
    }

    /// <summary>Takes what stands outside the body: Amazon's error type in a header, and the words in an event frame's.</summary>
    internal void Add(string? type, string? message)
    {
        if (!string.IsNullOrWhiteSpace(message)) TakeMessage(message, 0);
        if (string.IsNullOrWhiteSpace(type)) return;
        // "ValidationException:http://internal.amazon.com/coral/..."
        type = type.Split(':')[0];
        _words.Add(type);
        Type = type;
    }

    private bool TakeJson(string text)
    {
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text.Trim()), Lenient);
            using var document = JsonDocument.ParseValue(ref reader);
            Take(document.RootElement, 0);
            return true;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return Message is not null;
        }
    }

    private void Take(JsonElement element, int depth)
    {
        if (depth > Deepest) return;
        switch (element.ValueKind)
        {
            case JsonValueKind.Object: TakeObject(element, depth); break;
            case JsonValueKind.Array: TakeList(element, depth); break;
            case JsonValueKind.String: TakeMessage(ErrorJson.TextOf(element)!, depth); break;
        }
    }

    private void TakeObject(JsonElement element, int depth)
    {
        Status ??= ErrorJson.StatusOf(element);
        var isEnvelope = false;
        foreach (var member in element.EnumerateObject())
            isEnvelope |= TakeContainer(element, ErrorJson.NameOf(member), member.Value, depth);
        foreach (var member in element.EnumerateObject())
            TakeMember(ErrorJson.NameOf(member), member.Value, isEnvelope);
    }

    /// <summary>Takes the members that hold the error or more about it; says whether this object was only its envelope.</summary>
    private bool TakeContainer(JsonElement element, string name, JsonElement value, int depth)
    {
        if (IsMessage(name) && value.ValueKind == JsonValueKind.String)
        {
            TakeNested(ErrorJson.TextOf(value)!, depth);
            return false;
        }
        if (name == "choices") TakeChoices(value, depth);
        if (value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)) return false;
        switch (name)
        {
            case "error" or "errors" or "fault" or "exception" or "response" or "delta" or "base_resp" or "body" or "detail":
                Take(value, depth + 1);
                return true;
            case "message":
                Take(value, depth + 1);
                break;
            // Beside a message it is the gateway's; elsewhere it is the caller's own.
            case "metadata" when element.TryGetProperty("message", out _):
                TakeMetadata(value, depth);
                break;
            case "details" or "innererror" or "inner_error":
                TakeDetails(value, depth);
                break;
        }
        return false;
    }

    private void TakeMember(string name, JsonElement value, bool isEnvelope)
    {
        if (IsMessage(name))
        {
            if (value.ValueKind == JsonValueKind.String) TakePlain(ErrorJson.TextOf(value)!);
            return;
        }
        switch (name)
        {
            case "code" or "error_code" or "err_code" or "errorcode":
                var code = AddWord(ErrorJson.Scalar(value));
                Code ??= code;
                break;
            case "type" or "status" when isEnvelope:
                break;
            case "type" or "status" or "error_type" or "__type":
                TakeType(ErrorJson.TextOf(value));
                break;
            case "param" or "parameter":
                Param ??= value.ValueKind == JsonValueKind.Null ? null : ErrorJson.Scalar(value) ?? value.GetRawText();
                break;
            case "request_id" or "requestid":
                RequestId ??= ErrorJson.Scalar(value);
                break;
            case "retry_after" or "retryafter" or "retry_after_seconds" or "estimated_time" or "retrydelay":
                RetryDelay ??= ErrorJson.Scalar(value);
                break;
            case "finish_reason" when string.Equals(ErrorJson.TextOf(value), "error", StringComparison.OrdinalIgnoreCase):
                Defect ??= "the reply ended with finish_reason \"error\"";
                break;
        }
    }

    private static bool IsMessage(string name) => name is "message" or "error" or "msg" or "detail" or "error_message" or "error_msg" or "err_msg"
        or "errormessage" or "status_msg" or "faultstring" or "error_description";

    private void TakeType(string? type)
    {
        // Names of the envelope, not of the error; RFC 9457 has a URL here, Amazon a name space before the hash.
        if (type is null or "" or "error" or "failed" or "failure" or "message" || type.StartsWith("http", StringComparison.Ordinal)
            || type.StartsWith("about:", StringComparison.Ordinal)) return;
        type = type[(type.LastIndexOf('#') + 1)..];
        Type ??= type;
        AddWord(type);
    }

    private void TakeList(JsonElement list, int depth)
    {
        if (list.GetArrayLength() == 0) return;
        if (list[0].ValueKind == JsonValueKind.Object && list[0].TryGetProperty("msg", out _)) TakeValidation(list);
        else foreach (var element in list.EnumerateArray().Take(depth == 0 ? 1000 : 5)) Take(element, depth + 1);
    }

    /// <summary>FastAPI's list of what is wrong where: <c>[{"loc":["body","model"],"msg":"Field required","type":"missing"}]</c>.</summary>
    private void TakeValidation(JsonElement list)
    {
        var problems = new List<string>();
        foreach (var problem in list.EnumerateArray().Take(5))
        {
            if (problem.ValueKind != JsonValueKind.Object || ErrorJson.TextOf(problem, "msg") is not { } said) continue;
            var place = problem.TryGetProperty("loc", out var loc) && loc.ValueKind == JsonValueKind.Array
                ? string.Join('.', loc.EnumerateArray().Select(ErrorJson.Scalar).Where(part => part is not (null or "body")))
                : "";
            if (place.Length > 0) Param ??= place;
            TakeType(ErrorJson.TextOf(problem, "type"));
            problems.Add(place.Length > 0 ? $"{place}: {said}" : said);
        }
        if (problems.Count > 0) TakePlain(string.Join("; ", problems));
    }

    private void TakeChoices(JsonElement choices, int depth)
    {
        if (choices.ValueKind == JsonValueKind.Null) Defect ??= "the reply has no choices";
        if (choices.ValueKind != JsonValueKind.Array) return;
        foreach (var choice in choices.EnumerateArray().Take(5))
        {
            if (choice.ValueKind != JsonValueKind.Object) continue;
            foreach (var member in choice.EnumerateObject())
                if (ErrorJson.NameOf(member) is "error") Take(member.Value, depth + 1);
                else if (ErrorJson.NameOf(member) is "finish_reason") TakeMember("finish_reason", member.Value, isEnvelope: false);
        }
    }

    /// <summary>What a gateway tells about its upstream: the upstream's own body, and its headers.</summary>
    private void TakeMetadata(JsonElement metadata, int depth)
    {
        if (metadata.ValueKind != JsonValueKind.Object) return;
        foreach (var member in metadata.EnumerateObject())
            switch (ErrorJson.NameOf(member))
            {
                case "raw" when member.Value.ValueKind == JsonValueKind.String:
                    var raw = ErrorJson.TextOf(member.Value)!;
                    // One word ("ERROR", seen from gateways) says less than the gateway itself does.
                    if (!TakeNested(raw, depth) && raw.Trim().Contains(' ')) TakePlain(raw);
                    break;
                case "raw":
                    Take(member.Value, depth + 1);
                    break;
                case "headers" when member.Value.ValueKind == JsonValueKind.Object:
                    foreach (var header in member.Value.EnumerateObject())
                        if (ErrorJson.Scalar(header.Value) is { } value) _headers.TryAdd(header.Name, value);
                    break;
                case "retry_after" or "retry_after_seconds":
                    RetryDelay ??= ErrorJson.Scalar(member.Value);
                    break;
                case "error_type":
                    AddWord(ErrorJson.TextOf(member.Value));
                    break;
            }
    }

    /// <summary>Google's list of typed details, Anthropic's object with an <c>error_code</c>.</summary>
    private void TakeDetails(JsonElement details, int depth)
    {
        if (depth > Deepest) return;
        if (details.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in details.EnumerateArray().Take(20))
                if (detail.ValueKind == JsonValueKind.Object) TakeDetails(detail, depth + 1);
            return;
        }
        foreach (var member in details.EnumerateObject())
            switch (ErrorJson.NameOf(member))
            {
                case "retrydelay":
                    RetryDelay ??= ErrorJson.Scalar(member.Value);
                    break;
                case "reason" or "error_code" or "code":
                    AddWord(ErrorJson.TextOf(member.Value));
                    break;
            }
    }

    /// <summary>A message for people. Where it carries the upstream's whole error as JSON text, that one's message is taken.</summary>
    private void TakeMessage(string message, int depth)
    {
        if (!TakeNested(message, depth)) TakePlain(message);
    }

    private void TakePlain(string message)
    {
        message = ErrorText.WithoutHtml(Unprefixed(message.Trim()));
        if (message.Length == 0) return;
        if (_text.Length < LongestText) _text.Append(message.AsSpan(0, Math.Min(message.Length, LongestText))).Append('\n');
        Message ??= message;
    }

    /// <summary><c>litellm.RateLimitError: RateLimitError: OpenAIException - ...</c>: class names in front of a message, the first with its module, are words, not part of it.</summary>
    private string Unprefixed(string message)
    {
        var at = 0;
        var strip = 0;
        for (var i = 0; i < 4; i++)
        {
            var end = at;
            while (end < message.Length && (char.IsAsciiLetterOrDigit(message[end]) || message[end] is '.' or '_')) end++;
            var name = message.AsSpan(at, end - at);
            if (!name.EndsWith("Error") && !name.EndsWith("Exception") && !name.EndsWith("Timeout")) break;
            var rest = message.AsSpan(end).TrimStart();
            if (rest is not [':' or '-', ..]) break;
            var dot = name.LastIndexOf('.');
            if (dot <= 0 && strip == 0) break;
            AddWord(name[(dot + 1)..].ToString());
            at = strip = message.Length - rest[1..].TrimStart().Length;
        }
        return message[strip..];
    }

    /// <summary>Reads JSON inside a text, either all of it or from <c>": {"</c> or <c>"- {"</c> to its end; false when there is no error in it.</summary>
    private bool TakeNested(string text, int depth)
    {
        if (depth >= Deepest) return false;
        var trimmed = text.AsSpan().Trim();
        if (trimmed.IsEmpty || trimmed[^1] is not ('}' or ']')) return false;
        var start = 0;
        if (trimmed[0] is not ('{' or '['))
        {
            start = trimmed.IndexOf('{');
            if (start < 2 || trimmed[..start].TrimEnd()[^1] is not (':' or '-')) return false;
        }
        try
        {
            using var document = JsonDocument.Parse(trimmed[start..].ToString());
            if (!ErrorJson.LooksLikeError(document.RootElement)) return false;
            if (start > 0) Unprefixed(trimmed[..start].ToString());
            var before = _text.Length;
            Take(document.RootElement, depth + 1);
            return _text.Length > before;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>Takes what stands before the break in JSON that breaks off, or is too deep or too long to be an error.</summary>
    private void Salvage(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text.Length > LongestText ? text[..LongestText] : text.TrimStart());
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(Lenient));
        string? name = null;
        try
        {
            while (reader.Read())
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = reader.GetString()!.ToLowerInvariant();
                        break;
                    case JsonTokenType.String when name is "message" or "error" or "detail" or "msg":
                        TakePlain(reader.GetString()!);
                        break;
                    case JsonTokenType.String when name is "code":
                        Code ??= AddWord(reader.GetString());
                        break;
                    case JsonTokenType.String when name is "type" or "status":
                        TakeType(reader.GetString());
                        break;
                    case JsonTokenType.Number when name is "code" or "status" && reader.TryGetInt32(out var number):
                        Status ??= number is >= 400 and <= 599 ? number : null;
                        break;
                }
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // What came before is all there is.
        }
    }

    private string? AddWord(string? word)
    {
        if (string.IsNullOrWhiteSpace(word)) return null;
        if (_words.Count < 32) _words.Add(word);
        return word;
    }
}
