#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// An answer that follows a JSON schema.
// Run: dotnet run examples/structured.cs [provider/model]
using System.Text.Json;
using Muxi.Llm;

var model = args.FirstOrDefault() ?? "sandbox/chat";
ChatCompletion reply = await ChatCompletion.CreateAsync(new ChatCompletionRequest
{
    Model = model,
    Messages = [Message.User("Invent a person.")],
    ResponseFormat = ResponseFormat.JsonSchema("person", """
        {"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}
        """),
});

using JsonDocument person = JsonDocument.Parse(reply.Text);
Console.WriteLine($"{person.RootElement.GetProperty("name")}, {person.RootElement.GetProperty("age")} years old");
