#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// A response in the background: begun and waited for, watched over as many connections as it takes, taken up by somebody else, and stopped.
// Run: dotnet run examples/background.cs [provider/model]
using Muxi.Llm;

var model = args.ElementAtOrDefault(0) ?? "sandbox/chat";
using var client = new LlmClient();
var request = new ResponseRequest { Model = model, Input = "Tell a long story.", Background = true };

Response begun = await client.Responses.CreateAsync(request);
Console.WriteLine($"{begun.QualifiedId} is {begun.Status}");
Response done = await client.Responses.WaitAsync(begun.QualifiedId, new() { Interval = TimeSpan.FromMilliseconds(200) });
Console.WriteLine($"{done.Status}: {done.OutputText}");

// A broken connection is made anew, and the stream goes on behind the last event that has come.
string? id = null;
long? last = null;
await foreach (ResponseStreamEvent one in client.Responses.StreamInBackgroundAsync(request, new() { MaxTries = 5, Interval = TimeSpan.FromSeconds(1) }))
{
    Console.Write(one.TextDelta);
    (id, last) = (one.Response?.QualifiedId ?? id, one.SequenceNumber);
}
Console.WriteLine();

// Whoever knows the id and the number can take it up.
await foreach (ResponseStreamEvent one in client.Responses.ResumeAsync(new(id!) { StartingAfter = last - 2 })) Console.WriteLine(one.Type);

Response stopped = await client.Responses.CancelAsync((await client.Responses.CreateAsync(request)).QualifiedId);
Console.WriteLine(stopped.HasEnded);
