using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads lists of fallbacks: models, or maps with settings of their own.</summary>
/// <param name="timeouts">The file's limits for all.</param>
/// <param name="providers">What the file says of services.</param>
/// <param name="secrets">Takes what must not be shown.</param>
internal sealed class FallbackReader(TimeoutSettings timeouts, IReadOnlyList<ProviderSettings> providers, List<string> secrets)
{
    /// <summary>The words for kinds of failures.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. Enum.GetNames<ErrorKind>().Where(static name => name is not (nameof(ErrorKind.ToolLoop) or nameof(ErrorKind.Answer))).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Who is asked, in order.</summary>
    public IReadOnlyList<Fallback> Read(Field list) => [.. (list.IsMap ? [list] : list.Items()).Select(One)];

    private Fallback One(Field item)
    {
        if (!item.IsMap) return new(item.Text());
        var section = item.Section();
        var model = section["model"]?.Text() ?? throw item.Error("this names no model: write model: provider/model");
        var (key, variables) = SettingReader.Key(section, secrets);
        var options = new RequestOptions
        {
            ApiKey = key, KeyVariables = variables,
            BaseUrl = section["base_url"]?.Url(),
            Headers = section["headers"] is { } headers ? SettingReader.Headers(headers, secrets).ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase) : null,
            ExtraBody = section["extra_body"] is { } body ? Members(body) : default,
            Timeouts = section["timeouts"] is { } limits ? Timeouts(limits, model) : null,
            MaxRetries = section["max_retries"]?.Whole(),
            Strict = section["strict"]?.Flag() ?? false,
        };
        var on = section["on"] is { } kinds ? kinds.Items().Select(kind => Enum.GetValues<ErrorKind>()[Index(kind.OneOf(Kinds))]).ToArray() : [];
        section.End();
        return new(model) { Options = options == new RequestOptions() ? null : options, On = on };
    }

    private Timeouts Timeouts(Field limits, string model)
    {
        var service = providers.FirstOrDefault(settings => model.IndexOf('/') is > 0 and var slash && settings.Provider.IsCalled(model[..slash]));
        return SettingReader.Timeouts(limits, hasConnect: false).Over((service?.Timeouts ?? new()).Over(timeouts.Over(new())));
    }

    private static Extra Members(Field body)
    {
        if (!body.IsMap) throw body.Wrong("a map");
        return YamlJson.Members(body);
    }

    private static int Index(string word)
    {
        for (var i = 0; i < Kinds.Count; i++)
            if (Kinds[i] == word) return i;
        return -1;
    }
}
