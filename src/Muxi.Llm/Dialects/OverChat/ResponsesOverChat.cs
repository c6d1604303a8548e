using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Responses made by a service's chat: the request is asked as chat, the answer's blocks become items. It keeps nothing; what is to be found again is kept by whoever calls.
/// </summary>
/// <param name="Chat">The service's chat, variants applied.</param>
/// <param name="Id">The id of the response to be made.</param>
internal sealed class ResponsesOverChat(ChatDialect Chat, string Id) : IVerb<ResponseRequest, Response>, IStreamVerb<ResponseRequest, ResponseStreamEvent>
{
    public Framing Framing => Chat.Framing;

    /// <summary>The addresses of pictures and files that the service reads itself.</summary>
    public ImmutableArray<string> Addresses => Chat.Addresses;

    public IExchange<Response> Begin(ResponseRequest request, CallContext context)
    {
        var asked = new OverChatRequest(request, context);
        return new Course(this, request, Chat.Begin(asked.ToChat(), context), asked.Warnings, context);
    }

    public HttpCall Render(ResponseRequest request, CallContext context)
    {
        var asked = new OverChatRequest(request, context);
        IStreamVerb<ChatCompletionRequest, ChatCompletionChunk> chat = Chat;
        return With(chat.Render(asked.ToChat(), context), asked.Warnings);
    }

    public IFold<ResponseStreamEvent> Fold(ResponseRequest request, CallContext context) =>
        new OverChatFold(Chat.Fold(new OverChatRequest(request, context).ToChat(), context), new(request, Id, context));

    /// <summary>The response that a chat's whole answer is.</summary>
    public Response Parse(ChatCompletion reply, ResponseRequest request, CallContext context) => new OverChatReply(request, Id, context).Whole(reply);

    /// <summary>The call with what could not be said as chat, in the words of the request that was made.</summary>
    internal static HttpCall With(HttpCall call, IReadOnlyList<Warning> warnings) =>
        warnings.Count == 0 && call.Warnings.Count == 0 ? call : call with { Warnings = [.. warnings, .. call.Warnings.Select(OverChatNames.Of)] };

    private sealed class Course(ResponsesOverChat dialect, ResponseRequest request, IExchange<ChatCompletion> chat, IReadOnlyList<Warning> warnings, CallContext context) : IExchange<Response>
    {
        private bool _hasBegun;

        public IBodyReader? BodyReader => chat.BodyReader;

        public Step<Response> Next(HttpReply? reply)
        {
            var step = chat.Next(reply);
            if (step.Call is not { } call) return Step<Response>.Done(dialect.Parse(step.Value!, request, context));
            var asked = With(call, _hasBegun ? [] : warnings);
            _hasBegun = true;
            return Step<Response>.Send(asked, step.After);
        }
    }
}
