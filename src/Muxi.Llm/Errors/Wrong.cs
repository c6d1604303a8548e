namespace Muxi.Llm;

/// <summary>Refusing what is known to be wrong before anything is sent, with the exception that the service's own refusal would be.</summary>
internal static class Wrong
{
    /// <summary>A request that is wrong in itself.</summary>
    /// <param name="param">The member that is wrong, in the words of the wire.</param>
    /// <param name="message">What is wrong and what would be right, in one line.</param>
    /// <param name="provider">Who would have been asked; null where it does not matter.</param>
    /// <param name="model">Which model would have been asked.</param>
    public static BadRequestException Request(string param, string message, string? provider = null, string? model = null) => new(message)
    {
        Status = System.Net.HttpStatusCode.BadRequest, Param = param, Code = "invalid_value", Type = "invalid_request_error",
        Provider = string.IsNullOrEmpty(provider) ? null : provider, Model = string.IsNullOrEmpty(model) ? null : model, WasSent = false,
    };
}
