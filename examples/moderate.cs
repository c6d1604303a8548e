#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Looks at what people write before it is shown: every category by its name.
// Run: dotnet run examples/moderate.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/moderate";
string[] comments = ["What a lovely garden.", "This is a threat of violence."];

ModerationResponse reply = await ModerationResponse.CreateAsync(model, comments);
foreach (var (comment, result) in comments.Zip(reply.Results))
    Console.WriteLine(result.Flagged ? $"held back for {string.Join(", ", result.FlaggedCategories)}: {comment}" : $"shown: {comment}");
