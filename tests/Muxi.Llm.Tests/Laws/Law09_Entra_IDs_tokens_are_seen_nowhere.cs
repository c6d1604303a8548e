using Azure.Core;

namespace Muxi.Llm.Tests;

/// <summary>A token of Entra ID's goes into its header and shows nowhere else, whatever a service says back.</summary>
[Collection(nameof(Alone))]
public class Law09_Entra_IDs_tokens_are_seen_nowhere
{
    public static TheoryData<string> Situations => [.. CanaryServers.Replies.Keys.Where(static name => !name.StartsWith("silence", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Situations))]
    public async Task From_a_credential(string situation)
    {
        using var witness = new Witness { Slot = "a credential" };
        await using var server = FaultServer.Start(CanaryServers.Replies[situation]);
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { ["azure"] = server.Url }, Credentials = [new AzureCredentials(new Fixed())], LoggerFactory = witness, Retries = Calls.Once, Environment = static _ => null,
        });

        try
        {
            witness.Saw(await client.AskAsync("azure/m"));
        }
        catch (LlmException error)
        {
            witness.Saw(error);
        }

        foreach (var request in server.Requests)
        {
            Assert.Contains(request.Headers.Values, Canary.IsIn);
            witness.Saw(request);
        }
        Law.Holds(witness.Leaks(), "Give it to CredentialContext.Protect before anything is sent.");
    }

    private sealed class Fixed : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(Canary.Key, DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }
}
