using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call for pictures of OpenAI's shape, replayed over HTTP to the client, against OpenAI's own SDK over the same bytes.</summary>
public sealed class ImageReplayTests
{
    /// <summary>Whether a record is replayed here. Venice's are of its own format, <c>/image/generate</c>.</summary>
    internal static bool Reads(Cassette record) => record.Endpoint == "images" && record.Provider != "venice";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_record_reads_as_the_SDK_says()
    {
        var records = Cassettes.All.Where(Reads).ToList();
        NpmPackages.Require("openai");
        var readings = await NodeOracle.ReadAsync("openai-images.mjs", NpmPackages.Modules, Cassettes.File!);
        Assert.Equal(records.Count, readings.Count);

        var differences = new List<string>();
        foreach (var expected in readings)
        {
            var record = records.Single(one => one.Id == (string?)expected["id"]);
            var found = await ReplayAsync(record);
            if (!JsonNode.DeepEquals(Without(expected), found)) differences.Add($"{record.Id}\n  expected {Without(expected).ToJsonString()}\n  found    {found.ToJsonString()}");
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static JsonObject Without(JsonObject expected)
    {
        var copy = expected.DeepClone().AsObject();
        copy.Remove("id");
        return copy;
    }

    /// <summary>The call as it was recorded, by its path, answered with the recorded bytes: what came of it, in the oracle's words.</summary>
    private static async Task<JsonObject> ReplayAsync(Cassette record)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
        var provider = record.Provider;
        using var client = Calls.ClientFor(server.Url, provider);
        try
        {
            var reply = record.Request.Url.Contains("/edits", StringComparison.Ordinal) ? await client.Images.EditAsync(new() { Model = $"{provider}/m", Prompt = "p", Images = [ImageInput.FromBytes(ImageWire.Png)] }, null, Cancel)
                : record.Request.Url.Contains("/variations", StringComparison.Ordinal) ? await client.Images.CreateVariationAsync(new() { Model = $"{provider}/m", Image = FileSource.FromBytes(ImageWire.Png, "a.png") }, null, Cancel)
                : await client.Images.GenerateAsync(Request(record, provider), null, Cancel);
            return new()
            {
                ["images"] = new JsonArray([.. reply.Data.Select(image => new JsonArray(image.B64Json, image.Url, image.RevisedPrompt))]), ["created"] = reply.Created, ["usage"] = Usage(reply.Usage),
                ["told"] = new JsonArray(reply.Size?.Value, reply.Quality?.Value, reply.Background?.Value, reply.OutputFormat?.Value), ["error"] = null,
            };
        }
        catch (ApiException e)
        {
            return new() { ["error"] = new JsonObject { ["status"] = (int)e.Status, ["code"] = e.Code, ["type"] = e.Type, ["param"] = e.Param, ["message"] = e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..] } };
        }
    }

    /// <summary>The caller's own request where it was recorded; an empty prompt, which we refuse ourselves, as another one.</summary>
    private static ImageGenerationRequest Request(Cassette record, string provider)
    {
        if (record.Request.Body.Length == 0) return new() { Model = $"{provider}/m", Prompt = "p" };
        var body = JsonNode.Parse(record.Request.Body)!.AsObject();
        var model = (string?)body["model"] ?? "m";
        body["model"] = $"{provider}/{model}";
        if ((string?)body["prompt"] == "") body["prompt"] = "p";
        return ImageGenerationRequest.Parse(System.Text.Encoding.UTF8.GetBytes(body.ToJsonString()));
    }

    /// <summary>Usage in the vendor's words. One without tokens has its own members alone.</summary>
    private static JsonObject? Usage(ImagesUsage? usage)
    {
        if (usage is null) return null;
        var own = JsonNode.Parse(usage.Extra.ToString())!.AsObject();
        if (usage.TotalTokens == 0) return own;
        own["input_tokens"] = usage.InputTokens;
        own["output_tokens"] = usage.OutputTokens;
        own["total_tokens"] = usage.TotalTokens;
        if (usage.InputTokensDetails is { } input) own["input_tokens_details"] = new JsonObject { ["text_tokens"] = input.TextTokens, ["image_tokens"] = input.ImageTokens };
        if (usage.OutputTokensDetails is { } output) own["output_tokens_details"] = new JsonObject { ["text_tokens"] = output.TextTokens, ["image_tokens"] = output.ImageTokens };
        return own;
    }
}
