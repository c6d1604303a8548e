using System.Net;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>How a client is set up in code. What is left out comes from the environment, then from a configuration file, then from what is built in.</summary>
public sealed record LlmOptions
{
    /// <summary>The configuration file, read. Null for the one that the variable <c>MUXI_LLM_CONFIG</c> names, if it does; <see cref="LlmConfiguration.Empty"/> for none.</summary>
    public LlmConfiguration? Configuration { get; init; }

    /// <summary>The model that is meant by a request whose model is empty; a moderation's is OpenAI's own default then, as its API has one. Null leaves it to <c>MUXI_LLM_MODEL</c>, then to the file.</summary>
    public string? DefaultModel { get; init; }

    /// <summary>
    /// Request members, in OpenAI's words, for calls that leave them out: by a model's name or alias, or a glob over <c>provider/model</c> (<c>*</c> for all).
    /// <c>Defaults = new Dictionary&lt;string, Extra&gt; { ["*"] = """{"temperature": 0}""" }</c>. The most specific goes first, member by member.
    /// </summary>
    public IReadOnlyDictionary<string, Extra> Defaults { get; init; } = new Dictionary<string, Extra>();

    /// <summary>Keys by provider name; they go before the environment's.</summary>
    public IReadOnlyDictionary<string, string> ApiKeys { get; init; } = new Dictionary<string, string>();

    /// <summary>Where credentials come from that are more than a key: <c>[new AwsCredentials(), new AzureCredentials(), new GoogleCredentials()]</c>, from the packages Muxi.Llm.Aws, Muxi.Llm.Azure and Muxi.Llm.Google. A key goes before them.</summary>
    public IReadOnlyList<ICredentialSource> Credentials { get; init; } = [];

    /// <summary>Base URLs by provider name, path included; they go before the environment's. A user in one is sent as Basic where there is no key.</summary>
    public IReadOnlyDictionary<string, Uri> BaseUrls { get; init; } = new Dictionary<string, Uri>();

    /// <summary>Dated versions of services' APIs by provider name (<c>["azure"] = "2024-10-21"</c>), for services whose addresses say one; they go before the environment's. One in a base URL goes before all.</summary>
    public IReadOnlyDictionary<string, string> ApiVersions { get; init; } = new Dictionary<string, string>();

    /// <summary>Headers to add to every request; a call's own go before them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Services for this client alone; one of a built-in name takes its place.</summary>
    public IReadOnlyList<Provider> Providers { get; init; } = [];

    /// <summary>Other names for models: what stands before may be used as a model's name. An alias may name another one.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = new Dictionary<string, string>();

    /// <summary>Who is asked when a model has failed for good, by the model's name or alias, or a glob over <c>provider/model</c> (<c>*</c> for all). The most specific counts; a call's own go before it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<Fallback>> Fallbacks { get; init; } = new Dictionary<string, IReadOnlyList<Fallback>>();

    /// <summary>
    /// Tokenizers for counting on this machine, by a model's name or alias, or a glob over <c>provider/model</c>: a tokenizer, an encoding's name or a path, which is read when it is first needed.
    /// <c>Tokenizers = new Dictionary&lt;string, TokenizerSource&gt; { ["llama_cpp/*"] = "models/tokenizer.json" }</c>. The most specific counts.
    /// </summary>
    public IReadOnlyDictionary<string, TokenizerSource> Tokenizers { get; init; } = new Dictionary<string, TokenizerSource>();

    /// <summary>Limits on waiting, all four. Null leaves them to the file, then to <see cref="Muxi.Llm.Timeouts"/>' defaults.</summary>
    public Timeouts? Timeouts { get; init; }

    /// <summary>How often, and after which waits, failed attempts are made again. Null leaves it to the file, then to <see cref="Muxi.Llm.Retries"/>' defaults.</summary>
    public Retries? Retries { get; init; }

    /// <summary>
    /// Whether pictures and files in a request that are named by an address are read on this machine where the service does not read addresses itself: https addresses
    /// of public hosts only, without keys or cookies. Where false, such a request is refused. Null leaves it to the file, then it is true.
    /// </summary>
    public bool? FetchMedia { get; init; }

    /// <summary>How servers for models' files are started on this machine, as for <c>llama_cpp/model.gguf</c>. Null leaves it to the file, then to <see cref="LocalServerOptions"/>' defaults.</summary>
    public LocalServerOptions? LocalServers { get; init; }

    /// <summary>The proxy for all requests; without one the system's settings (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>, ...) hold.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>The caller's own handler in place of ours, which then owns connections, proxy and TLS. It is not disposed with the client.</summary>
    public HttpMessageHandler? Handler { get; init; }

    /// <summary>Where to get an <see cref="HttpClient"/> for each call, in place of our own connections.</summary>
    public IHttpClientFactory? HttpClientFactory { get; init; }

    /// <summary>Whether that factory hands out our own connections, as it does where a container made us: then the proxy and the limit on connecting are ours, too.</summary>
    internal bool HasOurConnections { get; init; }

    /// <summary>The name under which <see cref="HttpClientFactory"/> is asked.</summary>
    public string HttpClientName { get; init; } = "Muxi.Llm";

    /// <summary>
    /// Where responses are kept for services that keep none themselves. Null leaves it to the file's <c>responses.folder</c>, then to a
    /// <see cref="MemoryResponseStore"/> of the client's own.
    /// </summary>
    public IResponseStore? ResponseStore { get; init; }

    /// <summary>Where to log. Events have stable ids; no key, prompt or answer is ever logged.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The clock and its timers.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>How addresses that requests and replies name are looked up and connected to; null for the machine's own network.</summary>
    internal EgressNetwork? Network { get; init; }

    /// <summary>Draws a number from 0 up to 1, for the waits between attempts.</summary>
    internal Func<double> Chance { get; init; } = Random.Shared.NextDouble;

    /// <summary>How environment variables are read.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;
}
