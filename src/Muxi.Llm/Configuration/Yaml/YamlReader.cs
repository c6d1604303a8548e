using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Muxi.Llm;

/// <summary>
/// Reads YAML into nodes that know their lines. By the parser's events and not by its object model, which knows no bound on depth and size: a file may come with
/// somebody else's project.
/// </summary>
internal sealed class YamlReader
{
    private const int Deepest = 64;
    private const int Largest = 100_000;
    private const string MergeKey = "<<";

    private readonly YamlFile _file;
    private readonly Parser _parser;
    private readonly Dictionary<AnchorName, YamlNode> _anchors = [];

    private YamlReader(YamlFile file, string text) => (_file, _parser) = (file, new(new StringReader(text)));

    /// <summary>The file's only document; null where it is empty.</summary>
    /// <exception cref="ConfigurationException">It is no YAML, or more than a configuration can be.</exception>
    public static YamlNode? Read(YamlFile file, string text)
    {
        var reader = new YamlReader(file, text);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            throw file.Error((int)e.Start.Line, "", $"this is no YAML: {e.Message.TrimEnd('.')}");
        }
        // What the parser throws, beside its own exception, on text that is broken in odd places (seen with YamlDotNet 16.3.0).
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException)
        {
            throw file.Error((int)(reader._parser.Current?.End.Line ?? 1), "", "this is no YAML: look for a bracket or quote that is not closed, and for a line that is indented unlike its neighbours");
        }
    }

    private YamlNode? Document()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _)) return null;
        _parser.Consume<DocumentStart>();
        var root = Node("", 0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second)) throw _file.Error(LineOf(second), "", "a second document begins here: a configuration is one");
        return root;
    }

    private YamlNode Node(string path, int depth)
    {
        if (depth > Deepest) throw _file.Error(LineOf(_parser.Current!), path, $"this lies more than {Deepest} levels deep");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return _anchors.GetValueOrDefault(alias.Value) ?? throw _file.Error(LineOf(alias), path, $"*{alias.Value} names no anchor that stands before it");
        CheckTag(path);
        var anchor = _parser.Current is NodeEvent begun ? begun.Anchor : throw _file.Error(LineOf(_parser.Current!), path, "this is no YAML: a value is missing");
        var node = _parser.TryConsume<Scalar>(out var scalar) ? Text(scalar)
            : _parser.TryConsume<SequenceStart>(out var list) ? List(LineOf(list), path, depth)
            : Map(LineOf(_parser.Consume<MappingStart>()), path, depth);
        if (!anchor.IsEmpty) _anchors[anchor] = node;
        return node;
    }

    private static YamlNode Text(Scalar scalar) => new(LineOf(scalar))
    {
        Text = scalar.Value, IsQuoted = scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || !scalar.Tag.IsEmpty,
    };

    private YamlNode List(int line, string path, int depth)
    {
        var items = new List<YamlNode>();
        var size = 1;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(Node($"{path}[{items.Count}]", depth + 1));
            size = Grown(size, items[^1], path);
        }
        return new(line) { Items = items, Size = size };
    }

    private YamlNode Map(int line, string path, int depth)
    {
        var members = new List<YamlMember>();
        var merged = new List<YamlMember>();
        var size = 1;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key)) throw _file.Error(LineOf(_parser.Current!), path, "a key must be plain text");
            var name = YamlFile.Below(path, key.Value);
            var value = Node(name, depth + 1);
            size = Grown(size, value, path);
            if (key is { Value: MergeKey, Style: ScalarStyle.Plain }) merged.AddRange(Merged(value, path));
            else if (members.Find(other => other.Name == key.Value) is { } first) throw _file.Error(LineOf(key), name, $"this stands here a second time (the first is in line {first.Line}): keep one");
            else members.Add(new(key.Value, LineOf(key), value));
        }
        foreach (var member in merged)
            if (!members.Exists(other => other.Name == member.Name)) members.Add(member);
        return new(line) { Members = members, Size = size };
    }

    private IEnumerable<YamlMember> Merged(YamlNode value, string path) =>
        value.Members ?? value.Items?.SelectMany(item => Merged(item, path)) ?? throw _file.Error(value.Line, path, $"{MergeKey} takes a map, or a list of maps");

    /// <summary>What a node stands for grows with its parts; aliases of aliases can make it grow beyond all bounds.</summary>
    private int Grown(int size, YamlNode part, string path) =>
        size + part.Size <= Largest ? size + part.Size : throw _file.Error(part.Line, path, $"this stands for more than {Largest} values");

    private void CheckTag(string path)
    {
        if (_parser.Current is NodeEvent { Tag: { IsEmpty: false } tag } tagged && !(tag.IsNonSpecific || tag.Value is "tag:yaml.org,2002:str" && tagged is Scalar))
            throw _file.Error(LineOf(tagged), path, $"the tag '{tag}' means nothing here: leave it out");
    }

    private static int LineOf(ParsingEvent at) => (int)at.Start.Line;
}
