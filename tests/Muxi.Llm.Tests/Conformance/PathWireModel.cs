using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind a service of OpenAI's shape at which the path asks for a stream and <c>model_id</c> names the model, after IBM's watsonx.ai API reference.</summary>
internal sealed class PathWireModel : OpenAIWireModel
{
    /// <summary>Where a stream is asked for.</summary>
    public required string Streamed { get; init; }

    public override bool Streams(SeenRequest request) => request.Target.EndsWith("/" + Streamed, StringComparison.Ordinal);

    public override bool IsFor(string model, SeenRequest request) =>
        (Streams(request) || request.Target.EndsWith("/" + Path, StringComparison.Ordinal)) && JsonNode.Parse(request.Text)!["model_id"].Str() == model && JsonNode.Parse(request.Text)!["stream"] is null;
}
