using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Muxi.Llm;

/// <summary>A section of an application's configuration as the nodes that a file would have: by walking it, so that no reflection is needed.</summary>
internal static class SectionNodes
{
    public static YamlNode Of(IConfiguration section)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0) return new(1) { Text = (section as IConfigurationSection)?.Value ?? "" };
        // Sections know lists by their keys alone: 0, 1, 2, ...
        var isList = children.Select((child, index) => child.Key == index.ToString(CultureInfo.InvariantCulture)).All(static isNext => isNext);
        return isList
            ? new(1) { Items = [.. children.Select(Of)] }
            : new(1) { Members = [.. children.Select(static child => new YamlMember(child.Key, 1, Of(child)))] };
    }
}
