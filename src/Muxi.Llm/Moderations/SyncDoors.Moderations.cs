namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ModerationResponse)
    {
        /// <summary>Looks whether a text is harmful, and waits for what is found.</summary>
        public static ModerationResponse Create(string model, ModerationInput input, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Moderations.Create(new() { Model = model, Input = input }, null, cancellationToken);

        /// <summary>Looks with every option, and waits for what is found.</summary>
        public static ModerationResponse Create(ModerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Moderations.Create(request, options, cancellationToken);
    }

    extension(ModerationsResource moderations)
    {
        /// <summary>Looks whether something is harmful, and waits for what is found.</summary>
        public ModerationResponse Create(ModerationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => moderations.CreateAsync(request, options, cancellationToken));
    }
}
