using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model whose service is asked by chat, and which is reached as responses: a client speaks chat over responses to our server, and the server makes them of the service's chat.</summary>
internal sealed class ServedWireModel(WireModel behind, string name) : WireModel
{
    /// <summary>What the names of such models begin with.</summary>
    public const string Prefix = "served/";

    public override string Name => Prefix + name;

    public override string Vendors => behind.Vendors;

    public override string Path => behind.Path;

    public override bool Thinks => behind.Thinks;

    /// <summary>OpenAI's chat at a service that has nothing else.</summary>
    public static Provider ChatOnly(Uri server) => new("chat-only", server.AbsoluteUri.TrimEnd('/'), Auth.None) { Chat = Providers.OpenAI.Chat };

    /// <summary>Our server as a service of responses. What it has sealed is nothing to OpenAI, so it has a name of its own.</summary>
    public static Provider At(Uri server) => new("served", new Uri(server, "v1").AbsoluteUri, Auth.None)
    {
        Chat = new OpenAIResponsesChat { EncryptedReasoning = true, BlockFormat = "served-responses" },
    };

    public override SeenChat Read(SeenRequest request) => behind.Read(request);

    public override CannedReply Say(bool stream, params Said[] said) => behind.Say(stream, said);

    protected override SeenChat Read(JsonObject body) => throw new InvalidOperationException("the model behind reads");

    protected override JsonObject Whole(Said[] said) => throw new InvalidOperationException("the model behind speaks");

    protected override string Events(Said[] said) => throw new InvalidOperationException("the model behind speaks");
}
