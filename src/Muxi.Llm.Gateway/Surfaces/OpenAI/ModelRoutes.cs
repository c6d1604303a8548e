using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary><c>GET /v1/models</c> and <c>GET /v1/models/{id}</c>.</summary>
internal sealed class ModelRoutes(ModelList models)
{
    public async Task ListAsync(Incoming call) => await call.WriteJsonAsync(200, await models.AllAsync(call.Aborted), static (json, all) =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var model in all) Write(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    });

    public async Task RetrieveAsync(Incoming call)
    {
        var model = await models.FindAsync(call.Id!, call.Aborted);
        if (model is null) throw new RefusalException(new(404, $"there is no model '{Shown(call.Id!)}' here") { Code = "model_not_found", Param = "model" });
        await call.WriteJsonAsync(200, model, Write);
    }

    private static void Write(Utf8JsonWriter json, Listed listed) => ModelJson.Write(json, listed.Model, listed.Name);

    private static string Shown(string id) => id.Length <= 200 ? id : id[..200] + "...";
}
