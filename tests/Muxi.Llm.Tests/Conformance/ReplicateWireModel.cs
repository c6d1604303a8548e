using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A language model behind Replicate's predictions, after replicate.com/docs/reference/http (2026-11). It is done at once, be a stream asked for or not.</summary>
internal sealed class ReplicateWireModel : WireModel
{
    public override string Name => "replicate/meta/meta-llama-3-70b-instruct";

    public override string Vendors => "meta/meta-llama-3-70b-instruct";

    public override string Path => "predictions";

    public override bool TakesSchemas => false;

    public override bool Refuses => false;

    public override bool TellsCuts => false;

    public override bool IsFor(string model, SeenRequest request) => request.Target.EndsWith($"/models/{model}/predictions", StringComparison.Ordinal);

    public override CannedReply Say(bool stream, params Said[] said) => CannedReply.Json(Whole(said).ToJsonString(), 201);

    protected override SeenChat Read(JsonObject body)
    {
        var input = Only(Only(body, ["input"], "stream")["input"], ["prompt"], "system_prompt", "max_tokens", "temperature", "image");
        return new((string?)input["system_prompt"], input["image"] is { } image ? [new("user", [new SeenPart.Words(Text(input["prompt"])), new SeenPart.Picture(Text(image))])] : [.. Turns(Text(input["prompt"]))], [], null, null);
    }

    /// <summary>The turns that a prompt tells of; one without names is a person's only one.</summary>
    private static IEnumerable<SeenTurn> Turns(string prompt)
    {
        if (!prompt.StartsWith("User: ", StringComparison.Ordinal)) return [new("user", [new SeenPart.Words(prompt)])];
        Assert.EndsWith("\n\nAssistant:", prompt, StringComparison.Ordinal);
        var told = prompt[..^"\n\nAssistant:".Length].Split("\n\nUser: ").SelectMany((one, index) => one.Split("\n\nAssistant: ").Select((words, turn) => (Role: turn == 0 ? "user" : "assistant", Words: index == 0 && turn == 0 ? words["User: ".Length..] : words)));
        return told.Select(static turn => new SeenTurn(turn.Role, [new SeenPart.Words(turn.Words)]));
    }

    protected override JsonObject Whole(Said[] said) => new()
    {
        ["id"] = "rrr4z55ocneqzikepnug6xezpe", ["model"] = Vendors, ["version"] = "hidden", ["input"] = new JsonObject(), ["logs"] = "", ["data_removed"] = false, ["error"] = null, ["status"] = "succeeded",
        ["output"] = new JsonArray([.. said.OfType<Said.Words>().SelectMany(words => Pieces(words.Text)).Select(piece => (JsonNode)piece)]), ["created_at"] = "2026-08-04T19:59:11.820Z",
        ["urls"] = new JsonObject { ["get"] = "https://api.replicate.com/v1/predictions/rrr4z55ocneqzikepnug6xezpe", ["cancel"] = "https://api.replicate.com/v1/predictions/rrr4z55ocneqzikepnug6xezpe/cancel" },
        ["metrics"] = new JsonObject { ["input_token_count"] = 20, ["output_token_count"] = 10, ["predict_time"] = 0.4 },
    };

    protected override string Events(Said[] said) => throw new InvalidOperationException("the prediction is the reply");
}
