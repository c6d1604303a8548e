#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// One question, one answer, and a conversation that goes on.
// Run: dotnet run examples/chat.cs [provider/model]      (without a model the built-in sandbox answers)
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";

ChatCompletion reply = await ChatCompletion.CreateAsync(model, "Say hello in one short sentence.");
Console.WriteLine(reply.Text);

List<Message> history = [Message.System("You answer in one sentence."), Message.User("Which planet is the largest?")];
ChatCompletion first = await ChatCompletion.CreateAsync(model, history);
history.Add(first.Choices[0].Message);
history.Add(Message.User("And the smallest?"));
ChatCompletion second = await ChatCompletion.CreateAsync(model, history);

Console.WriteLine(second.Text);
Console.WriteLine($"{second.Provider} answered with {second.Model}; {second.Usage?.TotalTokens} tokens, finish reason {second.Choices[0].FinishReason}");
