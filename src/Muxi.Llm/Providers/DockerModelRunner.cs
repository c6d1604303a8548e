namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Docker Model Runner on one's own machine, which asks for no key itself; one that something before it wants is <c>DOCKER_MODEL_RUNNER_API_KEY</c>. In Docker Desktop its port must be opened; inside a container it is at <c>http://model-runner.docker.internal/engines/v1</c>,
    /// which <c>DOCKER_MODEL_RUNNER_BASE_URL</c> can say.
    /// </summary>
    public static Provider DockerModelRunner { get; } = new("docker_model_runner", "http://localhost:12434/engines/v1", Auth.Bearer().Optional())
    {
        DisplayName = "Docker Model Runner",
        Aliases = ["docker", "dmr"],
        IsSelfHosted = true,
        StartHint = "in Docker Desktop open its port with 'docker desktop enable model-runner --tcp 12434'; elsewhere start it with 'docker model install-runner'",
        MissingModelHint = "get it with 'docker model pull {model}'",
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Documentation = "https://docs.docker.com/ai/model-runner/api-reference/",
        Evidence = Evidence.VendorsPage,
    };
}
