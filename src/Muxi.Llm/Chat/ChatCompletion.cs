namespace Muxi.Llm;

/// <summary>A reply to a chat request.</summary>
public sealed partial record ChatCompletion;
