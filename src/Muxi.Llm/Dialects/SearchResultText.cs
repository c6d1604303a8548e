using System.Text;

namespace Muxi.Llm;

/// <summary>Search results in words, for formats that have no place of their own for them.</summary>
internal static class SearchResultText
{
    /// <summary>The request with each search result as a text.</summary>
    public static ChatCompletionRequest Told(ChatCompletionRequest request) => Told(request, static _ => true);

    /// <summary>The request with the search results of some messages as texts.</summary>
    /// <param name="request">It is not changed; without such results it is returned itself.</param>
    /// <param name="isIn">Which messages they are told in.</param>
    public static ChatCompletionRequest Told(ChatCompletionRequest request, Func<Message, bool> isIn)
    {
        Message[]? messages = null;
        for (var i = 0; i < request.Messages.Count; i++)
        {
            var message = request.Messages[i];
            if (!Holds(message) || !isIn(message)) continue;
            messages ??= [.. request.Messages];
            messages[i] = message with { Blocks = [.. message.Blocks.Select(Words)] };
        }
        return messages is null ? request : request with { Messages = messages };
    }

    /// <summary>A result as the model reads it: its title and source in front of what was found.</summary>
    public static string Of(SearchResult result)
    {
        var text = new StringBuilder("Search result");
        if (result.Id is { Length: > 0 } id) text.Append(' ').Append(id);
        if (result.Title is { Length: > 0 } title) text.Append(": ").Append(title);
        text.Append("\nSource: ").Append(result.Source).Append("\n\n");
        return text.AppendJoin("\n\n", result.Content).ToString();
    }

    private static bool Holds(Message message)
    {
        for (var i = 0; i < message.Blocks.Count; i++)
            if (message.Blocks[i].SearchResult is not null) return true;
        return false;
    }

    private static ContentPart Words(ContentPart part) =>
        part.SearchResult is { } result ? new() { Type = ContentPartType.Text, Text = Of(result), CacheControl = part.CacheControl } : part;
}
