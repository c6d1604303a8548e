namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Moderations.cs.
public sealed partial record ModerationResponse
{
    /// <summary>Looks whether a text is harmful: <c>await ModerationResponse.CreateAsync("openai/omni-moderation-latest", "...")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ModerationsResource.CreateAsync"/>.</exception>
    public static Task<ModerationResponse> CreateAsync(string model, ModerationInput input, CancellationToken cancellationToken = default) =>
        CreateAsync(new ModerationRequest { Model = model, Input = input }, null, cancellationToken);

    /// <summary>Looks with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ModerationsResource.CreateAsync"/>.</exception>
    public static Task<ModerationResponse> CreateAsync(ModerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Moderations.CreateAsync(request, options, cancellationToken);
}
