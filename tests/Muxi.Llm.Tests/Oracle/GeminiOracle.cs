namespace Muxi.Llm.Tests;

/// <summary>What Google's official SDK makes of the recorded bytes.</summary>
public sealed class GeminiOracle() : PackageOracle("@google/genai", "google-genai.mjs");
