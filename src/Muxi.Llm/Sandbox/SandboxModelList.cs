using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>GET /models</c> and <c>GET /models/{id}</c>: the listed names only, though chat answers to any.</summary>
internal static class SandboxModelList
{
    // 2026-01-01: the models did not come into being when somebody asked.
    private const long Created = 1_767_225_600;

    public static SandboxAnswer List(SandboxCall call) => SandboxAnswer.Json(json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        foreach (var model in SandboxModels.All)
            Write(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static SandboxAnswer Retrieve(SandboxCall call) =>
        SandboxModels.All.FirstOrDefault(model => model.Name == call.Tail) is { } found
            ? SandboxAnswer.Json(json => Write(json, found))
            : SandboxAnswer.Error(404, $"The sandbox lists no model '{call.Tail}'.", "invalid_request_error", "model_not_found", "model");

    private static void Write(Utf8JsonWriter json, SandboxModel model)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", Created);
        json.WriteString("owned_by", "muxi-llm-sandbox");
        json.WriteString("description", model.Description);
        json.WriteEndObject();
    }
}
