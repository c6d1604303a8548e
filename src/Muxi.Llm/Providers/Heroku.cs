namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Heroku's managed inference in the United States; an application's own address is its <c>INFERENCE_URL</c>.</summary>
    public static Provider Heroku { get; } = new("heroku", "https://us.inference.heroku.com/v1", Auth.Bearer("HEROKU_INFERENCE_KEY"))
    {
        DisplayName = "Heroku Managed Inference",
        Chat = new OpenAIChat(),
        Documentation = "https://devcenter.heroku.com/articles/heroku-inference",
    };
}
