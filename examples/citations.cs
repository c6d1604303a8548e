#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Answers from what a search of your own found, and says what each piece of the answer rests on.
// Run: dotnet run examples/citations.cs [provider/model], e.g. anthropic/claude-sonnet-4-5
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
ContentPart[] found =
[
    ContentPart.FromSearchResult("https://example.org/opening", "Opening hours", "Open from nine to five.", "Closed on Mondays."),
    ContentPart.FromSearchResult("handbook/12", "House rules", "Dogs may come in on a lead."),
];

ChatCompletion reply = await ChatCompletion.CreateAsync(new ChatCompletionRequest
{
    Model = model,
    Messages = [Message.User([.. found, "May I bring my dog on Monday?"])],
});

Console.WriteLine(reply.Text);
Message answer = reply.Choices[0].Message;
foreach (Annotation citation in answer.Annotations)
    Console.WriteLine($"characters {citation.StartIndex} to {citation.EndIndex} rest on {citation.Url ?? citation.DocumentId ?? citation.Title}: \"{citation.CitedText}\"");
// A service that knows no search results is told them in words, and cites nothing.
Console.WriteLine($"{answer.Annotations.Count} citations of {found.Length} search results");
