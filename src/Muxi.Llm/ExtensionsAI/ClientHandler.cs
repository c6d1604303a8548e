using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.AI;

namespace Muxi.Llm;

/// <summary>A client of Microsoft.Extensions.AI as what answers inside this process. It speaks our canonical form (<see cref="CanonicalChat"/>, and OpenAI's of embeddings).</summary>
internal sealed class ClientHandler(string name, IChatClient? client, IEmbeddingGenerator<string, Embedding<float>>? generator, TimeProvider clock) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var path = request.RequestUri!.AbsolutePath;
        if (client is not null && path.EndsWith("/" + CanonicalChat.Path, StringComparison.Ordinal))
        {
            var asked = Asked(ChatCompletionRequest.Parse(body), body);
            return asked.IsStream ? Answer(request, new LinesContent(token => StreamAsync(asked, token)), "application/x-ndjson") : Answer(request, await AskAsync(asked, cancellationToken).ConfigureAwait(false));
        }
        if (generator is not null && path.EndsWith("/embeddings", StringComparison.Ordinal)) return Answer(request, await EmbedAsync(EmbeddingRequest.Parse(body), cancellationToken).ConfigureAwait(false));
        return new(HttpStatusCode.NotFound) { RequestMessage = request, Content = new ByteArrayContent([]) };
    }

    /// <summary>Whose the signed and sealed blocks are that the client gives, so that they go back to it and to nobody else.</summary>
    private static string FormatOf(string name) => "extensions-ai/" + name;

    /// <exception cref="BadRequestException">A part holds what no content can be made of.</exception>
    private ClientRequest Asked(ChatCompletionRequest request, byte[] body)
    {
        try
        {
            return new(request, body, FormatOf(name));
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new BadRequestException($"{name}: messages.content: a picture, sound or file is neither base64 nor a data URI nor an absolute address: {e.Message.ReplaceLineEndings(" ")}", e)
            {
                Provider = name, Model = request.Model, Param = "messages.content", Status = HttpStatusCode.BadRequest,
            };
        }
    }

    private async Task<HttpContent> AskAsync(ClientRequest asked, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await client!.GetResponseAsync(asked.Messages, asked.Options, cancellationToken).ConfigureAwait(false);
            return Json(JsonOut.ToUtf8(Reader(asked).Read(reply), ChatReplyWriter.Write));
        }
        catch (Exception e) when (ClientFailure.IsOurs(e, cancellationToken))
        {
            throw ClientFailure.Of(e, name, asked.Model);
        }
    }

    private async IAsyncEnumerable<byte[]> StreamAsync(ClientRequest asked, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fold = new ClientFold(Reader(asked));
        var updates = client!.GetStreamingResponseAsync(asked.Messages, asked.Options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (updates.ConfigureAwait(false))
        {
            while (await ClientFailure.GuardAsync(updates.MoveNextAsync(), name, asked.Model, cancellationToken).ConfigureAwait(false))
                foreach (var chunk in fold.Next(updates.Current)) yield return Line(chunk);
        }
        foreach (var chunk in fold.End()) yield return Line(chunk);
    }

    private async Task<HttpContent> EmbedAsync(EmbeddingRequest asked, CancellationToken cancellationToken)
    {
        if (asked.Input.Tokens.Count > 0) throw new UnsupportedFeatureException($"{name}: input: it takes texts, not tokens") { Provider = name, Model = asked.Model };
        try
        {
            var reply = await generator!.GenerateAsync(asked.Input.Texts, ClientRequest.OptionsOf(asked), cancellationToken).ConfigureAwait(false);
            var response = new EmbeddingResponse
            {
                Model = reply is [{ ModelId: { } model }, ..] ? model : asked.Model,
                Data = [.. reply.Select(static (one, index) => new Embedding { Index = index, Vector = one.Vector })],
                Usage = reply.Usage is { } usage ? ClientReply.Of(usage) : null,
            };
            return Json(JsonOut.ToUtf8(response, static (json, it) => EmbeddingReply.Write(json, it, EncodingFormat.Base64)));
        }
        catch (Exception e) when (ClientFailure.IsOurs(e, cancellationToken))
        {
            throw ClientFailure.Of(e, name, asked.Model);
        }
    }

    private ClientReply Reader(ClientRequest asked) => new(name, asked.Model, FormatOf(name), clock.GetUtcNow());

    private static byte[] Line(ChatCompletionChunk chunk) => [.. JsonOut.ToUtf8(chunk, ChatReplyWriter.Write), (byte)'\n'];

    private static HttpContent Json(byte[] body) => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static HttpResponseMessage Answer(HttpRequestMessage request, HttpContent content, string? type = null)
    {
        if (type is not null) content.Headers.ContentType = new(type);
        return new(HttpStatusCode.OK) { RequestMessage = request, Content = content };
    }
}
