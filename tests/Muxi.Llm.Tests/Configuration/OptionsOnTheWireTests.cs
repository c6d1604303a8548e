using System.Reflection;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>Every setting, wherever it can be made, is seen to do something: at the server, or in how a call ends. A new one without its row fails.</summary>
public sealed partial class OptionsOnTheWireTests
{
    public static TheoryData<string> Names => [.. WireRows.All.Select(row => row.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_setting_has_its_effect(string name)
    {
        var row = WireRows.All.Single(row => row.Name == name);

        Assert.NotEqual(row.Effect, await SeenAsync(row, row.Plain));
        Assert.Equal(row.Effect, await SeenAsync(row, row.Set));
    }

    [Fact]
    public void Every_property_of_the_options_has_a_row()
    {
        Type[] types = [typeof(LlmOptions), typeof(RequestOptions), typeof(Timeouts), typeof(Retries), typeof(Fallback), typeof(LocalServerOptions)];
        var properties = types.SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is not null).Select(property => $"{type.Name}.{property.Name}"));

        Assert.Empty(properties.Except(WireRows.All.Select(row => row.Name)));
    }

    /// <summary>The keys are those that the reader itself names when it is given one that it does not know.</summary>
    [Theory]
    [InlineData("", "zz: 1")]
    [InlineData("responses", "responses: {zzzzzzzzzzzzzzzzz: 1}")]
    [InlineData("local_servers", "local_servers: {zzzzzzzzzzzzzzzzz: 1}")]
    [InlineData("timeouts", "timeouts: {zzzzzzzzzzzzzzzzz: 1}")]
    [InlineData("retries", "retries: {zzzzzzzzzzzzzzzzz: 1}")]
    [InlineData("aliases.x", "aliases: {x: {model: a, zzzzzzzzzzzzzzzzz: 1}}")]
    [InlineData("fallbacks.x", "fallbacks: {x: [{model: a, zzzzzzzzzzzzzzzzz: 1}]}")]
    [InlineData("providers.known", "providers: {groq: {zzzzzzzzzzzzzzzzz: 1}}")]
    [InlineData("providers.own", "providers: {mine: {base_url: \"http://x\", zzzzzzzzzzzzzzzzz: 1}}")]
    [InlineData("providers.own.auth", "providers: {mine: {base_url: \"http://x\", auth: {zzzzzzzzzzzzzzzzz: 1}}}")]
    [InlineData("providers.known.chat", "providers: {groq: {chat: {zzzzzzzzzzzzzzzzzzzzzzzzzzzzzz: 1}}}")]
    public void Every_key_of_a_file_has_a_row_and_a_place_in_the_page(string section, string yaml)
    {
        var page = File.ReadAllText(Repo.PathTo("docs", "configuration.md"));
        var message = Assert.Throws<ConfigurationException>(() => LlmConfiguration.Parse(yaml)).Message;
        var keys = KeysOf().Match(message).Groups[1].Value.Replace(" and ", ", ", StringComparison.Ordinal).Split(", ");

        Assert.NotEmpty(keys);
        Assert.All(keys, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
        // Quirks are the dialects' own matter and tested there; here it is enough that they reach them.
        if (section == "providers.known.chat") keys = ["max_tokens_field", "variants"];
        Assert.Empty(keys.Select(key => $"yaml {section}{(section.Length > 0 ? "." : "")}{key}").Except(WireRows.All.Select(row => row.Name)));
    }

    private static async Task<string> SeenAsync(WireRow row, Func<Uri, (LlmOptions Options, RequestOptions? Call)> settings)
    {
        await using var server = FaultServer.Start(row.Answers);
        var (options, call) = settings(server.Url);
        using var run = new WireRun(options);
        await run.AskAsync(call, row.Model, row.Ask);
        return row.See(run, server.Requests);
    }

    [GeneratedRegex(@"\(there are (.*)\)$")]
    private static partial Regex KeysOf();
}
