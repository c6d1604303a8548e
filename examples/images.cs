#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Pictures: one from words while it is made, one from that one, and some that are like it; all are saved.
// Run: dotnet run examples/images.cs [provider/model] [folder]
using Muxi.Llm;

var model = args.ElementAtOrDefault(0) ?? "sandbox/image";
var folder = args.ElementAtOrDefault(1) ?? Directory.CreateTempSubdirectory("muxi-llm-images-").FullName;
using var client = new LlmClient();

var request = new ImageGenerationRequest { Model = model, Prompt = "A lighthouse at dusk", Size = "1024x1024", PartialImages = 2 };
var events = new List<ImageStreamEvent>();
await foreach (ImageStreamEvent one in client.Images.GenerateStreamAsync(request))
{
    Console.WriteLine(one.IsPartial ? $"unfinished picture {one.PartialImageIndex}: {one.Image}" : $"finished: {one.Image}, {one.Usage?.TotalTokens} tokens");
    events.Add(one);
}
GeneratedImage lighthouse = events[^1].Image!;
await lighthouse.SaveAsync(Path.Combine(folder, "lighthouse.png"));

// A file is read while it is sent; bytes in memory and any stream do as well.
ImagesResponse edited = await client.Images.EditAsync(new() { Model = model, Images = [ImageInput.FromFile(Path.Combine(folder, "lighthouse.png"))], Prompt = "The same by night" });
ImagesResponse varied = await client.Images.CreateVariationAsync(new() { Model = model, Image = FileSource.FromBytes(lighthouse.Bytes, "lighthouse.png"), N = 2, Size = "256x256" });

// Numbered, named by what they are, and never over a file that is there.
foreach (string path in (IEnumerable<string>)[.. await edited.SaveAsync(folder), .. await varied.SaveAsync(folder)]) Console.WriteLine($"saved {Path.GetFileName(path)}");
