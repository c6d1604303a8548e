namespace Muxi.Llm.Tests;

/// <summary>Every request of the Responses API that we send, with every option set, is one that OpenAI's published document allows.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class ResponseConformanceTests(SchemaServer server)
{
    private static readonly ResponseRequest _all = ResponseCallTests.All with { Model = "openai/m" };

    /// <summary>Of a message with parts two forms of the document fit, and it wants one: the second judge, which is strict about that, gets plain texts.</summary>
    private static readonly ResponseInput _plain = (ResponseItem[])[ResponseItem.System("Be brief."), ResponseItem.User("Hi"), ResponseItem.FunctionCallOutput("call_1", "2"), ResponseItem.Parse("""{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA=="}"""u8)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Making_one()
    {
        var whole = Assert.Single(await server.ExpectAcceptedAsync(client => client.Responses.CreateAsync(_all, null, Token), CannedReply.Json(WireResponse.Response())));
        var streamed = Assert.Single(await server.ExpectAcceptedAsync(client => client.Responses.StreamAsync(_all with { Input = _plain, PreviousResponseId = null, Conversation = "\"conv_1\"" }, null, Token).ToResponseAsync(Token), CannedReply.Sse(WireResponse.Stream)));

        var schema = OpenAIDocument.BodyOf("POST", "/responses");
        Assert.Equal(OpenAIDocument.MembersOf(schema).Order(), whole.Members.Union(streamed.Members).Order());
        await OpenAISchemas.ExpectValidAsync([(schema, streamed.Text)]);
    }

    [Fact]
    public async Task Looking_at_it_and_what_else_is_done_with_it()
    {
        var judged = await server.ExpectAcceptedAsync(async client =>
        {
            await client.Responses.RetrieveAsync(new ResponseRetrieveRequest("resp_1") { Include = ["reasoning.encrypted_content"] }, null, Token);
            await client.Responses.CancelAsync("resp_1", null, Token);
            await client.Responses.InputItemsPageAsync(new("resp_1") { After = "msg_1", Limit = 5, Order = ListOrder.Ascending, Include = ["reasoning.encrypted_content"] }, null, Token);
            await client.Responses.DeleteAsync("resp_1", null, Token);
        });

        Assert.Equal(["/responses/{response_id}", "/responses/{response_id}/cancel", "/responses/{response_id}/input_items", "/responses/{response_id}"], judged.Select(request => request.Path));
    }

    [Fact]
    public async Task Taking_its_stream_up()
    {
        var judged = Assert.Single(await server.ExpectAcceptedAsync(
            client => client.Responses.StreamAsync(new ResponseRetrieveRequest("resp_1") { StartingAfter = 3, IncludeObfuscation = false, Include = ["reasoning.encrypted_content"] }, null, Token).ToResponseAsync(Token), CannedReply.Sse(WireResponse.Stream)));

        Assert.Equal("/responses/{response_id}", judged.Path);
    }

    [Fact]
    public async Task Counting_and_condensing()
    {
        var count = Assert.Single(await server.ExpectAcceptedAsync(client => client.Responses.CountInputTokensAsync(_all with { Input = _plain }, null, Token)));
        var compact = Assert.Single(await server.ExpectAcceptedAsync(client => client.Responses.CompactAsync(_all with { Input = "Hi", ServiceTier = ServiceTier.Default }, null, Token)));

        await OpenAISchemas.ExpectValidAsync([("TokenCountsBody", count.Text), ("CompactResponseMethodPublicBody", compact.Text)]);
        Assert.Equal([], compact.Members.Except(OpenAIDocument.MembersOf("CompactResponseMethodPublicBody")));
        Assert.Equal([], count.Members.Except(OpenAIDocument.MembersOf("TokenCountsBody")));
    }
}
