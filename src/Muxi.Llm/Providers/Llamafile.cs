namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>A llamafile that serves on this machine, where llama.cpp's server does as well: so it is not asked for its models, which would be listed twice.</summary>
    public static Provider Llamafile { get; } = new("llamafile", "http://localhost:8080/v1", Auth.Bearer().Optional())
    {
        DisplayName = "llamafile",
        IsSelfHosted = true,
        BaseUrlVariables = ["LLAMAFILE_API_BASE"],
        Models = null,
        StartHint = "start it with './MODEL.llamafile --server'",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://github.com/Mozilla-Ocho/llamafile#json-api-quickstart",
        Evidence = Evidence.VendorsPage,
    };
}
