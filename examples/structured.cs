#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// An answer as a value of a C# type, whatever the service has for schemas. The serialiser's context makes it work trimmed and compiled ahead of time, too.
// Run: dotnet run examples/structured.cs [provider/model]
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
try
{
    ChatCompletion<Person> reply = await ChatCompletion.CreateAsync(model, "Invent a person.", Types.Default.Person);
    Console.WriteLine($"{reply.Value.Name}, {reply.Value.Age} years old, {reply.Value.Mood} ({reply.Rounds.Count} round, {reply.Usage?.TotalTokens} tokens)");
}
catch (RefusalException e)
{
    Console.WriteLine($"the model will not: {e.Refusal}");
}

// What is no object is fine, too; and the JSON can be watched as it comes.
await foreach (ChatCompletionChunk<List<Person>> piece in ChatCompletion.StreamAsync(model, "Invent two more.", Types.Default.ListPerson))
{
    Console.Write(piece.Text);
    if (piece.Completion is { } whole) Console.WriteLine($"\n{whole.Value.Count} in the list");
}

[Description("A person who does not exist")]
internal sealed record Person(string Name, [property: Range(0, 120)] int Age, [property: Description("How they feel today")] Mood Mood, string? Nickname);

internal enum Mood { Glad, Sad, Tired }

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(List<Person>))]
internal sealed partial class Types : JsonSerializerContext;
