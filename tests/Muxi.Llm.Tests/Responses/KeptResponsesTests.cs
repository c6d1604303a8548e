using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Responses are found and gone on from whoever has made them, and by nobody but their maker.</summary>
public sealed class KeptResponsesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Models => new() { { ManyServices.Chat, false }, { ManyServices.Chat, true }, { ManyServices.Stateless, false }, { ManyServices.Stateless, true } };

    [Theory, MemberData(nameof(Models))]
    public async Task A_conversation_goes_on_at_a_service_that_keeps_nothing(string model, bool stream)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());

        var first = await AskAsync(client, new() { Model = model, Input = "One", Instructions = "Be brief." }, stream);
        var second = await AskAsync(client, new() { Model = model, Input = "Two", PreviousResponseId = first.Id }, stream);
        var third = await AskAsync(client, new() { Model = model, Input = "Three", PreviousResponseId = second.QualifiedId }, stream);

        Assert.Equal((first.Id, second.QualifiedId), (second.PreviousResponseId, third.PreviousResponseId));
        Assert.Equal("user: One | assistant: Answer 1 | user: Two | assistant: Answer 2 | user: Three", Lines(services.Sent(^1)));
        Assert.DoesNotContain("Be brief.", services.Sent(^1).ToJsonString(), StringComparison.Ordinal);
        Assert.Null(services.Sent(^1)["previous_response_id"]);
        if (model != ManyServices.Chat) return;
        // What was signed and sealed goes back as it came, in its place.
        Assert.Equal(
            """[{"type":"thinking","thinking":"Hm.","signature":"c2lnbmVk"},{"type":"redacted_thinking","data":"c2VhbGVk"},{"type":"text","text":"Answer 1"}]""",
            services.Sent(^1)["messages"]![1]!["content"]!.ToJsonString());
        Assert.Equal(3, new HashSet<string> { first.Id, second.Id, third.Id }.Count);
        Assert.Matches("^resp_[0-9a-f]{48}$", first.Id);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task A_kept_response_is_looked_at_listed_and_forgotten(string model, bool stream)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var first = await AskAsync(client, new() { Model = model, Input = "One" }, stream);
        var second = await AskAsync(client, new() { Model = model, Input = [ResponseItem.User("Two"), ResponseItem.User("Three")], PreviousResponseId = first.Id }, stream);

        var seen = await client.Responses.RetrieveAsync(second.QualifiedId, null, Token);
        var newest = await client.Responses.InputItemsPageAsync(new(second.QualifiedId) { Limit = 2 }, null, Token);
        var next = await client.Responses.InputItemsPageAsync(new(second.QualifiedId) { Limit = 1, After = newest.LastId }, null, Token);
        var all = await client.Responses.InputItemsAsync(new ResponseInputItemsRequest(second.QualifiedId) { Order = ListOrder.Ascending, Limit = 2 }, null, Token).ToListAsync(Token);
        var cancelled = await Assert.ThrowsAsync<BadRequestException>(() => client.Responses.CancelAsync(second.QualifiedId, null, Token));
        var deleted = await client.Responses.DeleteAsync(second.QualifiedId, null, Token);

        JsonComparison.Same("the response", JsonNode.Parse(second.ToJson()), JsonNode.Parse(seen.ToJson()));
        Assert.Equal(second.Provider, seen.Provider);
        Assert.Equal(["Three", "Two"], newest.Data.Select(item => item.Content!.Text));
        Assert.True(newest.HasMore && next.HasMore);
        Assert.Equal("Answer 1", next.Data[0].Content!.Text);
        Assert.Equal(["One", "Answer 1", "Two", "Three"], all.Where(item => item.Type == ResponseItemType.Message).Select(item => item.Content!.Text));
        Assert.Equal(all.Count, all.Select(item => item.Id).Distinct().Count());
        Assert.Contains("completed", cancelled.Message, StringComparison.Ordinal);
        Assert.True(deleted.Deleted);
        await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.RetrieveAsync(second.QualifiedId, null, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.DeleteAsync(second.QualifiedId, null, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => AskAsync(client, new() { Model = model, Input = "More", PreviousResponseId = second.QualifiedId }, stream));
        // What was said before is not forgotten with it.
        await AskAsync(client, new() { Model = model, Input = "More", PreviousResponseId = first.QualifiedId }, stream);
    }

    [Fact]
    public async Task A_list_of_items_is_one_of_the_schema()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        ResponseInput input =
        [
            ResponseItem.System("Be brief."), ResponseItem.User("One"), ResponseItem.Assistant("Well."), new() { Type = ResponseItemType.FunctionCall, CallId = "c", Name = "f", Arguments = "{}" }, ResponseItem.FunctionCallOutput("c", "7"),
            ResponseItem.User(ResponsePart.FromImage("data:image/png;base64,iVBORw0KGgo=", "low")),
        ];
        var response = await AskAsync(client, new() { Model = ManyServices.Chat, Input = input }, stream: false);

        var page = await client.Responses.InputItemsPageAsync(new(response.QualifiedId), null, Token);

        await OpenAISchemas.ExpectValidAsync([("ResponseItemList", JsonOut.ToText(page, static (json, page) => ResponseWriter.Write(json, page), indented: false))]);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task What_is_not_to_be_kept_is_not(string model, bool stream)
    {
        await using var services = await ManyServices.StartAsync();
        var store = new MemoryResponseStore();
        using var client = new LlmClient(services.Options() with { ResponseStore = store });

        var response = await AskAsync(client, new() { Model = model, Input = "One", Store = false }, stream);

        Assert.Equal(0, store.Count);
        await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.RetrieveAsync(response.QualifiedId, null, Token));
    }

    [Theory, InlineData(ManyServices.Chat), InlineData(ManyServices.Stateless)]
    public async Task Another_key_address_or_tenant_finds_nothing(string model)
    {
        await using var services = await ManyServices.StartAsync();
        await using var elsewhere = await ManyServices.StartAsync();
        var store = new MemoryResponseStore();
        using var mine = new LlmClient(services.Options() with { ResponseStore = store });
        using var otherKey = new LlmClient(services.Options("two") with { ResponseStore = store });
        using var otherAddress = new LlmClient(elsewhere.Options() with { ResponseStore = store });
        var id = (await AskAsync(mine, new() { Model = model, Input = "My secret" }, stream: false)).QualifiedId;
        var ofTenant = (await mine.Responses.CreateAsync(new() { Model = model, Input = "Their secret" }, new() { Tenant = "a" }, Token)).QualifiedId;

        (LlmClient Client, RequestOptions? Options, string Id)[] strangers =
        [
            (otherKey, null, id), (otherAddress, null, id), (mine, new() { ApiKey = "of-the-call" }, id), (mine, new() { BaseUrl = elsewhere.Url, ApiKey = "of-the-call" }, id),
            (mine, new() { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer other" } }, id), (mine, new() { Tenant = "a" }, id), (mine, null, ofTenant), (mine, new() { Tenant = "b" }, ofTenant),
        ];
        foreach (var (client, options, whose) in strangers)
        {
            var bare = whose.Split('/')[1];
            foreach (var name in (string[])[whose, bare])
            {
                if (name == whose)
                {
                    Assert.Equal(System.Net.HttpStatusCode.NotFound, (await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.RetrieveAsync(name, options, Token))).Status);
                    await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.InputItemsPageAsync(new(name), options, Token));
                    await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.CancelAsync(name, options, Token));
                    await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.DeleteAsync(name, options, Token));
                }
                await Assert.ThrowsAsync<NotFoundException>(() => client.Responses.CreateAsync(new() { Model = model, Input = "What was it?", PreviousResponseId = name }, options, Token));
            }
        }

        // Nobody has deleted them.
        Assert.Equal(id, (await mine.Responses.RetrieveAsync(id, null, Token)).QualifiedId);
        Assert.Equal(ofTenant, (await mine.Responses.RetrieveAsync(ofTenant, new() { Tenant = "a" }, Token)).QualifiedId);
        await mine.Responses.CreateAsync(new() { Model = model, Input = "Go on", PreviousResponseId = ofTenant }, new() { Tenant = "a" }, Token);
    }

    [Theory, InlineData("key"), InlineData("address"), InlineData("header")]
    public async Task A_call_with_a_key_or_an_address_of_its_own_finds_nothing_that_was_made_with_the_settings(string own)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var options = own switch
        {
            "key" => new RequestOptions { ApiKey = "groq-key-of-the-call" },
            "address" => new() { BaseUrl = new(services.Url, "elsewhere"), ApiKey = "groq-key-one" },
            _ => new() { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer groq-key-of-the-call" } },
        };
        var here = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "My secret" }, stream: false);
        var atMaker = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "My secret" }, stream: false);
        var sent = services.Requests.Count;

        foreach (var id in (string[])[here.Id, here.QualifiedId])
            await Assert.ThrowsAsync<NotFoundException>(() => AskAsync(client, new() { Model = ManyServices.Stateless, Input = "What was it?", PreviousResponseId = id }, stream: false, options));
        var refused = await Assert.ThrowsAsync<BadRequestException>(() => AskAsync(client, new() { Model = ManyServices.Stateless, Input = "What was it?", PreviousResponseId = atMaker.QualifiedId }, stream: false, options));

        Assert.Equal("previous_response_id", refused.Param);
        Assert.Contains("ask openai", refused.Message, StringComparison.Ordinal);
        Assert.Equal(sent, services.Requests.Count);
        // By the bare id it is not there, either: the settings' owner alone has it.
        await Assert.ThrowsAnyAsync<LlmException>(() => client.Responses.RetrieveAsync(here.Id, new() { ApiKey = "of-the-call" }, Token));
        await Assert.ThrowsAnyAsync<LlmException>(() => client.Responses.DeleteAsync(here.Id, new() { ApiKey = "of-the-call" }, Token));
        Assert.Equal("My secret", (await client.Responses.InputItemsPageAsync(new(here.Id), null, Token)).Data[0].Content!.Text);
        var ofCall = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "The call's own" }, stream: false, new() { ApiKey = "of-the-call" });
        Assert.Equal(ofCall.Id, (await client.Responses.RetrieveAsync(ofCall.Id, new() { ApiKey = "of-the-call" }, Token)).Id);
    }

    [Fact]
    public async Task Turns_that_come_back_to_themselves_are_read_once_and_too_many_are_told()
    {
        var turns = 0;
        await using var maker = await ReplayServer.StartAsync(1, request =>
        {
            if (request.Method == "POST") return CannedReply.Json(WireResponse.Response());
            if (request.Target.Contains("input_items", StringComparison.Ordinal)) return CannedReply.Json("""{"object":"list","data":[],"has_more":false}""");
            var id = request.Target.Split('/')[^1].Split('?')[0];
            var before = id.StartsWith("ring", StringComparison.Ordinal) ? id == "ring_a" ? "ring_b" : "ring_a" : $"long_{++turns}";
            return CannedReply.Json(WireResponse.Response(id: id).Replace("\"previous_response_id\":null", $"\"previous_response_id\":\"{before}\"", StringComparison.Ordinal));
        });
        using var client = new LlmClient(Calls.OptionsFor(maker.Url) with { BaseUrls = new Dictionary<string, Uri> { ["openai"] = maker.Url, ["lmstudio"] = maker.Url } });

        await AskAsync(client, new() { Model = "lmstudio/m", Input = "Go on", PreviousResponseId = "openai/ring_a" }, stream: false);
        var looked = maker.Requests.Count(request => request.Method == "GET");
        var error = await Assert.ThrowsAsync<BadRequestException>(() => AskAsync(client, new() { Model = "lmstudio/m", Input = "Go on", PreviousResponseId = "openai/long" }, stream: false));

        Assert.Equal(4, looked);
        Assert.Equal("previous_response_id", error.Param);
        Assert.Contains("more than 200 responses", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_moves_between_services_and_leaves_what_is_sealed_behind()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());

        var first = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "One" }, stream: false);
        var second = await AskAsync(client, new() { Model = ManyServices.Stateless, Input = "Two", PreviousResponseId = first.QualifiedId }, stream: false);
        var atStateless = services.Sent(^1);
        var third = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "Three", PreviousResponseId = second.Id }, stream: true);
        var atKeeper = services.Sent(^1);
        var fourth = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "Four", PreviousResponseId = third.QualifiedId }, stream: false);

        Assert.Equal("user: One | assistant: Answer 1 | user: Two", Lines(atStateless));
        Assert.Equal("user: One | assistant: Answer 1 | user: Two | assistant: Answer 2 | user: Three", Lines(atKeeper));
        Assert.All([atStateless, atKeeper], sent =>
        {
            Assert.DoesNotContain("encrypted_content", sent.ToJsonString(), StringComparison.Ordinal);
            Assert.DoesNotContain("\"id\"", sent.ToJsonString(), StringComparison.Ordinal);
            Assert.Null(sent["previous_response_id"]);
        });
        Assert.Equal(third.QualifiedId, fourth.PreviousResponseId);
        Assert.DoesNotContain("gAAAA", services.Sent(^1).ToJsonString(), StringComparison.Ordinal);
        // Its maker was asked with its own key for what it keeps.
        Assert.All(services.Requests.Where(request => request.Method == "GET"), request => Assert.Equal("Bearer openai-key-one", request.Headers["authorization"]));
    }

    [Fact]
    public async Task What_its_maker_keeps_is_read_there_turn_by_turn_and_each_item_once()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var first = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "One" }, stream: false);
        var second = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "Two", PreviousResponseId = first.Id }, stream: false);
        Assert.Equal(first.Id, (string?)services.Sent(^1)["previous_response_id"]);
        Assert.DoesNotContain(services.Requests, request => request.Method == "GET");

        await AskAsync(client, new() { Model = ManyServices.Chat, Input = "Three", PreviousResponseId = second.QualifiedId }, stream: false);

        Assert.Equal("user: One | assistant: Answer 1 | user: Two | assistant: Answer 2 | user: Three", Lines(services.Sent(^1)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_fallback_knows_what_was_said_and_can_be_gone_on_from(bool stream)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var options = new RequestOptions { Fallbacks = [ManyServices.Chat] };
        var first = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "One" }, stream, options);
        services.Fails = static request => request is { Method: "POST" } && request.Target.Contains("responses", StringComparison.Ordinal);

        var second = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "Two", PreviousResponseId = first.Id }, stream, options);
        var atFallback = services.Sent(^1);
        services.Fails = static _ => false;
        var third = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "Three", PreviousResponseId = second.Id }, stream, options);

        Assert.Equal(("openai", "anthropic", "openai"), (first.Provider, second.Provider, third.Provider));
        Assert.Equal(2, second.Attempts.Count);
        Assert.Equal("user: One | assistant: Answer 1 | user: Two", Lines(atFallback));
        Assert.Contains("user: One | assistant: Answer 1 | user: Two | assistant: Answer", Lines(services.Sent(^1)), StringComparison.Ordinal);
        Assert.Null(services.Sent(^1)["previous_response_id"]);
    }

    [Fact]
    public async Task Its_maker_is_asked_by_the_id_even_where_the_history_cannot_be_read()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var first = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "One" }, stream: false);
        services.Fails = static request => request.Method == "GET";

        var second = await AskAsync(client, new() { Model = ManyServices.Keeper, Input = "Two", PreviousResponseId = first.Id }, stream: false, new() { Fallbacks = [ManyServices.Chat] });

        Assert.Equal("openai", second.Provider);
        Assert.Equal(first.Id, (string?)services.Sent(^1)["previous_response_id"]);
    }

    [Theory, InlineData(ManyServices.Chat, "resp_nobody"), InlineData(ManyServices.Chat, "groq/resp_nobody"), InlineData(ManyServices.Stateless, "anthropic/resp_nobody")]
    public async Task An_unknown_response_is_not_found_and_nothing_is_sent(string model, string id)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());

        var error = await Assert.ThrowsAsync<NotFoundException>(() => AskAsync(client, new() { Model = model, Input = "Hi", PreviousResponseId = id }, stream: false));

        Assert.Contains(id, error.Message, StringComparison.Ordinal);
        Assert.Equal("previous_response_id", error.Param);
        Assert.Empty(services.Requests);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_answer_is_not_lost_where_it_cannot_be_kept(bool stream)
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options() with { ResponseStore = new BrokenStore() });

        var response = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "One" }, stream);

        Assert.Equal("Answer 1", response.OutputText);
        Assert.Contains(response.Warnings, warning => warning.Param == "store" && warning.Message.Contains("the disk is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_block_that_was_sealed_here_goes_to_no_service_of_responses()
    {
        await using var services = await ManyServices.StartAsync();
        using var client = new LlmClient(services.Options());
        var first = await AskAsync(client, new() { Model = ManyServices.Chat, Input = "One", Store = false }, stream: false);

        foreach (var model in (string[])[ManyServices.Stateless, ManyServices.Keeper])
        {
            await AskAsync(client, new() { Model = model, Input = ResponseInput.FromItems([ResponseItem.User("One"), .. first.Output, ResponseItem.User("Two")]) }, stream: false);
            Assert.DoesNotContain("encrypted_content", services.Sent(^1).ToJsonString(), StringComparison.Ordinal);
            Assert.Equal("user: One | assistant: Answer 1 | user: Two", Lines(services.Sent(^1)));
        }
    }

    private static async Task<Response> AskAsync(LlmClient client, ResponseRequest request, bool stream, RequestOptions? options = null)
    {
        if (!stream) return await client.Responses.CreateAsync(request, options, Token);
        Response? whole = null;
        await foreach (var one in client.Responses.StreamAsync(request, options, Token)) whole = one.Response ?? whole;
        return whole!;
    }

    /// <summary>What a request says in words, in either format.</summary>
    private static string Lines(JsonNode sent)
    {
        if (sent["input"] is JsonValue only) return $"user: {only}";
        var turns = (sent["messages"] ?? sent["input"])!.AsArray().Where(turn => turn!["role"] is not null);
        return string.Join(" | ", turns.Select(turn => $"{turn!["role"]}: {(turn["content"] is JsonArray parts ? string.Concat(parts.Select(part => (string?)part!["text"])) : (string?)turn["content"])}"));
    }

    private sealed class BrokenStore : IResponseStore
    {
        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken = default) => default;

        public ValueTask WriteAsync(string key, ReadOnlyMemory<byte> value, DateTimeOffset expiresAt, CancellationToken cancellationToken = default) => throw new IOException("the disk is full");

        public ValueTask<bool> DeleteAsync(string key, CancellationToken cancellationToken = default) => default;
    }
}
