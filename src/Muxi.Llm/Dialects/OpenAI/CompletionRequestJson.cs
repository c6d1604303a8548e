using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A completion request in OpenAI's form, read strictly and written for a service or canonically.</summary>
internal static class CompletionRequestJson
{
    public static CompletionRequest Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = Begin(source, "A completion request");
        var request = new CompletionRequest { Model = "", Prompt = null };
        var hasPrompt = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("prompt"u8))
            {
                request = request with { Prompt = TextInput.Read(ref reader, "prompt") };
                hasPrompt = true;
            }
            else if (!ReadMain(ref reader, source, ref request) && !ReadSampling(ref reader, ref request)) extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (request.Model.Length == 0) throw Missing("A completion request", "model");
        if (!hasPrompt) throw Missing("A completion request", "prompt");
        return request with { Extra = extra.ToExtra() };
    }

    public static HttpCall Render(OpenAICompletions quirks, CompletionRequest request, CallContext context, bool stream)
    {
        if (!quirks.ManyPrompts && request.Prompt is { } prompt && (prompt.Count != 1 || prompt.Texts.Count != 1)) throw context.Refuse("prompt", "one text is taken, and neither several nor tokens: ask for each by itself");
        var warnings = new Warnings();
        var asked = request with { Model = context.Model, Stream = stream ? true : null, StreamOptions = stream && quirks.StreamOptions ? Options(request.StreamOptions) : null };
        if (!quirks.ManyPrompts && asked.Prompt is { Texts: [var only] }) asked = asked with { Prompt = only };
        // One answer is what there is without a word.
        if (asked.N == 1 && quirks.Drops.Contains("n")) asked = asked with { N = null };
        var body = JsonOut.ToUtf8((asked, quirks, warnings), static (json, it) => Write(json, it.asked, new(json, it.asked.Extra, it.quirks.Drops, it.warnings) { Renames = it.quirks.Renames }));
        return new(HttpMethod.Post, quirks.Path) { Body = body, Warnings = warnings.Given };
    }

    private static StreamOptions Options(StreamOptions? asked) => asked?.IncludeUsage is not null ? asked : (asked ?? new()) with { IncludeUsage = true };

    private static bool ReadMain(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref CompletionRequest request)
    {
        if (reader.Is("model"u8)) request = request with { Model = Text(ref reader, "model") ?? "" };
        else if (reader.Is("suffix"u8)) request = request with { Suffix = Text(ref reader, "suffix") };
        else if (reader.Is("echo"u8)) request = request with { Echo = Flag(ref reader, "echo") };
        else if (reader.Is("n"u8)) request = request with { N = Whole(ref reader, "n") };
        else if (reader.Is("best_of"u8)) request = request with { BestOf = Whole(ref reader, "best_of") };
        else if (reader.Is("stream"u8)) request = request with { Stream = Flag(ref reader, "stream") };
        else if (reader.Is("stream_options"u8)) request = request with { StreamOptions = RequestReading.StreamOptions(ref reader, source) };
        else if (reader.Is("user"u8)) request = request with { User = Text(ref reader, "user") };
        else return false;
        return true;
    }

    private static bool ReadSampling(ref Utf8JsonReader reader, ref CompletionRequest request)
    {
        if (reader.Is("max_tokens"u8)) request = request with { MaxTokens = Whole(ref reader, "max_tokens") };
        else if (reader.Is("temperature"u8)) request = request with { Temperature = Number(ref reader, "temperature") };
        else if (reader.Is("top_p"u8)) request = request with { TopP = Number(ref reader, "top_p") };
        else if (reader.Is("frequency_penalty"u8)) request = request with { FrequencyPenalty = Number(ref reader, "frequency_penalty") };
        else if (reader.Is("presence_penalty"u8)) request = request with { PresencePenalty = Number(ref reader, "presence_penalty") };
        else if (reader.Is("logprobs"u8)) request = request with { Logprobs = Whole(ref reader, "logprobs") };
        else if (reader.Is("logit_bias"u8)) request = request with { LogitBias = Biases(ref reader, "logit_bias") };
        else if (reader.Is("seed"u8)) request = request with { Seed = Long(ref reader, "seed") };
        else if (reader.Is("stop"u8)) request = request with { Stop = Texts(ref reader, "stop") };
        else return false;
        return true;
    }

    public static void Write(Utf8JsonWriter json, CompletionRequest request) => Write(json, request, new(json, request.Extra));

    private static void Write(Utf8JsonWriter json, CompletionRequest request, MemberWriter members)
    {
        json.WriteStartObject();
        members.Text("model"u8, request.Model);
        if (!members.Overrides("prompt"u8))
        {
            if (request.Prompt is { } prompt) prompt.Write(json, "prompt"u8);
            else json.WriteNull("prompt"u8);
        }
        // The method that is called decides how the reply is read, so no extra member goes before it.
        if (request.Stream is { } stream) json.WriteBoolean("stream"u8, stream);
        members.StreamOptions(request.StreamOptions);
        members.Text("suffix"u8, request.Suffix);
        members.Flag("echo"u8, request.Echo);
        members.Number("n"u8, request.N);
        members.Number("best_of"u8, request.BestOf);
        members.Number("max_tokens"u8, request.MaxTokens);
        members.Number("temperature"u8, request.Temperature);
        members.Number("top_p"u8, request.TopP);
        members.Number("frequency_penalty"u8, request.FrequencyPenalty);
        members.Number("presence_penalty"u8, request.PresencePenalty);
        members.Number("logprobs"u8, request.Logprobs);
        members.Biases("logit_bias"u8, request.LogitBias);
        members.Number("seed"u8, request.Seed);
        members.TextOrTexts("stop"u8, request.Stop);
        members.Text("user"u8, request.User);
        request.Extra.WriteMembers(json, except: "stream"u8);
        json.WriteEndObject();
    }
}
