using System.Text;
using System.Text.Json.Nodes;
using Muxi.Llm;

namespace Parlance.Tests;

/// <summary>
/// Each folder under fixtures is one exchange, canonical form and wire side by side: <c>request.json</c> must become <c>wire-request.json</c> (with <c>warnings.json</c>), and
/// <c>wire-reply.json</c> or <c>.ndjson</c> must be read as <c>reply.json</c>.
/// </summary>
public sealed class FixtureTests
{
    private static readonly CallContext _context = new("parlance", "alto", "request-1", DateTimeOffset.FromUnixTimeSeconds(1763900000));

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Folder("")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Names))]
    public void A_request_is_written_so(string name)
    {
        var request = Request(name);

        var call = new ParlanceChat().Render(request, _context, request.Stream == true);

        Assert.Equal((HttpMethod.Post, "talk"), (call.Method, call.Path));
        Same(Read(name, "wire-request.json"), Encoding.UTF8.GetString(call.Body.Span));
        Same(Read(name, "warnings.json"), new JsonArray([.. call.Warnings.Select(warning => (JsonNode)$"{warning.Param}: {warning.Message}")]).ToJsonString());
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_reply_is_read_so(string name)
    {
        var whole = Path.Combine(Folder(name), "wire-reply.json");
        if (File.Exists(whole))
        {
            var reply = new ParlanceChat().Parse(new(200, await File.ReadAllBytesAsync(whole, TestContext.Current.CancellationToken)), _context);
            Same(Read(name, "reply.json"), reply.ToJson());
            return;
        }
        var (fold, chunks) = (new ParlanceChat().Fold(_context), new List<ChatCompletionChunk>());
        foreach (var line in Read(name, "wire-reply.ndjson").Split('\n', StringSplitOptions.RemoveEmptyEntries)) fold.Next(new(null, Encoding.UTF8.GetBytes(line)), chunks);
        fold.End(chunks);
        Assert.True(fold.IsComplete);
        Same(Read(name, "reply.json"), (await Asynchronously(chunks).ToCompletionAsync(TestContext.Current.CancellationToken)).ToJson());
    }

    [Fact]
    public void What_the_service_cannot_do_is_refused_before_anything_is_sent()
    {
        var tools = Request("tools");

        var noSkills = Assert.Throws<UnsupportedFeatureException>(() => new ParlanceChat { Skills = false }.Render(tools, _context, stream: false));
        var noPictures = Assert.Throws<UnsupportedFeatureException>(() => new ParlanceChat().Render(tools with { Messages = [Message.User("Look", Image.FromUrl("https://a.example/b.png"))] }, _context, stream: false));

        Assert.Equal("parlance: tools: alto has no skills; ask a larger model", noSkills.Message);
        Assert.Equal("parlance: messages: it takes text only", noPictures.Message);
    }

    [Theory]
    [InlineData("<html>Bad gateway</html>"), InlineData("{\"ref\":\"p-1\"}"), InlineData("{\"ended\":\"done\",\"spent\":7}"), InlineData("{\"ended\":\"do"), InlineData("")]
    public void What_is_no_reply_is_an_error_and_no_crash(string body) =>
        Assert.ThrowsAny<ApiException>(() => new ParlanceChat().Parse(new(200, Encoding.UTF8.GetBytes(body)), _context));

    private static string Folder(string name) => Path.Combine(AppContext.BaseDirectory, "fixtures", name);

    private static string Read(string name, string file) => File.ReadAllText(Path.Combine(Folder(name), file));

    private static ChatCompletionRequest Request(string name) => ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(Read(name, "request.json")));

    private static void Same(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected.Trim()}\ngot      {actual}");

    private static async IAsyncEnumerable<ChatCompletionChunk> Asynchronously(IEnumerable<ChatCompletionChunk> chunks)
    {
        await Task.CompletedTask;
        foreach (var chunk in chunks) yield return chunk;
    }
}
