using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The naive reader of feature extraction: lists within lists, of which the innermost are vectors. At most 60 lines, so that it can be checked by eye.</summary>
internal static class VectorOracle
{
    /// <summary>The vectors of a reply to so many texts, where each text has one; null where some have one for each token.</summary>
    public static IReadOnlyList<double[]>? Read(byte[] body, int texts)
    {
        var root = JsonNode.Parse(Encoding.UTF8.GetString(body))!.AsArray();
        var all = new List<double[]>();
        Collect(root, all);
        return all.Count == texts ? all : null;
    }

    private static void Collect(JsonArray list, List<double[]> into)
    {
        if (list[0] is not JsonArray) into.Add([.. list.Select(number => number!.GetValue<double>())]);
        else foreach (var item in list) Collect(item!.AsArray(), into);
    }
}
