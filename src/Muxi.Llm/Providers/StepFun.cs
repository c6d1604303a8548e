namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>StepFun and its Step models, in China; elsewhere it is <c>https://api.stepfun.ai/v1</c>, with other keys.</summary>
    public static Provider StepFun { get; } = new("stepfun", "https://api.stepfun.com/v1", Auth.Bearer("STEPFUN_API_KEY", "STEP_API_KEY"))
    {
        DisplayName = "StepFun",
        DefaultModel = "step-3.5-flash",
        Chat = new OpenAIChat(),
        Documentation = "https://platform.stepfun.com/docs",
    };
}
