using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>
/// The catalogue as it takes effect, as text: a line for each fact that is not the default, whole in itself, so that two changes to two services never meet in one line. What a service does for some
/// models stands under a model's name that a glob means: what is resolved there, as far as it differs from what the service does for others.
/// </summary>
internal static class ResolvedFacts
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly Provider _plain = new("plain", "http://plain", Auth.None);

    /// <summary>Told in words of their own.</summary>
    private static readonly string[] _told = ["Name", "BaseUrl", "Auth", "KeyVariables", "CredentialVariables", "UrlVariables", "DisplayName"];

    /// <summary>The lines of all services, by their names.</summary>
    public static string Of(IEnumerable<Provider> providers) => string.Concat(providers.OrderBy(provider => provider.Name, StringComparer.Ordinal).SelectMany(provider => Of(provider).Append("")).Select(line => line + "\n"));

    /// <summary>The lines of one service.</summary>
    public static IEnumerable<string> Of(Provider provider)
    {
        yield return $"{provider.Name}: {provider.DisplayName}, {provider.BaseUrl}";
        foreach (var line in Auths(provider.Auth)) yield return $"{provider.Name} auth {line}";
        if (provider.CredentialVariables.Length > 0) yield return $"{provider.Name} auth variables {string.Join(' ', provider.CredentialVariables)}";
        if (!provider.Auth.KeyFiles.IsEmpty) yield return $"{provider.Name} auth files {string.Join(' ', provider.Auth.KeyFiles)}";
        yield return $"{provider.Name} address variables {string.Join(' ', provider.UrlVariables)}";
        foreach (var property in typeof(Provider).GetProperties().Where(property => !_told.Contains(property.Name)).OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            if (!typeof(Dialect).IsAssignableFrom(property.PropertyType))
            {
                foreach (var line in Changed(property, provider, _plain)) yield return $"{provider.Name} {line}";
            }
            else if (property.GetValue(provider) is Dialect dialect)
            {
                foreach (var line in Of(dialect)) yield return $"{provider.Name} {Words(property.Name)} {line}";
            }
            else if (property.GetValue(_plain) is not null)
            {
                yield return $"{provider.Name} {Words(property.Name)} none";
            }
        }
    }

    /// <summary>A model's name that a glob means.</summary>
    public static string Sample(string glob)
    {
        var name = glob.Replace("*", "", StringComparison.Ordinal).Replace('?', 'x');
        return name.Length > 0 && char.IsLetterOrDigit(name[0]) ? name : "x" + name;
    }

    private static IEnumerable<string> Auths(Auth auth)
    {
        if (auth.Header.Length > 0) yield return $"{auth.Header}: {auth.Prefix}KEY{(auth.IsRequired ? "" : " (optional)")}";
        else if (auth.Source is null) yield return "none";
        if (auth.Exchange is { } exchange)
            yield return $"exchanged at {exchange.Url}{(exchange.UrlVariables.Length > 0 ? $" or {string.Join(' ', exchange.UrlVariables)}" : "")} for {string.Join('&', exchange.Form.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"))}{(exchange.ClientVariables.Length > 0 ? $" as {string.Join(' ', exchange.ClientVariables)}" : "")}";
        if (auth.Source is { } source) yield return $"source {source.Name} of {source.Package}{(source.Variables.Length > 0 ? ", set up by " : "")}{string.Join(' ', source.Variables)}";
        foreach (var line in auth.Alternative is { } other ? Auths(other) : []) yield return $"or {line}";
    }

    private static IEnumerable<string> Of(Dialect dialect)
    {
        foreach (var line in Quirks(dialect, Plain(dialect))) yield return line;
        if (dialect.GetType().GetProperty("Variants")?.GetValue(dialect) is not IEnumerable variants) yield break;
        foreach (var variant in variants)
        {
            var model = Sample((string)variant.GetType().GetProperty("Glob")!.GetValue(variant)!);
            var resolved = (Dialect)dialect.GetType().GetMethod("ForModel")!.Invoke(dialect, [model])!;
            var usual = resolved.GetType() == dialect.GetType() ? dialect : Plain(resolved);
            foreach (var line in Quirks(resolved, usual)) yield return $"for {model} {line}";
        }
    }

    private static object Plain(Dialect dialect) => Activator.CreateInstance(dialect.GetType())!;

    private static IEnumerable<string> Quirks(Dialect dialect, object usual) =>
        Tests.Quirks.In(dialect.GetType()).Where(property => property.Name != "Variants").OrderBy(property => property.Name, StringComparer.Ordinal).SelectMany(property => Changed(property, dialect, usual)).Prepend(dialect.GetType().Name);

    private static IEnumerable<string> Changed(PropertyInfo property, object of, object than) => Changed(property.Name, property.GetValue(of), property.GetValue(than));

    /// <summary>A value that is not the usual one; of a map each such entry, of a record each such member.</summary>
    private static IEnumerable<string> Changed(string name, object? value, object? usual)
    {
        switch (value ?? usual)
        {
            case Dialect when value is Dialect dialect:
                return Quirks(dialect, Plain(dialect)).Select(line => $"{name} {line}");
            case IDictionary map:
                var (now, before) = (value as IDictionary, usual as IDictionary);
                return map.Keys.Cast<string>().Union(before?.Keys.Cast<string>() ?? []).Order(StringComparer.Ordinal)
                    .SelectMany(key => Changed($"{name} {key}", now?.Contains(key) == true ? now[key] : null, before?.Contains(key) == true ? before[key] : null));
            case IEnumerable list when list is not string && Items(list) is [var first, ..] && !IsPlain(first):
                return Items(list).SelectMany((item, at) => Changed($"{name} {item.GetType().GetProperty("Name")?.GetValue(item) ?? at + 1}", item, null));
            case { } record when !IsPlain(record) && record is not IEnumerable:
                return record.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0).OrderBy(property => property.Name, StringComparer.Ordinal)
                    .SelectMany(property => Changed($"{name} {property.Name}", value is null ? null : property.GetValue(value), usual is null ? null : property.GetValue(usual)));
            default:
                return Text(value) == Text(usual) ? [] : [$"{name} = {Text(value)}"];
        }
    }

    private static bool IsPlain(object value) => value is string or bool or Enum or IFormattable;

    private static List<object> Items(IEnumerable list) => list.GetType().GetProperty("IsDefault")?.GetValue(list) is true ? [] : [.. list.Cast<object>()];

    private static string Text(object? value) => value switch
    {
        null => "nothing",
        Enum word => word.ToString(),
        string or bool => JsonSerializer.Serialize(value, _json),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => Items(list) is { Count: > 0 } items ? string.Join(", ", items.Select(Text)) : "nothing",
        _ => value.ToString()!,
    };

    private static string Words(string name) => string.Concat(name.Select((letter, at) => char.IsUpper(letter) ? (at > 0 ? " " : "") + char.ToLowerInvariant(letter) : letter.ToString()));
}
