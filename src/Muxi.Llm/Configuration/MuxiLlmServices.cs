using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>
/// Clients in a container: singletons, disposed with it, that log to its <see cref="ILoggerFactory"/>, keep its <see cref="TimeProvider"/>'s time and get their connections
/// from its <see cref="IHttpClientFactory"/> under the name <c>Muxi.Llm</c> (<c>Muxi.Llm.NAME</c> for a keyed one), where handlers may be added. A setting that cannot work
/// is told when the host starts, else when the client is asked for first. Several calls for one client add up, in order.
/// </summary>
public static class MuxiLlmServices
{
    private const string ClientName = "Muxi.Llm";

    /// <summary>Adds an <see cref="LlmClient"/> that the environment sets up: <c>services.AddMuxiLlm()</c>.</summary>
    public static IServiceCollection AddMuxiLlm(this IServiceCollection services) => Add(services, null, static (_, options) => options);

    /// <summary>Adds an <see cref="LlmClient"/>: <c>services.AddMuxiLlm(options => options with { DefaultModel = "openai/gpt-4o-mini" })</c>.</summary>
    public static IServiceCollection AddMuxiLlm(this IServiceCollection services, Func<LlmOptions, LlmOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return Add(services, null, (_, options) => configure(options));
    }

    /// <summary>Adds an <see cref="LlmClient"/>, with settings that need other services: a vault of keys, say.</summary>
    public static IServiceCollection AddMuxiLlm(this IServiceCollection services, Func<IServiceProvider, LlmOptions, LlmOptions> configure) => Add(services, null, configure);

    /// <summary>Adds an <see cref="LlmClient"/> that a section of the application's configuration sets up: the keys are those of a configuration file.</summary>
    public static IServiceCollection AddMuxiLlm(this IServiceCollection services, IConfiguration section) => AddKeyed(services, null, section);

    /// <summary>Adds a client by a name, to be asked for with <c>[FromKeyedServices("name")]</c>. It shares no settings with others.</summary>
    public static IServiceCollection AddKeyedMuxiLlm(this IServiceCollection services, string name) => AddKeyedMuxiLlm(services, name, static (_, options) => options);

    /// <summary>Adds a client by a name, with settings in code.</summary>
    public static IServiceCollection AddKeyedMuxiLlm(this IServiceCollection services, string name, Func<LlmOptions, LlmOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        return AddKeyedMuxiLlm(services, name, (_, options) => configure(options));
    }

    /// <summary>Adds a client by a name, with settings that need other services.</summary>
    public static IServiceCollection AddKeyedMuxiLlm(this IServiceCollection services, string name, Func<IServiceProvider, LlmOptions, LlmOptions> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Add(services, name, configure);
    }

    /// <summary>Adds a client by a name, with settings from a section of the application's configuration.</summary>
    public static IServiceCollection AddKeyedMuxiLlm(this IServiceCollection services, string name, IConfiguration section)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return AddKeyed(services, name, section);
    }

    private static IServiceCollection AddKeyed(IServiceCollection services, string? name, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return Add(services, name, (_, options) => options with { Configuration = LlmConfiguration.From(section) });
    }

    private static IServiceCollection Add(IServiceCollection services, string? name, Func<IServiceProvider, LlmOptions, LlmOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var isFirst = !services.Any(service => service.ServiceType == typeof(Setting) && ((Setting)service.ImplementationInstance!).Name == name);
        services.AddSingleton(new Setting(name, configure));
        if (!isFirst) return services;
        if (name is null) services.TryAddSingleton(static container => Build(container, null));
        else services.TryAddKeyedSingleton(name, static (container, key) => Build(container, (string?)key));
        services.AddHttpClient(HttpClientName(name)).RemoveAllLoggers().SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(container => Transport.Sockets(ClientOf(container, name).Settings));
        // A host asks for what is to be validated when it starts; building the client is the validation.
        services.AddOptions<Check>(name ?? "").Validate<IServiceProvider>((_, container) => ClientOf(container, name) is not null).ValidateOnStart();
        return services;
    }

    private static LlmClient Build(IServiceProvider container, string? name)
    {
        var factory = container.GetRequiredService<IHttpClientFactory>();
        var options = new LlmOptions { HttpClientFactory = factory, HttpClientName = HttpClientName(name), HasOurConnections = true, LoggerFactory = container.GetService<ILoggerFactory>() };
        if (container.GetService<TimeProvider>() is { } clock) options = options with { TimeProvider = clock };
        foreach (var setting in container.GetServices<Setting>())
            if (setting.Name == name) options = setting.Configure(container, options) ?? throw new ConfigurationException("the function given to AddMuxiLlm gave no options: return the ones it is given, or others");
        var isOurs = ReferenceEquals(options.HttpClientFactory, factory) && options.HttpClientName == HttpClientName(name);
        if (isOurs && options.Handler is not null) options = options with { HttpClientFactory = null };
        return new(options with { HasOurConnections = isOurs && options.HttpClientFactory is not null });
    }

    private static LlmClient ClientOf(IServiceProvider container, string? name) =>
        name is null ? container.GetRequiredService<LlmClient>() : container.GetRequiredKeyedService<LlmClient>(name);

    private static string HttpClientName(string? name) => name is null ? ClientName : $"{ClientName}.{name}";

    /// <summary>One step in the making of a client's settings.</summary>
    private sealed record Setting(string? Name, Func<IServiceProvider, LlmOptions, LlmOptions> Configure);

    /// <summary>What a host is told to validate: it has nothing in it.</summary>
    private sealed class Check;
}
