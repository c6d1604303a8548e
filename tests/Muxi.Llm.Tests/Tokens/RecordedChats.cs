using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Recorded requests of the services' formats as OpenAI's chat requests, in the plainest way: only what counts as prompt.</summary>
internal static class RecordedChats
{
    private static readonly string[] _shared = ["model", "messages", "tools", "tool_choice", "response_format", "functions", "function_call", "prediction", "web_search_options", "thinking", "documents"];

    private static readonly string[] _fetching = ["urlContext", "url_context", "googleSearch", "google_search"];

    public static JsonObject? Read(Cassette record, JsonObject wire) => record.Endpoint switch
    {
        "responses" => Responses(wire),
        "generateContent" or "streamGenerateContent" => Gemini(wire),
        "converse" or "converse-stream" => Converse(wire),
        "messages" => Anthropic(wire),
        "invoke" or "invoke-stream" or "models" when wire["messages"] is not null && wire["anthropic_version"] is not null => Anthropic(wire),
        "chat.completions" or "cohere.chat" or "api.chat" when wire["messages"] is not null => OpenAI(wire),
        _ => null,
    };

    private static JsonObject OpenAI(JsonObject wire)
    {
        var chat = new JsonObject { ["model"] = wire["model"]?.DeepClone() };
        foreach (var (name, value) in wire)
            if (_shared.Contains(name) && value is not JsonArray { Count: 0 }) chat[name] = value?.DeepClone();
        foreach (var message in chat["messages"]!.AsArray().OfType<JsonObject>())
        {
            if (message["thinking"].Str() is { } thought) message["reasoning_content"] = thought;
            // Ollama's pictures stand beside the text, and its arguments are no text.
            if (message["images"] is JsonArray images) message["content"] = new JsonArray([Text(message["content"].Str()), .. images.Select(image => Picture($"data:image/png;base64,{image.Str()}"))]);
            foreach (var call in message["tool_calls"]?.AsArray().OfType<JsonObject>() ?? [])
            {
                call["id"] ??= "call";
                if (call["function"] is JsonObject function && function["arguments"] is JsonObject arguments) function["arguments"] = arguments.ToJsonString();
            }
        }
        return chat;
    }

    private static JsonObject Responses(JsonObject wire)
    {
        var messages = new JsonArray();
        if (wire["instructions"].Str() is { Length: > 0 } instructions) messages.Add(Message("system", instructions));
        foreach (var item in wire["input"] is JsonArray items ? items.OfType<JsonObject>() : [new JsonObject { ["role"] = "user", ["content"] = wire["input"]?.DeepClone() }])
        {
            switch (item["type"].Str() ?? "message")
            {
                case "message": messages.Add(new JsonObject { ["role"] = item["role"]!.DeepClone(), ["content"] = Parts(item["content"]) }); break;
                case "function_call" or "custom_tool_call":
                    var call = Call(item["call_id"].Str(), item["name"].Str(), item["arguments"].Str() ?? item["input"].Str());
                    // Calls that follow each other are one turn's.
                    if (messages.LastOrDefault() is JsonObject last && last["role"].Str() == "assistant" && last["tool_calls"] is JsonArray calls) calls.Add(call);
                    else messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = null, ["tool_calls"] = new JsonArray(call) });
                    break;
                case "function_call_output" or "custom_tool_call_output":
                    messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = item["call_id"]?.DeepClone() ?? "call", ["content"] = Parts(item["output"]) });
                    break;
                case "reasoning":
                    messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = null, ["blocks"] = new JsonArray(new JsonObject { ["type"] = "reasoning", ["text"] = "" }) });
                    break;
                default: messages.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray(item.DeepClone()) }); break;
            }
        }
        var chat = new JsonObject { ["model"] = wire["model"]?.DeepClone(), ["messages"] = messages, ["tool_choice"] = wire["tool_choice"]?.DeepClone() };
        if (wire["tools"] is JsonArray tools) chat["tools"] = new JsonArray([.. tools.OfType<JsonObject>().Select(ResponsesTool)]);
        if (wire["text"]?["format"] is JsonObject format && format["schema"] is not null) chat["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = format.DeepClone() };
        foreach (var hidden in (string[])["previous_response_id", "conversation", "prompt"])
            if (wire[hidden] is { } value) chat[hidden] = value.DeepClone();
        if (wire["reasoning"]?["mode"] is { } mode) chat["reasoning_mode"] = mode.DeepClone();
        return chat;
    }

    private static JsonNode ResponsesTool(JsonObject tool) => tool["type"].Str() switch
    {
        "function" => Function(tool["name"], tool["description"], tool["parameters"]),
        "custom" => new JsonObject { ["type"] = "custom", ["custom"] = tool.DeepClone() },
        _ => tool.DeepClone(),
    };

    private static JsonNode? Parts(JsonNode? content) => content is not JsonArray parts ? content?.DeepClone() : new JsonArray([.. parts.OfType<JsonObject>().Select(static part => part["type"].Str() switch
    {
        "input_text" or "output_text" or "text" => Text(part["text"].Str()),
        "input_image" => Picture(part["image_url"].Str() ?? "https://example.com/a", part["detail"].Str()),
        "input_file" => new JsonObject { ["type"] = "file", ["file"] = new JsonObject { ["file_data"] = part["file_data"]?.DeepClone() ?? part["file_url"]?.DeepClone(), ["filename"] = part["filename"]?.DeepClone() } },
        _ => part.DeepClone(),
    })]);

    private static JsonObject Anthropic(JsonObject wire)
    {
        var canonical = JsonNode.Parse(MessagesRequests.Canonical(wire).ToJson())!.AsObject();
        canonical["model"] = wire["model"]?.DeepClone() ?? "";
        foreach (var part in canonical["messages"]!.AsArray().SelectMany(static message => message!["content"] is JsonArray parts ? parts.OfType<JsonObject>() : []))
        {
            if (part["source"] is not JsonObject source) continue;
            var uri = source["url"].Str() ?? (source["data"].Str() is { } data ? $"data:{source["media_type"].Str() ?? "text/plain"}{(source["type"].Str() == "text" ? "" : ";base64")},{data}" : "https://example.com/a");
            // The service tells the model how to cite.
            if (part["citations"]?["enabled"]?.GetValue<bool>() == true) canonical["documents"] = true;
            var isPicture = part["type"].Str() == "image";
            part.Clear();
            foreach (var (name, value) in isPicture ? Picture(uri) : File(uri)) part[name] = value?.DeepClone();
        }
        foreach (var name in canonical.Select(static member => member.Key).Except(_shared).ToList()) canonical.Remove(name);
        if ((wire["output_format"] ?? wire["output_config"]?["format"])?["schema"] is { } schema)
            canonical["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "answer", ["schema"] = schema.DeepClone() } };
        return canonical;
    }

    private static JsonObject Gemini(JsonObject wire)
    {
        var messages = new JsonArray();
        if ((wire["systemInstruction"] ?? wire["system_instruction"]) is { } system) messages.Add(Message("system", system.Str() ?? string.Concat(List((system as JsonObject)?["parts"] ?? system).Select(static part => part?["text"].Str()))));
        foreach (var turn in List(wire["contents"]).OfType<JsonObject>())
        {
            var (content, calls) = (new JsonArray(), new JsonArray());
            foreach (var part in List(turn["parts"]).OfType<JsonObject>()) GeminiPart(part, messages, content, calls);
            Add(messages, turn["role"].Str() == "model" ? "assistant" : "user", content, calls);
        }
        var chat = new JsonObject { ["messages"] = messages };
        // What the service keeps, fetches or has sealed is in no request.
        var names = List(wire["tools"]).OfType<JsonObject>().SelectMany(static tool => tool.Select(static member => member.Key));
        if (wire["cachedContent"] is not null || names.Any(_fetching.Contains) || wire["contents"]?.ToJsonString().Contains("\"thoughtSignature\":", StringComparison.Ordinal) == true) chat["kept_by_service"] = true;
        var functions = List(wire["tools"]).OfType<JsonObject>().SelectMany(static tool => List(tool["functionDeclarations"] ?? tool["function_declarations"])).OfType<JsonObject>().ToList();
        if (functions.Count > 0) chat["tools"] = new JsonArray([.. functions.Select(static one => Function(one["name"], one["description"], one["parameters"] ?? one["parametersJsonSchema"]))]);
        return chat;
    }

    private static void GeminiPart(JsonObject part, JsonArray messages, JsonArray content, JsonArray calls)
    {
        if (part["thought"]?.GetValue<bool>() == true) return;
        if (part["text"] is { } text) content.Add(Text(text.Str()));
        else if ((part["functionCall"] ?? part["function_call"]) is JsonObject call) calls.Add(Call("call", call["name"].Str(), (call["args"] ?? new JsonObject()).ToJsonString()));
        else if ((part["functionResponse"] ?? part["function_response"]) is JsonObject result) messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call", ["content"] = result["response"]?.ToJsonString() });
        else if ((part["inlineData"] ?? part["inline_data"]) is JsonObject data) content.Add(Inline(data["mimeType"].Str() ?? data["mime_type"].Str() ?? "", data["data"].Str() ?? ""));
        else content.Add(File((part["fileData"] ?? part["file_data"])?["fileUri"].Str() ?? "https://example.com/a"));
    }

    private static void Add(JsonArray messages, string role, JsonArray content, JsonArray calls)
    {
        if (content.Count + calls.Count == 0) return;
        var message = new JsonObject { ["role"] = role, ["content"] = content.Count > 0 ? content : null };
        if (calls.Count > 0) message["tool_calls"] = calls;
        messages.Add(message);
    }

    private static JsonNode Inline(string type, string data) => type.StartsWith("image/", StringComparison.Ordinal) ? Picture($"data:{type};base64,{data}")
        : type.StartsWith("audio/", StringComparison.Ordinal) ? new JsonObject { ["type"] = "input_audio", ["input_audio"] = new JsonObject { ["data"] = data, ["format"] = "wav" } }
        : File($"data:{type};base64,{data}");

    private static JsonObject Converse(JsonObject wire)
    {
        var (messages, isCited) = (new JsonArray(), false);
        if (wire["system"] is JsonArray { Count: > 0 } system) messages.Add(Message("system", string.Concat(system.Select(static part => part?["text"].Str()))));
        foreach (var turn in List(wire["messages"]).OfType<JsonObject>())
        {
            var (content, calls) = (new JsonArray(), new JsonArray());
            foreach (var part in List(turn["content"]).OfType<JsonObject>())
            {
                if (part["text"] is { } text) content.Add(Text(text.Str()));
                else if (part["toolUse"] is JsonObject call) calls.Add(Call(call["toolUseId"].Str(), call["name"].Str(), call["input"]?.ToJsonString()));
                else if (part["toolResult"] is JsonObject result) messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = result["toolUseId"]?.DeepClone(), ["content"] = string.Concat(List(result["content"]).Select(static one => one?["text"].Str() ?? one?["json"]?.ToJsonString())) });
                else if (part["image"] is JsonObject image) content.Add(Picture($"data:image/png;base64,{image["source"]?["bytes"].Str()}"));
                else if (part["document"] is JsonObject document)
                {
                    isCited |= document["citations"] is not null;
                    content.Add(File($"data:{(document["format"].Str() == "pdf" ? "application/pdf" : "text/plain")};base64,{document["source"]?["bytes"].Str()}"));
                }
                else isCited = true;
            }
            Add(messages, turn["role"].Str()!, content, calls);
        }
        var chat = new JsonObject { ["messages"] = messages };
        // Guards, marks and citations bring words of the service's own.
        if (isCited) chat["documents"] = true;
        if (wire["toolConfig"]?["tools"] is JsonArray tools)
            chat["tools"] = new JsonArray([.. tools.Select(static tool => tool?["toolSpec"]).OfType<JsonObject>().Select(static one => Function(one["name"], one["description"], one["inputSchema"]?["json"]))]);
        return chat;
    }

    private static JsonObject Message(string role, string text) => new() { ["role"] = role, ["content"] = text };

    private static JsonObject Text(string? text) => new() { ["type"] = "text", ["text"] = text ?? "" };

    private static JsonObject Picture(string url, string? detail = null)
    {
        var image = new JsonObject { ["url"] = url };
        if (detail is not null) image["detail"] = detail;
        return new() { ["type"] = "image_url", ["image_url"] = image };
    }

    private static JsonObject File(string data) => new() { ["type"] = "file", ["file"] = new JsonObject { ["file_data"] = data } };

    private static JsonObject Call(string? id, string? name, string? arguments) =>
        new() { ["id"] = id ?? "call", ["type"] = "function", ["function"] = new JsonObject { ["name"] = name ?? "", ["arguments"] = arguments ?? "" } };

    private static JsonObject Function(JsonNode? name, JsonNode? description, JsonNode? parameters)
    {
        var function = new JsonObject { ["name"] = name?.DeepClone() };
        if (description is not null) function["description"] = description.DeepClone();
        if (parameters is not null) function["parameters"] = parameters.DeepClone();
        return new() { ["type"] = "function", ["function"] = function };
    }

    private static IEnumerable<JsonNode?> List(JsonNode? node) => node switch { null => [], JsonArray list => list, _ => [node] };
}
