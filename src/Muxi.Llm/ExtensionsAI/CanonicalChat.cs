using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Our own form of chat, to what answers inside this process: requests, replies and chunks in canonical JSON, so that nothing is lost between the two sides. A stream is a chunk on each
/// line, of which the last one has the finish reason.
/// </summary>
internal sealed record CanonicalChat : ChatDialect
{
    public const string Path = "chat/completions";

    public override Framing Framing => Framing.JsonLines;

    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream)
    {
        var warnings = new Warnings();
        if (request.N is > 1) warnings.Add("n", $"{context.Provider} gives one answer to a call");
        if (request.Logprobs == true) warnings.Add("logprobs", $"{context.Provider} tells no log probabilities");
        if (request.TopLogprobs is not null) warnings.Add("top_logprobs", $"{context.Provider} tells no log probabilities");
        var asked = SearchResultText.Told(request) with { Model = context.Model, N = null, Logprobs = null, TopLogprobs = null, Stream = stream ? true : null, StreamOptions = null };
        return new(HttpMethod.Post, Path) { Body = JsonOut.ToUtf8(asked, ChatRequestWriter.WriteCanonical), Warnings = warnings.Given };
    }

    public override ChatCompletion Parse(HttpReply reply, CallContext context) => ChatReplyReader.Read(reply.Body.Span);

    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new LineFold(context);

    private sealed class LineFold(CallContext context) : IFold<ChatCompletionChunk>
    {
        public bool IsComplete { get; private set; }

        public void Next(WireEvent wireEvent, ICollection<ChatCompletionChunk> into)
        {
            var chunk = ChatChunkReader.Read(wireEvent.Data.Span);
            into.Add(chunk);
            IsComplete = chunk.Choices.Any(static choice => choice.FinishReason is not null);
        }

        public void End(ICollection<ChatCompletionChunk> into)
        {
            if (!IsComplete) throw context.Interrupted("ended without a finish reason");
        }
    }
}
