namespace Muxi.Llm.Tests;

/// <summary>What the official Anthropic SDK makes of the recorded bytes.</summary>
public sealed class AnthropicOracle() : PackageOracle("@anthropic-ai/sdk", "anthropic-sdk.mjs");
