using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>Reads what a file says of services: settings of those that come with the library, and whole ones of its own.</summary>
/// <param name="file">The file.</param>
/// <param name="secrets">Takes what must not be shown.</param>
internal sealed class ProviderReader(YamlFile file, List<string> secrets)
{
    private readonly List<ProviderSettings> _read = [];

    public IReadOnlyList<ProviderSettings> Read(Field providers)
    {
        foreach (var (name, service) in providers.Entries())
        {
            var known = Catalog.Find(name, []);
            var settings = known is null ? Own(name, service.Section()) : Known(known, service.Section());
            if (_read.Exists(other => other.Provider.Name == settings.Provider.Name)) throw service.Error($"this is {settings.Provider.Name} by another name, which stands above already");
            _read.Add(settings);
        }
        foreach (var settings in _read) CheckNames(settings);
        return _read;
    }

    private ProviderSettings Known(Provider known, Section section)
    {
        var url = section["base_url"];
        if (url is { } unused && known.InProcess is not null) throw unused.Error($"{known.Name} answers inside this process: it has no address");
        var version = section["api_version"];
        if (version is { } said && Layers.VersionFault(known, said.Text()) is { } fault) throw said.Error(fault);
        var settings = Common(known, section);
        return settings with { BaseUrl = url?.Url().OriginalString, ApiVersion = version?.Text() };
    }

    private ProviderSettings Own(string name, Section section)
    {
        if (name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-'))) throw section.Map.Error("a provider's name holds letters, digits, _ and - only");
        var format = QuirkReader.FormatOf(section["format"]) ?? ChatFormats.All[0];
        var isSelfHosted = section["self_hosted"]?.Flag() ?? false;
        var url = section["base_url"] ?? throw Missing(name, section);
        // OpenAI's models are listed under its other name.
        var list = format.Plain is OpenAIResponsesChat ? Providers.OpenAI.Models : format.Pattern.Models;
        var own = new Provider(name, url.Url().OriginalString, Auth(section, format.Pattern.Auth, isSelfHosted))
        {
            DisplayName = section["display_name"]?.Text() ?? name,
            Documentation = section["documentation"]?.Text(),
            IsSelfHosted = isSelfHosted,
            Models = section["models_path"] is not { } path ? list : path.Text() is var text && text == "none" ? null : (list ?? new OpenAIModels()) with { Path = text },
            Headers = format.Pattern.Headers,
            UrlParts = format.Pattern.UrlParts,
            Chat = format.Plain,
            TokenCount = format.Pattern.TokenCount,
            Completions = format.Pattern.Completions,
            Embeddings = format.Pattern.Embeddings,
            Rerank = format.Pattern.Rerank,
            Moderations = format.Pattern.Moderations,
        };
        own = format.Plain is OpenAIChat ? Operations.AllOfOpenAI(own) : own with { Images = format.Pattern.Images, Speech = format.Pattern.Speech, Files = format.Pattern.Files };
        if (section["operations"] is { } operations)
        {
            string[] known = [.. Operations.Of(own)];
            own = Operations.Only(own, [.. operations.Items().Select(operation => operation.OneOf(known))]);
        }
        // Few services have them, and made by chat they are everywhere: who has them says so. OpenAI's count of tokens is a part of them.
        else own = own with { Responses = null, TokenCount = own.TokenCount is OpenAIInputTokens ? null : own.TokenCount };
        return Common(own, section) with { IsDefinedHere = true };
    }

    private static ConfigurationException Missing(string name, Section section)
    {
        var hint = Nearness.Hint(name, Catalog.All.Select(provider => provider.Name));
        return section.Map.Error($"the library knows no provider '{name}'{(hint.Length > 0 ? hint : "")}{(hint.Length > 0 ? " A" : ": a")} service of your own needs base_url (https://host/v1)");
    }

    /// <summary>What can be said of every service.</summary>
    private ProviderSettings Common(Provider provider, Section section)
    {
        if (section["chat"] is { } chat)
            provider = provider with { Chat = QuirkReader.Read(chat, provider.Chat ?? throw chat.Error($"{provider.Name} has no chat")), Dated = Dated(chat, provider.Dated) };
        if (section["default_model"] is { } model) provider = provider with { DefaultModel = model.Text() };
        if (section["default_models"] is { } models) provider = provider with { DefaultModels = DefaultModels(models, provider.DefaultModels) };
        if (section["aliases"] is { } aliases) provider = provider with { Aliases = provider.Aliases.AddRange(aliases.Texts()) };
        var (key, variables) = SettingReader.Key(section, secrets);
        if (provider.Auth.Header.Length == 0 && (key is not null || variables.Count > 0)) throw section.Map.Error($"{provider.Name} takes no key");
        if (variables.Count > 0) provider = provider with { OwnKeyVariables = [.. variables], Auth = provider.Auth with { Alternative = null } };
        var settings = new ProviderSettings(provider, section.Path)
        {
            ApiKey = key,
            Headers = section["headers"] is { } headers ? SettingReader.Headers(headers, secrets) : [],
            Timeouts = section["timeouts"] is { } timeouts ? SettingReader.Timeouts(timeouts, hasConnect: false) : new(),
        };
        section.End();
        return settings;
    }

    /// <summary>What holds for chat holds for it in every version.</summary>
    private static DatedApi? Dated(Field chat, DatedApi? dated) =>
        dated is null ? null : dated with { Chats = [.. dated.Chats.Select(since => since with { Chat = QuirkReader.Read(chat, since.Chat) })] };

    private static ImmutableDictionary<string, string> DefaultModels(Field models, ImmutableDictionary<string, string> known)
    {
        foreach (var (operation, model) in models.Entries())
        {
            if (!Operations.WithModel.Contains(operation)) throw model.Error($"'{operation}' is none of {string.Join(", ", Operations.WithModel)}{Nearness.Hint(operation, Operations.WithModel)}");
            known = known.SetItem(operation, model.Text());
        }
        return known;
    }

    /// <summary><c>auth: none</c>, <c>bearer</c>, or <c>{header, prefix}</c>; as the format's own service has it where nothing is said.</summary>
    private static Auth Auth(Section section, Auth usual, bool isSelfHosted)
    {
        var isRequired = section["key_required"]?.Flag() ?? !isSelfHosted;
        if (section["auth"] is not { } auth) return new(usual.Header, usual.Prefix) { IsRequired = isRequired, Source = usual.Source };
        if (!auth.IsMap) return auth.OneOf("none", "bearer") == "none" ? Muxi.Llm.Auth.None : Muxi.Llm.Auth.Bearer() with { IsRequired = isRequired };
        var map = auth.Section();
        var header = map["header"] is { } name ? name.Text() : usual.Header;
        if (Muxi.Llm.Headers.Fault(header, "") is { } fault) throw auth.Error($"the header {fault}");
        var prefix = map["prefix"]?.Node.Text ?? (header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) ? "Bearer " : "");
        map.End();
        // A word before a key stands apart from it, and blanks at a plain scalar's end are lost.
        if (prefix.Length > 0 && char.IsAsciiLetterOrDigit(prefix[^1])) prefix += " ";
        if (Muxi.Llm.Headers.Fault(header, prefix) is { } wrong) throw auth.Error($"the header {wrong}");
        return new(header, prefix) { IsRequired = isRequired };
    }

    /// <summary>A name must mean one service: another one's name could otherwise be taken over, and what is meant for it.</summary>
    private void CheckNames(ProviderSettings settings)
    {
        foreach (var name in settings.Provider.Aliases.Prepend(settings.Provider.Name))
        {
            var other = _read.FirstOrDefault(one => one != settings && one.Provider.IsCalled(name))?.Provider ?? Catalog.Find(name, []);
            if (other is not null && other.Name != settings.Provider.Name)
                throw file.Error(file.Lines.GetValueOrDefault($"{settings.Path}.aliases", file.Lines.GetValueOrDefault(settings.Path)), $"{settings.Path}.aliases", $"'{name}' is {other.Name}'s name already");
        }
    }
}
