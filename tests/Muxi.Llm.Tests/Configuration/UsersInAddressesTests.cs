using System.Net;
using System.Text;

namespace Muxi.Llm.Tests;

public class UsersInAddressesTests
{
    private const string Reply = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""";

    private static readonly string _basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:p@ss/word"));

    [Fact]
    public async Task A_base_URLs_user_is_sent_as_Basic_where_there_is_no_key()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Reply));

        await AskAsync(new() { BaseUrls = new Dictionary<string, Uri> { ["vllm"] = WithUser(server.Url) }, Environment = _ => null });

        Assert.Equal(_basic, Assert.Single(server.Requests).Headers["authorization"]);
    }

    [Fact]
    public async Task A_key_goes_before_a_base_URLs_user()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Reply));

        await AskAsync(new() { BaseUrls = new Dictionary<string, Uri> { ["vllm"] = WithUser(server.Url) }, Environment = name => name == "VLLM_API_KEY" ? "key" : null });

        Assert.Equal("Bearer key", Assert.Single(server.Requests).Headers["authorization"]);
    }

    [Theory]
    [InlineData("me:p@ss/word", 200)]
    [InlineData("me:another", 407)]
    public async Task A_proxy_gets_the_user_of_its_address(string welcome, int status)
    {
        await using var server = FaultServer.Start(CannedReply.Json(Reply));
        await using var proxy = ProxyServer.Start(welcome);
        var options = new LlmOptions { BaseUrls = new Dictionary<string, Uri> { ["vllm"] = server.Url }, Environment = _ => null, Proxy = new WebProxy(WithUser(proxy.Url)), Retries = Calls.Once };

        if (status == 200) Assert.Equal("Hello", (await AskAsync(options)).Text);
        else Assert.Equal(status, (int)(await Assert.ThrowsAnyAsync<ApiException>(() => AskAsync(options))).Status);

        Assert.Equal(_basic, proxy.Requests[^1].Headers["proxy-authorization"]);
    }

    private static async Task<ChatCompletion> AskAsync(LlmOptions options)
    {
        using var client = new LlmClient(options);
        return await client.Chat.Completions.CreateAsync(new() { Model = "vllm/m", Messages = [Message.User("Hi")] }, null, TestContext.Current.CancellationToken);
    }

    private static Uri WithUser(Uri url) => new UriBuilder(url) { UserName = "me", Password = "p%40ss%2Fword" }.Uri;
}
