namespace Muxi.Llm.Tests;

/// <summary>By which of its names a model or a file is meant, and what the model of a name wants.</summary>
public sealed class GeminiNameTests
{
    [Theory]
    [InlineData("gemini/gemini-2.5-flash"), InlineData("gemini/gemini-3-pro-preview"), InlineData("gemini/gemma-4-31b-it"), InlineData("vertexai/gemini-2.5-pro"), InlineData("vertexai/gemini-3.8-flash")]
    public void A_model_with_its_collection_in_front_is_asked_as_without(string model)
    {
        var request = new ChatCompletionRequest { Model = model, Messages = [Message.User("Hi")], ReasoningEffort = "medium", Temperature = 0.5 };

        var full = request with { Model = model.Replace("/", "/models/", StringComparison.Ordinal) };

        Assert.Equal(ChatFixture.Rendered(request, stream: false).ToJsonString(), ChatFixture.Rendered(full, stream: false).ToJsonString());
    }

    [Theory]
    [InlineData("gemini/gemini-3.8-flash", """{"includeServerSideToolInvocations":true,"functionCallingConfig":{"mode":"VALIDATED"}}""")]
    [InlineData("gemini/gemini-2.5-flash", """{"functionCallingConfig":{"mode":"AUTO"}}"""), InlineData("vertexai/gemini-3.8-flash", """{"functionCallingConfig":{"mode":"AUTO"}}""")]
    public void Functions_beside_the_services_own_tools_are_asked_for_as_it_wants(string model, string config)
    {
        var request = ChatCompletionRequest.Parse("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","function":{"name":"f"}},{"type":"google_search"}],"tool_choice":"auto"}"""u8.ToArray());

        var sent = ChatFixture.Rendered(request with { Model = model }, stream: false)["toolConfig"]!;

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(config), sent), sent.ToJsonString());
    }

    [Theory, InlineData("imagen-4.0-generate-001"), InlineData("gemini-2.5-flash-image")]
    public void A_model_of_pictures_with_its_collection_in_front_is_the_same(string model) =>
        Assert.Same(Providers.Gemini.Images!.ForModel(model), Providers.Gemini.Images.ForModel($"models/{model}"));

    [Theory, InlineData("files/abc"), InlineData("abc"), InlineData("https://generativelanguage.googleapis.com/v1beta/files/abc")]
    public void A_file_is_named_with_or_without_its_collection(string id)
    {
        var request = new ChatCompletionRequest { Model = "gemini/gemini-3.8-flash", Messages = [Message.User(Document.FromId(id))] };

        Assert.Equal("https://generativelanguage.googleapis.com/v1beta/files/abc", (string?)ChatFixture.Rendered(request, stream: false)["contents"]![0]!["parts"]![0]!["fileData"]!["fileUri"]);
    }
}
