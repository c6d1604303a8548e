namespace Muxi.Llm.Tests;

/// <summary>Amazon's secrets sign and are never told, their tokens and signatures are: none of them may show, whatever a service says back.</summary>
[Collection(nameof(Alone))]
public class Law09_Amazons_keys_are_seen_nowhere
{
    public static TheoryData<string, string> Slots
    {
        get
        {
            var slots = new TheoryData<string, string>();
            foreach (var variable in (string[])["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
                foreach (var situation in (string[])["a good reply", "401 with the key in its message, code, type and param", "a reset at once"]) slots.Add(variable, situation);
            return slots;
        }
    }

    [Theory, MemberData(nameof(Slots))]
    public async Task From_each_of_their_variables(string variable, string situation)
    {
        using var witness = new Witness { Slot = variable };
        await using var server = FaultServer.Start(CanaryServers.Replies[situation]);
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { ["bedrock"] = server.Url }, Credentials = [new AwsCredentials(new AwsMachine(null))], LoggerFactory = witness, Retries = Calls.Once,
            Environment = name => name == variable ? Canary.Key : name switch { "AWS_ACCESS_KEY_ID" => "AKIAHARMLESS", "AWS_SECRET_ACCESS_KEY" => "harmless-secret-0123456789", "AWS_REGION" => "us-east-1", _ => null },
        });

        try
        {
            witness.Saw(await client.AskAsync("bedrock/m"));
        }
        catch (LlmException error)
        {
            witness.Saw(error);
        }

        foreach (var request in server.Requests)
        {
            Assert.Equal(variable == "AWS_SESSION_TOKEN", request.Headers.Values.Any(Canary.IsIn));
            witness.Saw(request);
        }
        Law.Holds(witness.Leaks(), "Give it to CredentialContext.Protect before anything is sent.");
    }
}
