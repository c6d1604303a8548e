#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Counts a text and a chat without asking anybody, makes a long history fit, and asks the provider for its own count.
// Run: dotnet run examples/tokens.cs [provider/model]
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "openai/gpt-4o";
using var client = new LlmClient();

const string Text = "How many tokens are these words?";
Console.WriteLine($"{client.Tokens.Count(model, Text)} tokens with {client.Tokens.TokenizerOf(model).Name}");
Console.WriteLine(string.Join('|', client.Tokens.TokenizerOf(model).Encode(Text).Select(id => client.Tokens.TokenizerOf(model).Decode(id))));

var request = new ChatCompletionRequest { Model = model, Messages = [Message.System("Be brief."), Message.User(Text)] };
Tell("a chat", client.Tokens.Count(request));

List<Message> history = [Message.System("Be brief.")];
for (var day = 1; day <= 100; day++) history.AddRange([Message.User($"What happened on day {day}?"), Message.Assistant($"On day {day} it rained, then the sun came out.")]);
history.Add(Message.User("And today?"));

FittedChat fitted = client.Tokens.Fit(model, request with { Messages = history }, budget: 500);
Tell($"a history without its first {fitted.Dropped.Count} messages", fitted.Count);

// The sandbox counts by its own rules, and needs no key; so would any provider that counts.
Tell("by the provider's word, the chat", await client.Tokens.CountAsync(request with { Model = "sandbox/chat" }));

static void Tell(string what, TokenCount count) =>
    Console.WriteLine($"{what}: {count.InputTokens} tokens, {(count.IsExact ? "exactly" : $"give or take {count.ErrorBand:P0}")}");
